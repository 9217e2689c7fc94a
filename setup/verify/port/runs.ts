import { longestLabel, longestSummary } from '../../../tasks/PortRunStatus/report/limits.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { type PortAnswer, codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds, notAsked } from '../question.ts';
import {
  entitiesPath,
  makeAction,
  makeBlueprint,
  readRun,
  runPath,
  startRun,
  startRunOf,
  timeSince,
} from './fixtures.ts';

const makes = ['action', 'webhook'] as const;

/** @returns its id */
async function endedRun(lab: Lab, what: string): Promise<string> {
  const run = await startRun(lab, what);
  await lab.port.require('PATCH', runPath(run), { status: 'SUCCESS' });
  return run;
}

interface Changed {
  readonly run: string;
  readonly answer: PortAnswer;
}

const mostTries = 5;

/** Changes a synchronized run while it is open. @returns undefined where Port had always ended it before */
async function changeSynchronized(lab: Lab, changes: Json): Promise<Changed | undefined> {
  const action = await makeAction(lab, 'sync', { isSynchronized: true });
  for (let tries = 1; tries <= mostTries; tries++) {
    const run = await startRunOf(lab, action);
    const answer = await lab.port.ask('PATCH', runPath(run), changes);
    const isToldSynchronized = answer.body.error === 'run_synchronized_error';
    if (
      answer.status < 300 ||
      isToldSynchronized ||
      textOf((await readRun(lab, run)).status) === 'IN_PROGRESS'
    )
      return { run, answer };
  }
  return undefined;
}

const endedBefore = notAsked(
  `Port had ended each of ${mostTries} synchronized runs before the change could arrive`,
);

/** Questions about changes of runs of actions. */
export const runQuestions: readonly Question[] = [
  {
    id: 'finished-run',
    claim: 'Port refuses a change of a finished run with 422 `run_exhausted`',
    matters: 'the note or warning of PortRunStatus; it looks at the run itself and does not rely on the code',
    ask: {
      does: 'ends a run, and sends it a label afterwards',
      makes,
      ask: async (lab) => {
        const run = await endedRun(lab, 'ended');
        return compared(
          '422 run_exhausted',
          codeOf(await lab.port.ask('PATCH', runPath(run), { statusLabel: 'late' })),
        );
      },
    },
  },
  {
    id: 'finished-run-log',
    claim: 'Port refuses a log entry for a finished run with 422 `run_exhausted`',
    matters: 'what PortRunStatus says of entries that came too late; it does not rely on the code',
    ask: {
      does: 'ends a run, and adds to its log afterwards',
      makes,
      ask: async (lab) => {
        const run = await endedRun(lab, 'endedlog');
        return compared(
          '422 run_exhausted',
          codeOf(await lab.port.ask('POST', `${runPath(run)}/logs`, { message: 'late' })),
        );
      },
    },
  },
  {
    id: 'finished-run-entity',
    claim:
      'Port refuses an entity that is written with the `run_id` of a finished run with 400 `run_exhausted`',
    matters:
      'PortUpsertEntity and PortDeleteEntity, which know by this code that they have to write without the run',
    ask: {
      does: 'ends a run, and writes an entity with its id, alone and among others',
      makes: [...makes, 'blueprint'],
      ask: async (lab) => {
        const run = await endedRun(lab, 'tie');
        const path = entitiesPath(await makeBlueprint(lab, 'tied', {}));
        const query = `?upsert=true&merge=true&run_id=${encodeURIComponent(run)}`;
        const one = await lab.port.ask('POST', path + query, { identifier: 'one' });
        const many = await lab.port.ask('POST', `${path}/bulk${query}`, {
          entities: [{ identifier: 'two' }],
        });
        const expected = '400 run_exhausted';
        return compared(
          `alone ${expected}, in bulk ${expected}`,
          `alone ${codeOf(one)}, in bulk ${codeOf(many)}`,
        );
      },
    },
  },
  {
    id: 'summary-markdown',
    claim: "A run's summary keeps Markdown of 10,000 characters as it was sent",
    matters: '`summary`, `summaryFile`; how it is shown, only the page tells',
    ask: {
      does: 'sends a run a summary with a table, a link and a code block, and reads it back',
      makes,
      ask: async (lab) => {
        const run = await startRun(lab, 'summary');
        const text =
          '# Title\n\n| a | b |\n| - | - |\n| `1` | [link](https://port.io) |\n\n```\n<b>&amp;\n```\n';
        const summary = text + 'x'.repeat(10_000 - text.length);
        await lab.port.require('PATCH', runPath(run), { summary });
        const came = textOf((await readRun(lab, run)).summary);
        return came === summary
          ? holds('10,000 characters came back as they were sent')
          : differs('10,000 characters as they were sent', `${came.length} characters, or others`);
      },
    },
  },
  {
    id: 'longest-texts',
    claim: `A run takes a label of ${longestLabel} characters and a summary of ${longestSummary / 1024} KiB, and keeps them whole`,
    matters: 'PortRunStatus cuts both there, and leaves out what Port refuses, with a warning',
    ask: {
      does: 'sends a run such a label and such a summary, and reads both back',
      makes,
      ask: async (lab) => {
        const run = await startRun(lab, 'longest');
        const came: string[] = [];
        for (const [member, length] of [
          ['statusLabel', longestLabel],
          ['summary', longestSummary],
        ] as const) {
          const answer = await lab.port.ask('PATCH', runPath(run), { [member]: 'x'.repeat(length) });
          const held = textOf((await readRun(lab, run))[member]).length;
          came.push(answer.status < 300 ? `${held}` : codeOf(answer));
        }
        return compared(
          `${longestLabel} and ${longestSummary} characters`,
          `${came.join(' and ')} characters`,
        );
      },
    },
  },
  {
    id: 'summary-page',
    claim: 'The page of a run shows its summary as Markdown: headings, tables, links, code',
    matters: '`summary`, `summaryFile`',
    ask: { why: 'only the page shows it, to somebody who is signed in with a browser' },
  },
  {
    id: 'synchronized-told',
    claim: 'Port tells of a run whether it is synchronized, in `payload.synchronized`',
    matters: 'PortRunStatus sends such a run no status, and warns',
    ask: {
      does: 'starts a run that is synchronized and one that is not, and reads both',
      makes,
      ask: async (lab) => {
        const told = async (what: string, isSynchronized: boolean): Promise<string> => {
          const run = await readRun(lab, await startRun(lab, what, { isSynchronized }));
          return recordOf(run.payload).synchronized === true ? 'synchronized' : 'not synchronized';
        };
        return compared(
          'synchronized and not synchronized',
          `${await told('isSync', true)} and ${await told('isAsync', false)}`,
        );
      },
    },
  },
  {
    id: 'synchronized-changes',
    claim: 'A synchronized run takes a label, a link and a summary while it is open',
    matters: 'PortRunStatus tries them and tells what Port said',
    ask: {
      does: 'starts synchronized runs, and sends each a label, a link and a summary at once, until one is still open',
      makes,
      ask: async (lab) => {
        const sent = { statusLabel: 'seen', link: ['https://port.io'], summary: 'seen' };
        const changed = await changeSynchronized(lab, sent);
        if (changed === undefined) return endedBefore;
        const { answer, run } = changed;
        if (answer.status >= 300) return differs('200', codeOf(answer));
        const held = await readRun(lab, run);
        const lost = Object.entries(sent).filter(([key, value]) => String(held[key]) !== String(value));
        return lost.length === 0
          ? holds('200, and all three are there')
          : differs('all three are there', `200, without ${lost.map(([key]) => key).join(', ')}`);
      },
    },
  },
  {
    id: 'synchronized-status',
    claim: 'A synchronized run refuses a status with 422 `run_synchronized_error`',
    matters: 'the advice that goes with this code; PortRunStatus does not send one where it knows the run',
    ask: {
      does: 'starts synchronized runs, and sends each a status at once, until one is still open',
      makes,
      ask: async (lab) => {
        const changed = await changeSynchronized(lab, { status: 'SUCCESS' });
        return changed === undefined
          ? endedBefore
          : compared('422 run_synchronized_error', codeOf(changed.answer));
      },
    },
  },
  {
    id: 'external-run-id',
    claim:
      'The list of runs finds a run by its `externalRunId`; whether the path of a run takes it as well, nothing relies on',
    matters:
      "[the run id](run-id.md) of pipelines that Port's own integration starts, which are looked for by it",
    ask: {
      does: 'gives a run an external id, looks for it in the list, and reads the run by it',
      makes,
      ask: async (lab) => {
        const run = await startRun(lab, 'extern');
        const externalRunId = lab.name('external');
        await lab.port.require('PATCH', runPath(run), { externalRunId });
        const began = lab.elapsed();
        const list = `/v1/actions/runs?version=v2&external_run_id=${externalRunId}&limit=1`;
        const found = await lab.until(async () => {
          const [first] = recordsOf((await lab.port.require('GET', list)).runs);
          return first === undefined ? undefined : textOf(first.id);
        });
        const time = timeSince(lab, began);
        const { status } = await lab.port.ask('GET', `${runPath(externalRunId)}?version=v2`);
        const path = `the path of a run answers ${status} to it`;
        if (found === run) return holds(`found after ${time}; ${path}`);
        return differs(
          'it is found',
          `${found === undefined ? 'it is not found' : 'another run is found'}; ${path}`,
        );
      },
    },
  },
];

import { textOf } from '../../json.ts';
import { codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds } from '../question.ts';
import { readRun, runPath, startRun } from './fixtures.ts';

const makes = ['action', 'webhook'] as const;

/** Questions about runs of actions. */
export const runQuestions: readonly Question[] = [
  {
    id: 'finished-run',
    claim: 'Port refuses a change of a finished run with 422 `run_exhausted`',
    matters: 'the note or warning of PortRunStatus; it looks at the run itself and does not rely on the code',
    ask: {
      does: 'ends a run, and sends it a label afterwards',
      makes,
      ask: async (lab) => {
        const run = await startRun(lab, 'ended');
        await lab.port.require('PATCH', runPath(run), { status: 'SUCCESS' });
        return compared(
          '422 run_exhausted',
          codeOf(await lab.port.ask('PATCH', runPath(run), { statusLabel: 'late' })),
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
];

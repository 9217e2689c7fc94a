import assert from 'node:assert/strict';
import type { LocalPort } from '../../local/port/index.ts';
import { inParallel } from '../support/in-parallel.ts';
import { type Reply, startScriptedServer } from '../support/scripted-server.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';
import { clientSecret, credentialsOf } from './matrix.ts';
import { runState, startFilledPort, startRun } from './port-fixture.ts';

/** A failed step in this job, as Azure DevOps tells it. */
const timeline = {
  records: [
    { id: 'job', type: 'Job', name: 'Deploy', identifier: 'deploy', attempt: 1, state: 'inProgress' },
    {
      ...{ id: 'task', parentId: 'job', type: 'Task', name: 'terraform apply', attempt: 1 },
      ...{ state: 'completed', result: 'failed', startTime: '2026-01-01T00:00:00Z' },
      issues: [{ type: 'error', message: 'no quota' }],
    },
  ],
};
const foreign = { records: [{ id: 'another', type: 'Job', name: 'Build', identifier: 'build', attempt: 1 }] };
const page = (status: number): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<!DOCTYPE html><title>Azure DevOps Services | Sign In</title>',
});
const good: Reply = { status: 200, body: timeline };
const noRight = /the job's token may not read this run/;
const noJson = /Azure DevOps answered with something that is not JSON/;

interface Trouble {
  readonly name: string;
  /** The last one stands for all that follow. */
  readonly replies: readonly Reply[];
  /** How often the timeline is asked for; `untilLate`: for as long as a report waits for it. */
  readonly tries: number | 'untilLate';
  /** Why there are no details; undefined: there are. */
  readonly problem?: RegExp;
  readonly timeoutSeconds?: number;
  /** The longest that it may take, in seconds. */
  readonly longest?: number;
}

const troubles: readonly Trouble[] = [
  { name: 'no trouble', replies: [good], tries: 1 },
  { name: '401', replies: [{ status: 401 }], tries: 1, problem: noRight },
  { name: '403', replies: [{ status: 403 }], tries: 1, problem: noRight },
  { name: '404', replies: [{ status: 404 }], tries: 1, problem: /Azure DevOps answered 404/ },
  { name: '429 once', replies: [{ status: 429, headers: { 'retry-after': '1' } }, good], tries: 2 },
  {
    name: '429 for ever',
    replies: [{ status: 429, headers: { 'retry-after': '600' } }],
    tries: 'untilLate',
    problem: /Azure DevOps answered 429/,
    longest: 14,
  },
  { name: '500', replies: [{ status: 500 }], tries: 1, problem: /Azure DevOps answered 500/ },
  { name: '503 twice', replies: [{ status: 503 }, { status: 503 }, good], tries: 3 },
  {
    name: '503 for ever',
    replies: [{ status: 503 }],
    tries: 'untilLate',
    problem: /Azure DevOps answered 503/,
    longest: 14,
  },
  { name: 'reset', replies: ['reset', good], tries: 2 },
  {
    name: 'reset for ever',
    replies: ['reset'],
    tries: 'untilLate',
    problem: /Azure DevOps cannot be reached/,
    longest: 14,
  },
  {
    name: "no records, then another run's, then this one's",
    replies: [{ status: 200, body: { records: [] } }, { status: 200, body: foreign }, good],
    tries: 3,
  },
  {
    name: 'no records for ever',
    replies: [{ status: 200, body: { records: [] } }],
    tries: 'untilLate',
    problem: /the timeline that Azure DevOps gave has no records/,
    timeoutSeconds: 4,
  },
  {
    name: "another run's records for ever",
    replies: [{ status: 200, body: foreign }],
    tries: 'untilLate',
    problem: /has 1 records, and none of this job/,
    timeoutSeconds: 4,
  },
  { name: 'cut body', replies: ['cut', good], tries: 2 },
  { name: 'the sign-in page with 200', replies: [page(200)], tries: 1, problem: noJson },
  { name: 'the sign-in page with 203', replies: [page(203)], tries: 1, problem: noRight },
  { name: 'a way to the sign-in page, 302', replies: [page(302)], tries: 1, problem: noRight },
  { name: 'empty 200', replies: [{ status: 200, body: '' }], tries: 1, problem: noJson },
  {
    name: 'silence',
    replies: ['silence'],
    tries: 1,
    problem: /Azure DevOps cannot be reached: no answer within 10 s/,
    longest: 13,
  },
  {
    name: 'silence in a step with little time',
    replies: ['silence'],
    tries: 1,
    problem: /Azure DevOps cannot be reached: no answer within 2 s/,
    timeoutSeconds: 4,
    longest: 5,
  },
];

const ends = [
  { name: 'a step with status auto', status: 'auto' },
  { name: 'the post-job step', status: 'track', entry: 'finish' },
] as const;

interface Ended {
  readonly process: TaskProcess;
  readonly tries: number;
  readonly state: string;
  readonly label: string | null | undefined;
  readonly log: string;
}

describe("The report of a failure, in every trouble with Azure DevOps' timeline", () => {
  const cases = troubles.flatMap((trouble) => ends.map((end) => ({ trouble, end })));
  let results: readonly Ended[] = [];

  before(async function () {
    this.timeout(120_000);
    results = await inParallel(
      cases.map(
        ({ trouble, end }) =>
          () =>
            report(trouble, end),
      ),
      6,
    );
  });

  cases.forEach(({ trouble, end }, index) => {
    const { name, tries, problem } = trouble;
    it(`${name}: ${end.name} reports it ${problem === undefined ? 'with' : 'without'} details`, () => {
      const ended = results[index];
      assert.ok(ended !== undefined);
      const { process } = ended;
      assert.equal(process.result, 'Succeeded', process.output);
      assert.equal(process.completions, 1);
      if (tries === 'untilLate') assert.ok(ended.tries > 2, `${ended.tries} tries`);
      else assert.equal(ended.tries, tries);
      assert.ok(process.duration < (trouble.longest ?? 6) * 1000, `${process.duration} ms`);
      assert.ok(!process.shown.includes(jobToken) && !process.shown.includes(clientSecret));
      if (problem === undefined) checkDetails(ended);
      else checkReason(ended, problem);
    });
  });
});

function checkDetails({ process, state, label, log }: Ended): void {
  assert.equal(state, 'FAILURE, 1 log entry');
  assert.equal(label, 'Failed at terraform apply');
  assert.match(log, /^Failed: terraform apply\n {2}no quota/);
  assert.doesNotMatch(process.shown, /cannot be told in detail/);
}

function checkReason({ process, state, label }: Ended, problem: RegExp): void {
  assert.equal(state, 'FAILURE, 0 log entries');
  assert.equal(label, 'Failed');
  const reasons = process.shown.split('\n').filter((line) => line.includes('cannot be told in detail'));
  assert.equal(reasons.length, 1, process.shown);
  assert.match(reasons[0] ?? '', problem);
}

const jobToken = 'the-token-of-the-job';

async function report(trouble: Trouble, end: (typeof ends)[number]): Promise<Ended> {
  const azure = await startScriptedServer(trouble.replies);
  const port = await startFilledPort();
  try {
    const runId = await startRun(port);
    const isPostJob = 'entry' in end;
    const process = await runTaskProcess('PortRunStatus', {
      ...(isPostJob && { entry: end.entry }),
      inputs: {
        ...credentialsOf(port),
        ...{ status: end.status, timeoutSeconds: String(trouble.timeoutSeconds ?? 60) },
        ...(!isPostJob && { runId }),
      },
      variables: variablesOf(azure.url),
      secrets: { 'System.AccessToken': jobToken },
      environment: isPostJob
        ? { VSTS_TASKVARIABLE_PORT_TRACK: 'armed', VSTS_TASKVARIABLE_PORT_TRACK_RUN: `action ${runId}` }
        : {},
    });
    return { process, tries: azure.requests.length, ...told(port, runId) };
  } finally {
    await Promise.all([azure.close(), port.close()]);
  }
}

function told(port: LocalPort, runId: string): Pick<Ended, 'state' | 'label' | 'log'> {
  const log = port.store
    .logsOf(runId)
    .map(({ message }) => message)
    .join('\n');
  return { state: runState(port, runId), label: port.store.run(runId).statusLabel, log };
}

function variablesOf(url: string): Readonly<Record<string, string>> {
  return {
    'Agent.JobStatus': 'Failed',
    'System.CollectionUri': `${url}/`,
    'System.TeamProjectId': 'project',
    'System.JobId': 'job',
    'Build.BuildId': '42',
  };
}

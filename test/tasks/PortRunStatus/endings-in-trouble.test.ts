import assert from 'node:assert/strict';
import { type Trouble, troubles } from '../../network/matrix.ts';
import { inParallel } from '../../support/in-parallel.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import type { Ran } from '../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

/** How a job ends; the rows are those of docs/track.md in which a process is left that could report. */
interface Ending {
  readonly name: string;
  /** Agent.JobStatus. */
  readonly job: 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';
  /** What Port shows in the end. */
  readonly end: 'SUCCESS' | 'FAILURE' | 'FAILED' | 'CANCELLED' | 'IN_PROGRESS';
  /** What the main step left for the post-job step, where it is not run here. */
  readonly left?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly isNode?: boolean;
  /** Between both steps. */
  readonly during?: (
    setting: ReportSetting,
    runId: string,
    variables: Record<string, string>,
  ) => Promise<void>;
  /** Records of the timeline beside those of the job. */
  readonly timeline?: readonly object[];
}

const endRun =
  (status: string) =>
  async ({ user }: ReportSetting, runId: string) => {
    await user.call('PATCH', `/v1/actions/runs/${runId}`, { status, statusLabel: 'by hand' });
  };
const otherJob = (state: string, result: string | null) => [
  { id: 'stage', type: 'Stage', name: '__default', identifier: '__default', state: 'inProgress' },
  {
    ...{ id: 'phase2', parentId: 'stage', type: 'Phase', name: 'b', identifier: 'b' },
    ...{ state, result },
  },
];
const mainPart = {
  ...{ id: 'main', parentId: 'job', type: 'Task', name: 'Report', refName: 'report', order: 2 },
  ...{ state: 'completed', result: 'succeededWithIssues' },
};

const endings: readonly Ending[] = [
  { name: 'success', job: 'Succeeded', end: 'SUCCESS' },
  { name: 'success with issues', job: 'SucceededWithIssues', end: 'SUCCESS' },
  {
    name: 'success with issues, partialSuccess: failure',
    job: 'SucceededWithIssues',
    end: 'FAILURE',
    inputs: { partialSuccess: 'failure' },
  },
  { name: 'a step failed', job: 'Failed', end: 'FAILURE' },
  { name: 'canceled, or out of time', job: 'Canceled', end: 'FAILURE' },
  { name: 'a step before the Port step failed', job: 'Failed', end: 'FAILURE', left: {} },
  { name: 'canceled before the Port step', job: 'Canceled', end: 'FAILURE', left: {} },
  {
    name: "the Port step's process was killed",
    job: 'Failed',
    end: 'FAILURE',
    left: { PORT_TRACK: 'armed' },
  },
  {
    name: "the Port step's process died before its first line (continueOnError)",
    job: 'SucceededWithIssues',
    end: 'SUCCESS',
    left: {},
    timeline: [mainPart],
  },
  {
    name: 'the run was finished by someone else, with the same result',
    job: 'Succeeded',
    end: 'SUCCESS',
    during: endRun('SUCCESS'),
  },
  {
    name: 'the run was finished by someone else, with another result',
    job: 'Succeeded',
    end: 'FAILURE',
    during: endRun('FAILURE'),
  },
  {
    name: 'a later Port step had ended the run already',
    job: 'Succeeded',
    end: 'SUCCESS',
    async during(setting, runId, variables) {
      const { host } = await setting.run({ runId, status: 'success' });
      variables.PORT_RUN_ENDED = host.variables.PORT_RUN_ENDED ?? '';
    },
  },
  {
    name: 'scope: pipeline, and it is the last job',
    job: 'Succeeded',
    end: 'FAILURE',
    inputs: { scope: 'pipeline' },
    timeline: otherJob('completed', 'failed'),
  },
  {
    name: 'scope: pipeline, and another job is to come',
    job: 'Succeeded',
    end: 'IN_PROGRESS',
    inputs: { scope: 'pipeline' },
    timeline: otherJob('pending', null),
  },
  { name: "success of a workflow node's run", job: 'Succeeded', end: 'SUCCESS', isNode: true },
  { name: "failure of a workflow node's run", job: 'Failed', end: 'FAILED', isNode: true },
  { name: "cancellation of a workflow node's run", job: 'Canceled', end: 'CANCELLED', isNode: true },
];

/** Which step a trouble strikes, and which of its calls. */
const strikes = [
  { step: 'main', match: {} },
  { step: 'main', match: { method: 'PATCH' } },
  { step: 'post-job', match: {} },
  { step: 'post-job', match: { method: 'PATCH' } },
] as const;
type Strike = (typeof strikes)[number];

interface Case {
  readonly ending: Ending;
  readonly trouble: Trouble;
  readonly strike: Strike;
}

interface Ended {
  readonly status: string;
  readonly main: Ran | undefined;
  readonly post: Ran;
}

const cases: readonly Case[] = endings.flatMap((ending) =>
  troubles.flatMap((trouble) =>
    strikes
      .filter(({ step }) => step === 'post-job' || ending.left === undefined)
      .map((strike) => ({ ending, trouble, strike })),
  ),
);

describe('The end of a job is in Port, or the post-job step says that it could not bring it there', () => {
  const ended = new Map<Case, Ended>();

  before(async function () {
    this.timeout(120_000);
    const play = (each: Case) => async () => void ended.set(each, await endJob(each));
    const isWaiting = ({ trouble }: Case) => trouble.fault.kind === 'silence';
    await inParallel(cases.filter((each) => !isWaiting(each)).map(play), 8);
    // What waits in earnest is not kept waiting by what computes.
    await inParallel(cases.filter(isWaiting).map(play), 30);
  });

  for (const ending of endings) {
    for (const trouble of troubles) {
      const its = cases.filter((each) => each.ending === ending && each.trouble === trouble);
      it(`${ending.name}, in the trouble ${trouble.name}`, () => {
        for (const each of its) check(each, ended.get(each));
      });
    }
  }
});

function check({ ending, trouble, strike }: Case, ended: Ended | undefined): void {
  assert.ok(ended !== undefined);
  const { status, main, post } = ended;
  const where = `${strike.step} ${JSON.stringify(strike.match)}: ${printed(main)}\n--\n${printed(post)}`;
  if (status === ending.end) {
    if (status !== 'IN_PROGRESS') assert.doesNotMatch(printed(post), /stays open/, where);
    return;
  }
  // Never a wrong end; and open only where nothing came through to the end of the post-job step.
  assert.equal(status, 'IN_PROGRESS', where);
  assert.equal(strike.step, 'post-job', where);
  // A sign-in that is refused is not tried again: the credentials are wrong.
  const isSignInRefused = trouble.name === '401 once' && !('method' in strike.match);
  assert.ok(trouble.times === undefined || isSignInRefused, where);
  assert.notEqual(post.result, 'Succeeded', where);
  assert.match(post.message, /^(?:Cannot|Gave up before) .*(?:run|sign in)/i, where);
}

function printed(ran: Ran | undefined): string {
  return ran === undefined ? '' : [...ran.host.lines, ...ran.host.warnings, ran.message].join('\n');
}

const job = { id: 'job', parentId: 'phase', type: 'Job', name: 'Deploy', identifier: 'a.__default' };
const phase = { id: 'phase', parentId: 'stage', type: 'Phase', name: 'a', identifier: 'a' };

async function endJob({ ending, trouble, strike }: Case): Promise<Ended> {
  const setting = await startReportSetting();
  const azure: ScriptedServer = await startScriptedServer([
    {
      status: 200,
      body: {
        records: [job, phase]
          .map((each) => ({ ...each, state: 'inProgress' }))
          .concat((ending.timeline ?? []) as []),
      },
    },
  ]);
  const { faults, store } = setting.port;
  const strikeNow = (step: Strike['step']) => {
    faults.clear();
    const { fault, times } = trouble;
    if (step === strike.step)
      faults.add({ match: strike.match, fault, ...(times !== undefined && { times }) });
  };
  try {
    const isNode = ending.isNode === true;
    const runId = isNode ? setting.port.startNodeRun().identifier : await setting.startRun();
    const inputs = {
      timeoutSeconds: String(trouble.timeoutSeconds ?? 60),
      onOutage: 'fail',
      ...ending.inputs,
    };
    const variables: Record<string, string> = {
      ...{ PORT_RUN_ID: runId, 'Build.BuildId': '42', 'System.TeamProjectId': 'project' },
      ...{ 'System.CollectionUri': `${azure.url}/`, 'System.AccessToken': 'token', 'System.JobId': 'job' },
      ...{ 'System.TaskInstanceId': 'main', 'System.TaskInstanceName': 'report' },
    };
    const taskVariables = { ...ending.left };
    strikeNow('main');
    const main =
      ending.left === undefined ? await setting.run(inputs, { variables, taskVariables }) : undefined;
    faults.clear();
    await ending.during?.(setting, runId, variables);
    strikeNow('post-job');
    variables['Agent.JobStatus'] = ending.job;
    const post = await setting.post(inputs, { variables, taskVariables });
    const held = isNode ? store.nodeRun(runId) : undefined;
    return {
      status: held === undefined ? setting.portRun(runId).status : (held.result ?? held.status),
      main,
      post,
    };
  } finally {
    await azure.close();
    await setting.close();
  }
}

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoopOptions } from '../../local/loop.ts';
import { inParallel } from '../support/in-parallel.ts';
import { type Bench, killProcesses, startBench, webhook } from '../support/loop-run.ts';
import { until } from '../support/until.ts';
import { isWindows, itOnPosix } from '../support/where.ts';

/** How jobs end, and what Port shows then. docs/track.md holds the table that this file makes. */
interface Ending {
  /** First column of the table. */
  readonly name: string;
  /** Steps around the Port step; `$PORT` stands for it, `$END` for one that ends the run. */
  readonly steps: string;
  /** Lines of the job. */
  readonly job?: string;
  /** A further job, with a Port step of its own. */
  readonly second?: { readonly job?: string; readonly steps: string };
  /** Of the Port step; an empty text takes an input away. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Lines behind the inputs of the Port step. */
  readonly more?: string;
  readonly options?: Partial<LoopOptions>;
  /** Windows knows no signals. */
  readonly isOfPosix?: true;
  /** Before the action is executed. */
  readonly before?: (bench: Bench) => void;
  /** What starts the pipeline, in place of the action; the id of its run in Port, where it has one. */
  readonly start?: (bench: Bench) => Promise<{ runId: string; buildId: number }>;
  /** While the pipeline runs. */
  readonly during?: (bench: Bench, started: { runId: string; buildId: number }) => Promise<void>;
  /** Undefined: there is no run in Port. */
  readonly status: string | undefined;
  readonly label: string | undefined;
  readonly log?: RegExp;
  /** In the log of the pipeline run. */
  readonly shows?: RegExp;
  /** The links of the run, without that of the pipeline run. */
  readonly links?: readonly string[];
  /** Whether the calls depend on the jitter between tries. */
  readonly areCallsVarying?: boolean;
  /** Why the run is left open, where no process on the agent could end it. */
  readonly remark?: string;
}

const ok = '  - script: echo working\n    displayName: Work\n';
const bad = '  - script: "echo it broke; exit 3"\n    displayName: terraform apply\n';
const slow = '  - script: "echo up; sleep 30"\n    displayName: Work\n';
const cancel = async (bench: Bench, { buildId }: { buildId: number }) => {
  await until('the step runs', () => bench.loop.azureDevOps.buildLog(buildId).includes('\nup'));
  bench.loop.azureDevOps.cancel(buildId);
};
const endRun = async (bench: Bench, runId: string, status: string) => {
  await bench.loop.user.call('PATCH', `/v1/actions/runs/${runId}`, { status, statusLabel: 'by hand' });
};
const whileWorking =
  (action: (bench: Bench, runId: string) => Promise<unknown>) =>
  async (bench: Bench, started: { runId: string; buildId: number }) => {
    await until('the step runs', () => bench.loop.azureDevOps.buildLog(started.buildId).includes('\nup'));
    await action(bench, started.runId);
  };
/** Where tests leave notes for the steps of their pipelines. */
const notes = mkdtempSync(join(tmpdir(), 'endings-'));
const shortWork = '  - script: "echo up; sleep 1"\n    displayName: Work\n';

const downAtTheStart: Pick<Ending, 'before' | 'during' | 'areCallsVarying'> = {
  areCallsVarying: true,
  before: ({ loop }) =>
    void loop.port.faults.add({
      match: { method: 'POST', path: /access_token/ },
      fault: { kind: 'status', status: 503 },
    }),
  during: async (bench, { buildId }) => {
    await until('the step gave up', () =>
      bench.loop.azureDevOps.buildLog(buildId).includes('Finishing: Report to Port'),
    );
    bench.loop.port.faults.clear();
  },
};

/** 503 for 4 s from the first look on. */
function lateTimeline(): () => { status: number } | undefined {
  let first: number | undefined;
  return () => {
    first ??= performance.now();
    return performance.now() - first < 4000 ? { status: 503 } : undefined;
  };
}

const endings: readonly Ending[] = [
  { name: 'success', steps: `$PORT${ok}`, status: 'SUCCESS', label: 'Succeeded' },
  {
    name: 'success with issues (a step with continueOnError failed)',
    steps: `$PORT${bad}    continueOnError: true\n`,
    status: 'SUCCESS',
    label: 'Succeeded with issues',
  },
  {
    name: 'the same, partialSuccess: failure',
    steps: `$PORT${bad}    continueOnError: true\n`,
    inputs: { partialSuccess: 'failure' },
    status: 'FAILURE',
    label: 'Succeeded with issues',
  },
  {
    name: 'a step failed',
    steps: `$PORT${bad}`,
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    log: /Failed: terraform apply\n {2}Bash exited with code '3'/,
  },
  {
    name: 'a step before the Port step failed (checkout, say)',
    steps: `${bad}$PORT`,
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    log: /Failed: terraform apply/,
  },
  {
    name: 'canceled while a step runs',
    steps: `$PORT${slow}`,
    during: cancel,
    status: 'FAILURE',
    label: 'Canceled',
  },
  {
    name: 'canceled before the Port step',
    steps: `${slow}$PORT`,
    during: cancel,
    status: 'FAILURE',
    label: 'Canceled',
  },
  {
    name: 'a step ran into its timeout',
    steps: `$PORT${slow}    timeoutInMinutes: 0.02\n`,
    status: 'FAILURE',
    label: 'Failed at Work',
    log: /The task has timed out/,
  },
  {
    name: 'the job ran into its timeout',
    steps: `$PORT${slow}`,
    job: 'timeoutInMinutes: 0.03',
    status: 'FAILURE',
    label: 'Canceled',
  },
  {
    name: "the Port step's process was killed (SIGKILL)",
    steps: `$PORT${ok}`,
    before: ({ loop }) =>
      void loop.port.faults.add({ match: { method: 'PATCH' }, times: 1, fault: { kind: 'silence' } }),
    during: async (bench) => {
      await until('the PATCH hangs', () => bench.loop.port.requests.some(({ method }) => method === 'PATCH'));
      killProcesses(bench.loop, '/PortRunStatus_');
    },
    isOfPosix: true,
    areCallsVarying: true,
    status: 'FAILURE',
    label: 'Failed at Report to Port',
  },
  {
    name: 'Port down at the start, back at the end (onOutage: warn)',
    steps: `$PORT  - script: echo "left $(PORT_RUN_ID)"\n    displayName: Work\n`,
    inputs: { timeoutSeconds: '2' },
    ...downAtTheStart,
    shows: /left r_\w+/,
    status: 'SUCCESS',
    label: 'Succeeded with issues',
  },
  {
    name: 'Port down at the start, back at the end (onOutage: fail)',
    steps: '$PORT',
    inputs: { onOutage: 'fail', timeoutSeconds: '2' },
    ...downAtTheStart,
    status: 'FAILURE',
    label: 'Failed at Report to Port',
  },
  {
    name: 'Port down at the end',
    steps: `$PORT${shortWork}`,
    inputs: { timeoutSeconds: '2' },
    during: whileWorking(({ loop }) =>
      Promise.resolve(loop.port.faults.add({ fault: { kind: 'status', status: 503 } })),
    ),
    areCallsVarying: true,
    status: 'IN_PROGRESS',
    label: 'Deploying',
    remark: 'no process could reach Port; the step warns and says so. The service hook is the net.',
  },
  {
    name: 'the run was finished by someone else, with the same result',
    steps: `$PORT${shortWork}`,
    during: whileWorking((bench, runId) => endRun(bench, runId, 'SUCCESS')),
    status: 'SUCCESS',
    label: 'by hand',
  },
  {
    name: 'the run was finished by someone else, with another result',
    steps: `$PORT${shortWork}`,
    during: whileWorking((bench, runId) => endRun(bench, runId, 'FAILURE')),
    status: 'FAILURE',
    label: 'by hand',
  },
  {
    name: 'a synchronized run',
    steps: `$PORT${ok}`,
    during: async ({ loop }, { runId }) => {
      Object.assign(loop.port.store.run(runId).payload ?? {}, { synchronized: true });
      await Promise.resolve();
    },
    status: 'IN_PROGRESS',
    label: 'Succeeded',
    shows: /The run is synchronized: .*so SUCCESS was not reported/,
    remark: 'Port finishes it by itself; the step warns.',
  },
  {
    name: 'a synchronized run that Port ended before the first step',
    steps: `$PORT${bad}`,
    during: async ({ loop }, { runId }) => {
      const run = loop.port.store.run(runId);
      Object.assign(run.payload ?? {}, { synchronized: true });
      Object.assign(run, { status: 'SUCCESS', endedAt: new Date().toISOString() });
      await Promise.resolve();
    },
    status: 'SUCCESS',
    label: undefined,
    shows: /The run is synchronized: .*so FAILURE was not reported.*"synchronized": false/,
    remark: 'Port had finished it by itself; the step warns, and says what to set.',
  },
  {
    name: "a step failed, and Port's log does not take its lines (503)",
    steps: `$PORT${bad}`,
    inputs: { timeoutSeconds: '4' },
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'POST', path: /\/logs$/ },
        fault: { kind: 'status', status: 503 },
      }),
    areCallsVarying: true,
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    shows: /The log lines may not have reached Port; everything else is reported/,
  },
  {
    name: 'the same, the log does not answer',
    steps: `$PORT${bad}`,
    inputs: { timeoutSeconds: '4' },
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'POST', path: /\/logs$/ },
        fault: { kind: 'silence' },
      }),
    areCallsVarying: true,
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    shows: /The log lines may not have reached Port; everything else is reported/,
  },
  {
    name: 'the same, the log refuses them (413)',
    steps: `$PORT${bad}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'POST', path: /\/logs$/ },
        fault: { kind: 'status', status: 413 },
      }),
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    shows: /Port refused the log lines; everything else is reported/,
  },
  {
    name: 'the same, the log takes no token (401)',
    steps: `$PORT${bad}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'POST', path: /\/logs$/ },
        fault: { kind: 'status', status: 401 },
      }),
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    shows: /Port refused the log lines; everything else is reported/,
  },
  {
    name: 'Port refuses links, summary and external run id (422)',
    steps: `$PORT${bad}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'PATCH', body: /"(?:link|summary|externalRunId)"/ },
        fault: { kind: 'status', status: 422 },
      }),
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    log: /Failed: terraform apply/,
    shows: /Port refused the links;[^]*Port refused the external run id;[^]*Port refused the summary;/,
    links: [],
  },
  {
    name: 'Port refuses the label (422)',
    steps: `$PORT${ok}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'PATCH', body: /"statusLabel"/ },
        fault: { kind: 'status', status: 422 },
      }),
    status: 'SUCCESS',
    label: undefined,
    shows: /Port refused the label "Succeeded"; everything else is reported/,
  },
  {
    name: "Port refuses the links of a workflow node's run (422)",
    steps: `$PORT${ok}`,
    inputs: { runId: '$(nodeRunId)' },
    before: ({ loop }) =>
      void loop.port.faults.add({
        match: { method: 'PATCH', body: /"links"/ },
        fault: { kind: 'status', status: 422 },
      }),
    start: async ({ loop }) => {
      const { identifier: runId } = loop.port.startNodeRun();
      const { id } = await loop.azureDevOps.queue({
        definitionId: 1,
        variables: { nodeRunId: { value: runId } },
      });
      return { runId, buildId: id };
    },
    status: 'SUCCESS',
    label: undefined,
    shows: /Port refused the links; everything else is reported/,
    links: [],
  },
  {
    name: 'Port answers the update of the end with 500 once',
    steps: `$PORT${ok}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        ...{ match: { method: 'PATCH' }, skip: 1, times: 1 },
        fault: { kind: 'status', status: 500 },
      }),
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'Port refuses the credentials at the start',
    steps: `$PORT${ok}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        ...{ match: { method: 'POST', path: /access_token/ }, times: 1 },
        fault: { kind: 'status', status: 401 },
      }),
    status: 'FAILURE',
    label: 'Failed at Report to Port',
    shows: /Cannot sign in to Port: .*-> 401[^]*\[PORT_CREDENTIALS\]/,
  },
  {
    name: 'the same, onError: warn',
    steps: `$PORT${ok}`,
    inputs: { onError: 'warn' },
    before: ({ loop }) =>
      void loop.port.faults.add({
        ...{ match: { method: 'POST', path: /access_token/ }, times: 1 },
        fault: { kind: 'status', status: 401 },
      }),
    status: 'SUCCESS',
    label: 'Succeeded with issues',
  },
  {
    name: 'Port refuses the update of the end once (422)',
    steps: `$PORT${bad}`,
    before: ({ loop }) =>
      void loop.port.faults.add({
        ...{ match: { method: 'PATCH' }, skip: 1, times: 1 },
        fault: { kind: 'status', status: 422 },
      }),
    status: 'FAILURE',
    label: 'Failed at terraform apply',
    log: /Failed: terraform apply/,
  },
  {
    name: 'inputs that only adorn the report are wrong (link, logTailLines, summaryFile)',
    steps: `$PORT${ok}`,
    inputs: {
      link: 'my-app.azurewebsites.net',
      logTailLines: '20000',
      summaryFile: 'not-there.md',
    },
    status: 'SUCCESS',
    label: 'Succeeded',
    shows:
      /Input link has the line "my-app[^]*Input logTailLines is "20000"[^]*Input summaryFile is "not-there\.md", a file that cannot be read/,
  },
  {
    name: 'partialSuccess is misspelt',
    steps: `$PORT${ok}`,
    inputs: { partialSuccess: 'sucess' },
    status: 'FAILURE',
    label: 'Failed at Report to Port',
    shows: /Input partialSuccess is "sucess"/,
  },
  {
    name: 'status is misspelt',
    steps: `$PORT${ok}`,
    inputs: { status: 'trak' },
    status: 'FAILURE',
    label: 'Failed at Report to Port',
    shows: /Input status is "trak"/,
  },
  {
    name: 'a later step adds a link',
    steps: `$PORT${ok}$LINK`,
    inputs: { link: 'https://example.com/first' },
    status: 'SUCCESS',
    label: 'Succeeded',
    links: ['https://example.com/first', 'https://example.com/second'],
  },
  {
    name: 'scope: pipeline, and the timeline may not be read',
    steps: `$PORT${ok}`,
    inputs: { scope: 'pipeline' },
    options: { azureDevOps: { jobToken: 'denied' } },
    status: 'IN_PROGRESS',
    label: 'Deploy succeeded',
    shows: /##\[warning\]The run stays open/,
    remark: 'whether other jobs are to come cannot be told; the step warns.',
  },
  ...(
    [
      ['answers 503', { status: 503 }, /Azure DevOps answered 503/],
      ['answers 404', { status: 404 }, /Azure DevOps answered 404/],
      ['has no records', { records: [] }, /gave has no records/],
      [
        "has another run's records",
        { records: [{ id: 'x', type: 'Job', name: 'Build', identifier: 'build', attempt: 1 }] },
        /has 1 records, and none of this job/,
      ],
    ] as const
  ).map(([what, timeline, why]): Ending => ({
    name: `scope: pipeline, and the timeline ${what}`,
    steps: `$PORT${ok}`,
    inputs: { scope: 'pipeline', timeoutSeconds: '4' },
    options: { azureDevOps: { timeline: () => timeline } },
    status: 'IN_PROGRESS',
    label: 'Deploy succeeded',
    shows: new RegExp(`##\\[warning\\]The run stays open: .*${why.source}`),
    remark: 'whether other jobs are to come cannot be told; the step warns.',
  })),
  {
    name: 'scope: pipeline, and the timeline comes late (4 s of 503)',
    steps: `$PORT${ok}`,
    inputs: { scope: 'pipeline' },
    options: { azureDevOps: { timeline: lateTimeline() } },
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'scope: pipeline, and a job that depends on this one fails',
    steps: `$PORT${ok}`,
    second: { job: 'dependsOn: Deploy', steps: `$PORT${bad}` },
    inputs: { scope: 'pipeline' },
    status: 'FAILURE',
    label: 'Failed at Second › terraform apply',
    log: /Failed: Second › terraform apply/,
    shows: /The run stays open: still to come or running are Second/,
  },
  {
    name: 'scope: pipeline, and two jobs end at the same moment',
    steps: `$PORT${shortWork}`,
    second: { steps: `$PORT${shortWork}` },
    inputs: { scope: 'pipeline' },
    areCallsVarying: true,
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'status: auto and scope: pipeline in the first of two jobs, and the second fails',
    steps: `${ok}$PORT`,
    second: { job: 'dependsOn: Deploy', steps: `${bad}$PORT` },
    inputs: { scope: 'pipeline', status: 'auto', statusLabel: '' },
    more: '    condition: always()\n',
    status: 'FAILURE',
    label: 'Failed at Second › terraform apply',
    shows: /The run stays open: still to come or running are Second/,
  },
  {
    name: "the Port step's process died before its first line (continueOnError)",
    steps: `$PORT${ok}`,
    more: `    continueOnError: true\n    env:\n      NODE_OPTIONS: --require=${join(import.meta.dirname, '..', 'support', 'die-once.cjs')}\n      DIE_ONCE: $(Build.BuildId)-${randomUUID()}\n`,
    status: 'SUCCESS',
    label: 'Succeeded with issues',
  },
  {
    name: 'the temporary folder cannot be written to',
    steps: `  - script: rm -rf "$(Agent.TempDirectory)" && touch "$(Agent.TempDirectory)"\n    displayName: Fill\n$PORT`,
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'a script prints that the run has ended',
    steps: `$PORT  - script: echo "##vso[task.setvariable variable=PORT_RUN_ENDED]\${{ parameters.port.port_context.runId }} SUCCESS"\n${ok}`,
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'a script leads PORT_BASE_URL elsewhere',
    steps: `  - script: cat ${notes}/variables\n$PORT  - script: echo "##vso[task.setvariable variable=PORT_BASE_URL]http://127.0.0.1:9"\n${ok}`,
    inputs: { portConnection: '' },
    before: ({ loop: { port } }) =>
      writeFileSync(
        join(notes, 'variables'),
        Object.entries({
          PORT_CLIENT_ID: port.clientId,
          PORT_CLIENT_SECRET: port.clientSecret,
          PORT_BASE_URL: port.url,
        })
          .map(([name, value]) => `##vso[task.setvariable variable=${name}]${value}\n`)
          .join(''),
      ),
    status: 'SUCCESS',
    label: 'Succeeded',
    shows: /The address of Port was changed during the job; the end is reported to http:/,
  },
  {
    name: 'a payload of more than 128 KiB as an input',
    steps: `$PORT${ok}`,
    inputs: { payload: `'{"a":"${'x'.repeat(131_072)}"}'` },
    status: 'IN_PROGRESS',
    label: undefined,
    remark:
      'the agent cannot start a process with such an input; give the step runId, not payload. The service hook is the net.',
  },
  {
    name: 'a payload without a run id',
    steps: `$PORT${ok}`,
    inputs: { runId: '', payload: `'{"port_context":{"runid":"x","action":"deploy"}}'` },
    status: 'IN_PROGRESS',
    label: undefined,
    shows:
      /##\[warning\]The payload holds no run id; its keys are port_context, port_context\.runid, port_context\.action/,
    remark: 'the step warns, and says what the payload has to hold.',
  },
  {
    name: 'the run id came as a variable with the request (runs API)',
    steps: `$PORT${ok}`,
    start: async ({ loop }) => {
      const { runId } = await loop.start('deploy_service', { service: 'checkout', environment: 'test' });
      await loop.idle();
      Object.assign(loop.port.store.run(runId), { status: 'IN_PROGRESS', statusLabel: null });
      delete loop.port.store.run(runId).endedAt;
      const { id } = await loop.azureDevOps.queue({
        definitionId: 1,
        variables: { PORT_RUN_ID: { value: runId } },
      });
      return { runId, buildId: id };
    },
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'a later Port step had ended the run already',
    steps: `$PORT${ok}$END`,
    status: 'SUCCESS',
    label: 'Succeeded',
  },
  {
    name: 'the Port step was conditioned out, the job succeeded',
    steps: `$PORT    condition: false\n${ok}`,
    status: 'IN_PROGRESS',
    label: undefined,
    remark: 'as the pipeline asked',
  },
  {
    name: 'the agent was lost',
    steps: `$PORT${slow}`,
    during: async (bench, started) => {
      await until('the step runs', () => bench.loop.azureDevOps.buildLog(started.buildId).includes('\nup'));
      bench.loop.agent.lose(started.buildId);
    },
    status: 'IN_PROGRESS',
    label: 'Deploying',
    remark: 'no process is left that could report. The service hook is the net.',
  },
  {
    name: 'a run by hand, without payload',
    steps: `$PORT  - script: echo "outputs [$(port.runId)$(port.runUrl)$(port.reportedStatus)]"\n`,
    more: '    name: port\n',
    start: async ({ loop }) => ({
      runId: '',
      buildId: (await loop.azureDevOps.queue({ definitionId: 1 })).id,
    }),
    status: undefined,
    label: undefined,
    shows: /Not started by Port[^]*outputs \[\][^]*Nothing to report at the end of the job/,
    remark: 'not started by Port',
  },
  {
    name: 'a failed stage is run again and succeeds',
    steps: `$PORT  - script: "test -e ${notes}/ran && exit 0; touch ${notes}/ran; exit 1"\n    displayName: Flaky\n`,
    start: async (bench) => {
      const { runId, build } = await bench.run();
      assert.equal(build.result, 'failed');
      bench.loop.azureDevOps.rerunFailedStages(build.id);
      return { runId, buildId: build.id };
    },
    status: 'FAILURE',
    label: 'Failed at Flaky',
    shows:
      /The run is finished already, as FAILURE \("Failed at Flaky"\); this step would have reported SUCCESS/,
    remark: 'Port keeps the first end; the step warns and names both.',
  },
];

interface Row {
  readonly name: string;
  readonly port: string;
  readonly log: string;
  readonly step: string;
  /** Requests to Port; where Port is down it depends on the jitter between tries. */
  readonly calls: string;
  readonly remark: string;
}

function pipelineOf({ steps, job, second, inputs = {}, more = '' }: Ending): string {
  const given = {
    portConnection: 'port',
    runId: '${{ parameters.port.port_context.runId }}',
    statusLabel: 'Deploying',
    ...inputs,
  };
  const step = (displayName: string, its: Readonly<Record<string, string>>) =>
    `  - task: PortRunStatus@1\n    displayName: ${displayName}\n    inputs:\n${Object.entries(its)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `      ${name}: ${value}\n`)
      .join('')}`;
  const { statusLabel: _start, ...ofEnd } = given;
  const filled = (text: string) =>
    text
      .replace('$PORT', () => step('Report to Port', given) + more)
      .replace('$END', () => step('End in Port', { ...ofEnd, status: 'success' }))
      .replace('$LINK', () =>
        step('Add a link', { ...ofEnd, status: 'inProgress', link: 'https://example.com/second' }),
      );
  const indent = (text: string) => text.replace(/^(?=.)/gm, '  ');
  const jobOf = (name: string, lines: string | undefined, itsSteps: string) =>
    `- job: ${name}\n${lines === undefined ? '' : indent(`${lines}\n`)}  steps:\n${indent(filled(itsSteps))}`;
  const jobs =
    jobOf('Deploy', job, steps) + (second === undefined ? '' : jobOf('Second', second.job, second.steps));
  return `trigger: none\n${webhook}\njobs:\n${jobs}`;
}

/** Runs the pipeline of an ending, and checks what Port shows. */
async function play(ending: Ending): Promise<Row> {
  const bench = await startBench(pipelineOf(ending), {
    agent: { timings: { sigint: 500, sigterm: 300, agentLost: 100 } },
    ...ending.options,
  });
  try {
    ending.before?.(bench);
    const started = await (ending.start?.(bench) ?? bench.start());
    const callsBefore = bench.loop.port.requests.length;
    await ending.during?.(bench, started);
    const build = await bench.loop.azureDevOps.waitForBuild(started.buildId);
    const calls = bench.loop.port.requests.length - callsBefore;
    bench.loop.port.faults.clear();
    const shown = [...build.records.values()].filter(({ name }) => name.includes('Report to Port'));
    const results = shown.map(
      ({ name, result }) => `${name.startsWith('Post-job') ? 'post-job' : 'main'} ${result ?? 'not run'}`,
    );
    const step = [...new Set(results)].join(', ');
    checkEnd(ending, bench, started);
    return {
      name: ending.name,
      port: toldEnd(ending, bench, started),
      log: String(shownRun(bench, started.runId).logs),
      step,
      calls: ending.areCallsVarying === true ? 'varies' : String(calls),
      remark: ending.remark ?? '',
    };
  } finally {
    await bench.close();
  }
}

interface Started {
  readonly runId: string;
  readonly buildId: number;
}

function checkEnd(ending: Ending, bench: Bench, { runId, buildId }: Started): void {
  const log = bench.loop.azureDevOps.buildLog(buildId);
  if (ending.shows !== undefined) assert.match(log, ending.shows);
  if (ending.status === undefined) {
    assert.equal(bench.loop.port.requests.filter(({ method }) => method === 'PATCH').length, 0, log);
    return;
  }
  const run = shownRun(bench, runId);
  assert.deepEqual(
    { status: run.status, label: run.label },
    { status: ending.status, label: ending.label },
    log,
  );
  if (ending.log !== undefined) assert.match(bench.logText(runId), ending.log);
  if (ending.links !== undefined)
    assert.deepEqual(
      run.links.filter((link) => !link.includes('buildId')),
      ending.links,
    );
}

/** A run as Port shows it: of an action, or of a workflow's node. */
function shownRun({ loop: { port } }: Bench, runId: string) {
  if (runId.startsWith('wfnr_')) {
    const { status, result, links, logs } = port.store.nodeRun(runId);
    return { status: result ?? status, label: undefined, links, logs: logs.length };
  }
  const { status, statusLabel, link } = runId === '' ? { status: 'nothing' } : port.store.run(runId);
  const logs = runId === '' ? 0 : port.store.logsOf(runId).length;
  return { status, label: statusLabel ?? undefined, links: [link ?? []].flat(), logs };
}

function toldEnd({ status }: Ending, bench: Bench, { runId }: Started): string {
  if (status === undefined) return 'nothing';
  const { label } = shownRun(bench, runId);
  return `${status}${label ? ` "${label}"` : ''}`;
}

const isHere = ({ isOfPosix }: Ending) => !(isWindows && isOfPosix === true);

describe('how a tracked job ends', () => {
  const played = new Map<Ending, PromiseSettledResult<Row>>();
  const rowOf = (ending: Ending): Row => {
    const outcome = played.get(ending);
    if (outcome?.status === 'fulfilled') return outcome.value;
    throw outcome?.reason;
  };
  before(async function () {
    this.timeout(240_000);
    // Most of their time is sleep.
    await inParallel(
      endings.filter(isHere).map((ending) => async () => {
        const [outcome] = await Promise.allSettled([play(ending)]);
        played.set(ending, outcome);
      }),
      4,
    );
  });
  after(() => rmSync(notes, { recursive: true }));

  for (const ending of endings)
    (isHere(ending) ? it : itOnPosix)(
      `${ending.name}: Port shows ${ending.status ?? 'nothing'}`,
      () => void rowOf(ending),
    );

  itOnPosix('stands in docs/track.md as it is here', () => {
    const rows = endings.map(rowOf);
    const file = join(import.meta.dirname, '..', '..', 'docs', 'track.md');
    const table = [
      '| how the job ends | Port shows | log entries | calls | the step shows | remark |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows.map(
        ({ name, port, log, calls, step, remark }) =>
          `| ${name} | ${port} | ${log} | ${calls} | ${step} | ${remark} |`,
      ),
    ].join('\n');
    const text = readFileSync(file, 'utf8');
    const updated = text.replace(
      /(<!-- endings -->\n)[\s\S]*?(<!-- \/endings -->)/,
      (_all, open: string, close: string) => `${open}\n${table}\n\n${close}`,
    );
    if (process.env.UPDATE_DOCS === '1') writeFileSync(file, updated);
    else assert.equal(text, updated, 'run the tests with UPDATE_DOCS=1 to write the table');
  });
});

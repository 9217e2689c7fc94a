import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, killProcesses, startBench, webhook } from '../support/loop-run.ts';
import { until } from '../support/until.ts';

/** How jobs end, and what Port shows then. docs/track.md holds the table that this file makes. */
interface Ending {
  /** First column of the table. */
  readonly name: string;
  /** Steps around the Port step; `$PORT` stands for it. */
  readonly steps: string;
  readonly job?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Before the action is executed. */
  readonly before?: (bench: Bench) => void;
  /** While the pipeline runs. */
  readonly during?: (bench: Bench, started: { runId: string; buildId: number }) => Promise<void>;
  readonly status: string;
  readonly label: string | undefined;
  readonly log?: RegExp;
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
const shortWork = '  - script: "echo up; sleep 1"\n    displayName: Work\n';

const downAtTheStart: Pick<Ending, 'before' | 'during'> = {
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
    status: 'FAILURE',
    label: 'Failed at Report to Port',
  },
  {
    name: 'Port down at the start, back at the end (onError: warn)',
    steps: `$PORT  - script: echo up\n    displayName: Work\n`,
    inputs: { onError: 'warn', timeoutSeconds: '2' },
    ...downAtTheStart,
    status: 'SUCCESS',
    label: 'Succeeded with issues',
  },
  {
    name: 'Port down at the start, back at the end (onError: fail)',
    steps: '$PORT',
    inputs: { timeoutSeconds: '2' },
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
    status: 'IN_PROGRESS',
    label: 'Deploying',
    remark: 'no process could reach Port; the step fails and says so. The service hook is the net.',
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
    remark: 'Port finishes it by itself; the step warns.',
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

function pipelineOf({ steps, job, inputs = {} }: Ending): string {
  const given = Object.entries(inputs)
    .map(([name, value]) => `      ${name}: ${value}\n`)
    .join('');
  const portStep = `  - task: PortRunStatus@1
    displayName: Report to Port
    inputs:
      portConnection: port
      runId: \${{ parameters.port.port_context.runId }}
      statusLabel: Deploying
${given}`;
  const endStep = portStep
    .replace('Report to Port', 'End in Port')
    .replace('statusLabel: Deploying', 'status: success');
  const indent = (text: string) => text.replace(/^(?=.)/gm, '  ');
  return `trigger: none\n${webhook}\njobs:\n- job: Deploy\n${job === undefined ? '' : `  ${job}\n`}  steps:\n${indent(steps.replace('$PORT', portStep).replace('$END', endStep))}`;
}

describe('how a tracked job ends', () => {
  const rows: Row[] = [];

  for (const ending of endings) {
    it(`${ending.name}: Port shows ${ending.status}`, async function () {
      this.timeout(40_000);
      const bench = await startBench(pipelineOf(ending), {
        agent: { timings: { sigint: 500, sigterm: 300, agentLost: 100 } },
      });
      try {
        ending.before?.(bench);
        const started = await bench.start();
        const callsBefore = bench.loop.port.requests.length;
        await ending.during?.(bench, started);
        const build = await bench.loop.azureDevOps.waitForBuild(started.buildId);
        const calls =
          ending.before || ending.name.includes('down')
            ? 'varies'
            : String(bench.loop.port.requests.length - callsBefore);
        bench.loop.port.faults.clear();
        const run = bench.portRun(started.runId);
        const shown = [...build.records.values()].filter(({ name }) => name.includes('Report to Port'));
        const step = shown
          .map(
            ({ name, result }) =>
              `${name.startsWith('Post-job') ? 'post-job' : 'main'} ${result ?? 'not run'}`,
          )
          .join(', ');
        assert.deepEqual(
          { status: run.status, label: run.statusLabel ?? undefined },
          { status: ending.status, label: ending.label },
          bench.loop.azureDevOps.buildLog(started.buildId),
        );
        if (ending.log !== undefined) assert.match(bench.logText(started.runId), ending.log);
        rows.push({
          name: ending.name,
          port: `${run.status}${run.statusLabel ? ` "${run.statusLabel}"` : ''}`,
          log: String(bench.logs(started.runId).length),
          step,
          calls,
          remark: ending.remark ?? '',
        });
      } finally {
        await bench.close();
      }
    });
  }

  it('a run that somebody started by hand: nothing is reported, and the step succeeds', async () => {
    const bench = await startBench(
      pipelineOf({ name: '', steps: `$PORT${ok}`, status: '', label: undefined }),
    );
    try {
      const callsBefore = bench.loop.port.requests.length;
      const { id } = await bench.loop.azureDevOps.queue({ definitionId: 1 });
      const build = await bench.loop.azureDevOps.waitForBuild(id);
      assert.equal(build.result, 'succeeded');
      const log = bench.loop.azureDevOps.buildLog(id);
      assert.match(log, /Not started by Port/);
      assert.match(log, /Nothing to report at the end of the job/);
      assert.equal(bench.loop.port.requests.filter(({ method }) => method === 'PATCH').length, 0);
      rows.push({
        name: 'a run by hand, without payload',
        port: 'nothing',
        log: '0',
        step: 'main succeeded, post-job succeeded',
        calls: String(bench.loop.port.requests.length - callsBefore),
        remark: 'not started by Port',
      });
    } finally {
      await bench.close();
    }
  });

  it('a failed stage that is run again: the run in Port stays as the first attempt ended it', async () => {
    const flaky =
      '  - script: "test -e /tmp/$(Build.BuildId)-$(marker) && exit 0; touch /tmp/$(Build.BuildId)-$(marker); exit 1"\n    displayName: Flaky\n';
    const yaml = pipelineOf({ name: '', steps: `$PORT${flaky}`, status: '', label: undefined });
    const bench = await startBench(`variables:\n  marker: ${randomUUID()}\n${yaml}`);
    try {
      const { runId, build } = await bench.run();
      assert.equal(build.result, 'failed');
      const callsBefore = bench.loop.port.requests.length;
      bench.loop.azureDevOps.rerunFailedStages(build.id);
      const again = await bench.loop.azureDevOps.waitForBuild(build.id);
      assert.equal(again.result, 'succeeded');
      const run = bench.portRun(runId);
      assert.deepEqual([run.status, run.statusLabel], ['FAILURE', 'Failed at Flaky']);
      assert.match(bench.loop.azureDevOps.buildLog(build.id), /The run is finished already, as FAILURE/);
      rows.push({
        name: 'a failed stage is run again and succeeds',
        port: 'FAILURE "Failed at Flaky"',
        log: '1',
        step: 'main succeeded, post-job succeeded',
        calls: String(bench.loop.port.requests.length - callsBefore),
        remark: 'Port keeps the first end; the step warns and names both.',
      });
    } finally {
      await bench.close();
    }
  });

  it('stands in docs/track.md as it is here', () => {
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

import assert from 'node:assert/strict';
import type { Run } from '../../../local/port/index.ts';
import { finish } from '../../../tasks/PortRunStatus/post-job.ts';
import { run } from '../../../tasks/PortRunStatus/run.ts';
import { FakeHost } from '../../support/fake-host.ts';
import { type Ran, type RunOptions, type TaskSetting, startTaskSetting } from '../../support/task-setting.ts';

/** PortRunStatus against a local Port with an action whose runs stay open. */
export interface ReportSetting extends TaskSetting {
  startRun(): Promise<string>;
  portRun(runId: string): Run;
  /** Method and path of each request since the last call of it, without sign-ins. */
  newCalls(): readonly string[];
  /** The main step, then the post-job step of the same task instance. */
  track(inputs: Readonly<Record<string, string>>, options?: TrackOptions): Promise<{ main: Ran; post: Ran }>;
  post(inputs: Readonly<Record<string, string>>, options?: RunOptions): Promise<Ran>;
}

export interface TrackOptions extends RunOptions {
  /** Agent.JobStatus when the job ends. */
  readonly jobStatus?: string;
  /** Between the two steps. */
  readonly during?: (variables: Record<string, string>) => void | Promise<void>;
}

export async function startReportSetting(): Promise<ReportSetting> {
  const main = await startTaskSetting(run);
  await main.addAction({ identifier: 'deploy' });
  let seen = 0;
  const post: ReportSetting['post'] = (inputs, options) => main.run(inputs, { ...options, task: finish });
  return {
    ...main,
    async startRun() {
      const answer = await main.user.call('POST', '/v1/actions/deploy/runs', { properties: {} });
      const { run: started } = answer as { run: { id: string } };
      return started.id;
    },
    portRun: (runId) => main.port.store.run(runId),
    newCalls() {
      const calls = main.calls();
      const fresh = calls.slice(seen);
      seen = calls.length;
      return fresh;
    },
    post,
    async track(inputs, { jobStatus = 'Succeeded', during, ...options } = {}) {
      const taskVariables: Record<string, string> = {};
      const started = await main.run(inputs, { ...options, taskVariables });
      assert.ok(started.host instanceof FakeHost);
      const variables = { ...started.host.variables, 'Agent.JobStatus': jobStatus };
      await during?.(variables);
      return { main: started, post: await post(inputs, { ...options, taskVariables, variables }) };
    },
  };
}

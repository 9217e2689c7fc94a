import type { BuildRunner } from '../../../local/agent/types.ts';
import { fakeRunner, record } from '../../local/azure-devops/fake-runner.ts';
import { until } from '../../support/until.ts';
import { decideInAzure } from '../approvals/approvals-fixture.ts';
import { type Loop, callPort } from '../loop-fixture.ts';

const now = new Date().toISOString();
const over = { state: 'completed', finishTime: now } as const;
const task = { id: 'd9bafed4-0b18-4f58-968d-86655b4d2ce9', name: 'CmdLine', version: '2.0.0' };

/** The Port run that the runs of a webhook carry in their number. */
export const portRunId = 'r_abcdefghijklmnop';

/** A pipeline of one stage that waits for an approval, and whose only step fails with a log of three lines. */
export const failing = (): BuildRunner =>
  fakeRunner(async ({ buildId, webhook }, observer) => {
    const buildNumber = webhook === undefined ? `20260101.${buildId}` : `20260101.${buildId} ${portRunId}`;
    observer.buildNumber(buildNumber);
    const stage = record({ type: 'Stage', name: 'Release it', identifier: 'Release', refName: 'Release' });
    observer.record({ ...stage, state: 'pending' });
    const end = await observer.passChecks?.(stage.id, ['production'], []);
    observer.record(stage);
    if (end !== undefined) {
      observer.record({ ...stage, ...over, result: end });
      return { result: end === 'canceled' ? 'canceled' : 'failed', buildNumber };
    }
    const phase = record({ type: 'Phase', parentId: stage.id, identifier: 'Release.Job1', refName: 'Job1' });
    const job = record({
      ...{ type: 'Job', parentId: phase.id, name: 'Deploy it', refName: '__default' },
      identifier: 'Release.Job1.__default',
    });
    const first = record({
      type: 'Task',
      parentId: job.id,
      name: 'Initialize job',
      identifier: '',
      order: 1,
    });
    const step = record({
      ...{ type: 'Task', parentId: job.id, name: 'Run', refName: 'CmdLine', identifier: '', order: 2 },
      ...{ task, log: { id: 7 } },
    });
    for (const each of [phase, job, first, step]) observer.record(each);
    for (const line of ['one', 'two', 'three']) observer.log(step.id, `${now} ${line}`);
    observer.record({ ...first, ...over, result: 'succeeded' });
    for (const each of [step, job, phase, stage]) observer.record({ ...each, ...over, result: 'failed' });
    return { result: 'failed', buildNumber };
  });

async function hook(
  { ado, port }: Loop,
  { webhook, events }: { webhook: string; events: readonly string[] },
): Promise<void> {
  const body = JSON.stringify({ identifier: webhook, title: webhook, enabled: true, mappings: [] });
  await callPort(port, '/v1/webhooks', { method: 'POST', body });
  for (const eventType of events)
    ado.subscribe({
      publisherId: eventType === 'build.complete' ? 'tfs' : 'pipelines',
      eventType,
      consumerId: 'webHooks',
      consumerActionId: 'httpRequest',
      publisherInputs: { projectId: ado.project.id },
      consumerInputs: { url: port.store.webhook(webhook).url },
    });
}

/** Makes the service hooks of the net and of approvals, without what Port makes of their events. */
export async function makeHooks(loop: Loop): Promise<void> {
  await hook(loop, {
    webhook: 'azure-pipelines-net',
    events: [
      ...['run', 'stage', 'job'].map((each) => `ms.vss-pipelines.${each}-state-changed-event`),
      'build.complete',
    ],
  });
  await hook(loop, {
    webhook: 'azure-pipelines-approvals',
    events: ['pending', 'completed'].map((each) => `ms.vss-pipelinechecks-events.approval-${each}`),
  });
}

/** A run that Port's call of the webhook starts, to its end. */
export async function runByWebhook({ ado }: Loop): Promise<void> {
  const payload = { port_context: { runId: portRunId } };
  await ado.queue({ definitionId: 1, reason: 'resourceTrigger', webhook: { alias: 'port', payload } });
  await ado.idle();
}

/** The same, of a run that somebody has to approve. */
export async function runWithApproval(loop: Loop): Promise<void> {
  const { ado } = loop;
  ado.requireApproval('production');
  await ado.queue({ definitionId: 1 });
  await until('the pipeline waits', () => ado.store.approvals.size > 0);
  await decideInAzure(loop, [...ado.store.approvals.keys()][0] ?? '', 'approved');
  await ado.idle();
}

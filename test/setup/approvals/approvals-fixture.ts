import assert from 'node:assert/strict';
import type { Entity, Run } from '../../../local/port/index.ts';
import { fakeRunner, record } from '../../local/azure-devops/fake-runner.ts';
import { until } from '../../support/until.ts';
import { type Loop, callPort, startLoop } from '../loop-fixture.ts';

/** A pipeline of one stage that deploys to production. */
const deployer = fakeRunner(async ({ buildId, webhook }, observer) => {
  const { port_context: context } = (webhook?.payload ?? {}) as { port_context?: { runId: string } };
  const stage = record({ type: 'Stage', name: 'Release', identifier: 'Release', state: 'pending' });
  observer.record(stage);
  const end = await observer.passChecks?.(stage.id, ['production'], []);
  observer.record({ ...stage, state: 'completed', result: end ?? 'succeeded' });
  return {
    result: end === undefined ? 'succeeded' : end === 'canceled' ? 'canceled' : 'failed',
    buildNumber: `20260101.${buildId} ${context?.runId ?? ''}`,
  };
});

export const approvals = 'approvals: { environments: [production], teams: [release-managers] }';

/** A loop for whose environment production somebody has to approve, as setup makes it; its secret holds an approver's token. */
export async function startApprovals(net = 'true'): Promise<Loop> {
  const loop = await startLoop({ runner: deployer, net: `${net}\n${approvals}` });
  loop.ado.requireApproval('production', { instructions: 'Look at the board first.' });
  loop.port.store.secrets.set('AZURE_DEVOPS_APPROVER', Buffer.from(':pat').toString('base64'));
  const { code, stdout, stderr } = await loop.run('setup', 'apply');
  assert.equal(code, 0, stdout + stderr);
  return loop;
}

/** A run in Port whose pipeline waits for an approval. */
export interface Waiting {
  readonly runId: string;
  readonly buildId: number;
  /** The identifier of its entity. */
  readonly approval: string;
}

export const entityOf = ({ port }: Loop, approval: string): Entity | undefined =>
  port.store.entity('azure_approval', approval);

/** Executes the action, and waits until its pipeline waits. */
export async function startWaiting(loop: Loop, isTold = true): Promise<Waiting> {
  const before = loop.ado.store.approvals.size;
  const runId = await loop.execute();
  await until('the pipeline waits', () => loop.ado.store.approvals.size > before);
  const [approval, { build }] = [...loop.ado.store.approvals].at(-1) ?? assert.fail();
  if (isTold) await until('Port knows of it', () => entityOf(loop, approval) !== undefined);
  await loop.port.idle();
  return { runId, buildId: build.id, approval };
}

/** Presses a button in Port; the run that this made, when it has ended. */
export async function press(
  { port }: Loop,
  button: 'approve' | 'reject',
  entity: string,
  properties: Readonly<Record<string, unknown>> = {},
): Promise<Run> {
  const answer = await callPort(port, `/v1/actions/${button}_azure_approval/runs`, {
    method: 'POST',
    body: JSON.stringify({ properties, entity }),
  });
  const { run, error } = answer as { run?: { id: string }; error?: string };
  assert.ok(run, error);
  await port.idle();
  return port.store.run(run.id);
}

/** Decides in Azure DevOps, as an approver does there. */
export async function decideInAzure({ ado }: Loop, approvalId: string, status: string): Promise<void> {
  const answer = await fetch(`${ado.organizationUrl}/my-project/_apis/pipelines/approvals?api-version=7.1`, {
    method: 'PATCH',
    headers: {
      authorization: `Basic ${Buffer.from(':pat').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify([{ approvalId, status, comment: '' }]),
  });
  assert.equal(answer.status, 200, await answer.text());
}

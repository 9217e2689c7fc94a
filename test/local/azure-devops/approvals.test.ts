import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent } from '../../../local/agent/index.ts';
import type { RunObserver } from '../../../local/agent/types.ts';
import { type LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { lookup } from '../../../local/azure-devops/json.ts';
import { until } from '../../support/until.ts';
import { fakeRunner, record } from './fake-runner.ts';
import { call, closeAll, file, start, startReceiver, subscription } from './fixture.ts';

const path = '/my-project/_apis/pipelines/approvals';

/** A runner with one stage that deploys to production. */
const deployer = () =>
  fakeRunner(async (_request, observer: RunObserver) => {
    const stage = record({ type: 'Stage', name: 'Deploy it', identifier: 'Deploy', state: 'pending' });
    observer.record(stage);
    const end = await observer.passChecks?.(stage.id, ['production'], []);
    observer.record({ ...stage, state: 'completed', result: end ?? 'succeeded' });
    const result = end === 'canceled' ? 'canceled' : end === undefined ? 'succeeded' : 'failed';
    return { result, buildNumber: '1' };
  });

async function startDeployment(isGuarded = true): Promise<LocalAzureDevOps> {
  const ado = await start(deployer());
  ado.createPipeline({ name: 'deploy', ...file });
  if (isGuarded) ado.requireApproval('Production', { instructions: 'Look at the board first.' });
  return ado;
}

const patch = (ado: LocalAzureDevOps, id: unknown, status: string) =>
  call(ado, 'PATCH', path, { body: [{ approvalId: id, status, comment: 'well' }] });

const pendingId = async (ado: LocalAzureDevOps): Promise<unknown> => {
  const { body } = await call(ado, 'GET', `${path}?state=pending`);
  const [approval] = lookup(body, 'value') as unknown[];
  return lookup(approval, 'id');
};

const recordsOf = (ado: LocalAzureDevOps) =>
  [...ado.build(1).records.values()].map(({ type, state, result }) => [type, state, result]);

describe('an approval check on an environment', () => {
  afterEach(closeAll);

  it('lets a stage of an environment without approvers pass', async () => {
    const ado = await startDeployment(false);
    await ado.queue({ definitionId: 1 });
    assert.equal((await ado.waitForBuild(1)).result, 'succeeded');
    assert.equal(ado.store.approvals.size, 0);
  });

  it('is made and taken away by REST, with the user of the organization as the approver', async () => {
    const ado = await startDeployment(false);
    await call(ado, 'POST', '/my-project/_apis/distributedtask/environments', {
      body: { name: 'production' },
    });
    const configurations = '/my-project/_apis/pipelines/checks/configurations';
    const make = (...approvers: readonly object[]) =>
      call(ado, 'POST', configurations, {
        body: {
          type: { id: '8C6F20A7-A545-4486-9777-F762FAFE0D4D', name: 'Approval' },
          settings: { approvers, instructions: 'Look at the board first.' },
          resource: { type: 'environment', id: '1' },
        },
      });
    const { body: own } = await call(ado, 'GET', '/_apis/connectionData');
    const id = lookup(own, 'authenticatedUser.id');
    assert.equal((await make()).status, 400);
    assert.equal((await make({ id }, { id: 'somebody-else' })).status, 400);
    const { body: check } = await make({ id });
    assert.equal(lookup(check, 'settings.instructions'), 'Look at the board first.');

    await ado.queue({ definitionId: 1 });
    await patch(ado, await pendingId(ado), 'approved');
    assert.equal((await ado.waitForBuild(1)).result, 'succeeded');

    await call(ado, 'DELETE', `${configurations}/${String(lookup(check, 'id'))}`);
    await ado.queue({ definitionId: 1 });
    assert.equal((await ado.waitForBuild(2)).result, 'succeeded');
    assert.equal(ado.store.approvals.size, 1);
  });

  it('holds the stage up until somebody approves, and shows who and why', async () => {
    const ado = await startDeployment();
    await ado.queue({ definitionId: 1 });
    const id = await pendingId(ado);

    assert.deepEqual(recordsOf(ado), [
      ['Stage', 'pending', null],
      ['Checkpoint', 'inProgress', null],
      ['Checkpoint.Approval', 'inProgress', null],
    ]);
    assert.ok(ado.build(1).records.has(String(id)));
    const approved = await patch(ado, id, 'approved');

    assert.equal((await ado.waitForBuild(1)).result, 'succeeded');
    const [approval] = lookup(approved.body, 'value') as unknown[];
    assert.equal(lookup(approval, 'status'), 'approved');
    assert.equal(lookup(approval, 'instructions'), 'Look at the board first.');
    assert.equal(lookup(approval, 'pipeline.owner.id'), 1);
    const [step] = lookup(approval, 'steps') as unknown[];
    assert.equal(lookup(step, 'actualApprover.displayName'), 'Dev');
    assert.equal(lookup(step, 'comment'), 'well');
    assert.deepEqual(
      recordsOf(ado).map(([, , result]) => result),
      ['succeeded', 'succeeded', 'succeeded'],
    );
    assert.equal(lookup((await call(ado, 'GET', `${path}/${String(id)}`)).body, 'status'), 'approved');
  });

  it('fails the stage that somebody rejects, and takes no second word', async () => {
    const ado = await startDeployment();
    await ado.queue({ definitionId: 1 });
    const id = await pendingId(ado);

    assert.equal((await patch(ado, id, 'deferred')).status, 400);
    await patch(ado, id, 'rejected');

    assert.equal((await ado.waitForBuild(1)).result, 'failed');
    assert.match((await patch(ado, id, 'approved')).text, /is rejected already/);
  });

  it('takes no word of someone who is no approver', async () => {
    const ado = await startDeployment();
    const other = { id: 'someone-else', displayName: 'Ops', uniqueName: 'ops@example.com' };
    ado.requireApproval('production', { approvers: [other] });
    await ado.queue({ definitionId: 1 });
    const refused = await patch(ado, await pendingId(ado), 'approved');
    assert.equal(refused.status, 403);
    assert.equal(ado.build(1).status, 'inProgress');
  });

  it('ends with the run that is canceled', async () => {
    const ado = await startDeployment();
    await ado.queue({ definitionId: 1 });
    await pendingId(ado);
    ado.cancel(1);
    assert.equal((await ado.waitForBuild(1)).result, 'canceled');
    assert.deepEqual(
      [...ado.store.approvals.values()].map(({ status }) => status),
      ['canceled'],
    );
  });

  it('keeps the local agent from the stage that deploys, and lets it go on then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'approval-'));
    const jobs = ['build', 'deploy'].map((name) => `  - stage: ${name}\n    jobs:\n`);
    const deployment =
      '      - deployment: d\n        environment: production.web\n        strategy: {runOnce: {deploy: {steps: [{script: echo deployed}]}}}\n';
    const build = '      - job: b\n        steps: [{script: echo built}]\n';
    writeFileSync(join(folder, 'p.yml'), `stages:\n${jobs[0] ?? ''}${build}${jobs[1] ?? ''}${deployment}`);
    const ado = await start(createAgent({ extensions: [], workDirectory: `${folder}-work` }));
    ado.createPipeline({ name: 'p', file: join(folder, 'p.yml'), repositoryDirectory: folder });
    ado.requireApproval('production');
    await ado.queue({ definitionId: 1 });
    await until('the run waits', () => ado.store.approvals.size > 0);
    assert.match(ado.buildLog(1), /built/);
    assert.doesNotMatch(ado.buildLog(1), /deployed/);

    await patch(ado, await pendingId(ado), 'approved');

    assert.equal((await ado.waitForBuild(1)).result, 'succeeded');
    assert.match(ado.buildLog(1), /deployed/);
    for (const each of [folder, `${folder}-work`]) rmSync(each, { recursive: true });
  });

  it('is found by the environment that has it', async () => {
    const ado = await startDeployment();
    const { body } = await call(ado, 'GET', '/my-project/_apis/distributedtask/environments?name=Production');
    const [environment] = lookup(body, 'value') as unknown[];
    const checks = `/my-project/_apis/pipelines/checks/configurations?resourceType=environment&resourceId=${String(lookup(environment, 'id'))}`;
    const { text } = await call(ado, 'GET', checks);
    assert.match(text, /"name":"Approval"/);
  });

  it('tells subscribers that it waits and how it ended, with the project in the resource alone', async () => {
    const ado = await startDeployment();
    const { url, received } = await startReceiver();
    for (const eventType of [
      'ms.vss-pipelinechecks-events.approval-pending',
      'ms.vss-pipelinechecks-events.approval-completed',
      'ms.vss-pipelines.stage-state-changed-event',
    ]) {
      const body = subscription(url, {
        publisherId: 'pipelines',
        eventType,
        resourceVersion: '5.1-preview.1',
      });
      assert.equal((await call(ado, 'POST', '/_apis/hooks/subscriptions', { body })).status, 200);
    }
    const { number } = await ado.queue({ definitionId: 1 });
    const id = await pendingId(ado);
    await patch(ado, id, 'rejected');
    await ado.idle();

    const find = (eventType: string) =>
      received
        .map(({ body }) => body)
        .filter((body) => String(lookup(body, 'eventType')).endsWith(eventType));
    const states = find('stage-state-changed-event').map((body) => lookup(body, 'resource.stage.state'));
    assert.deepEqual(states.sort(), ['completed', 'notStarted', 'waiting']);
    const end = find('stage-state-changed-event').find(
      (body) => lookup(body, 'resource.stage.state') === 'completed',
    );
    assert.equal(lookup(end, 'resource.stage.result'), 'rejected');
    const [pending] = find('approval-pending');
    const [completed] = find('approval-completed');
    const { project, requestedFor } = ado.store;
    const { approval, ...resource } = lookup(pending, 'resource') as Record<string, unknown>;
    assert.deepEqual(resource, {
      approvalId: id,
      pipeline: { id: 1, name: 'deploy' },
      resource: { id: '1', name: 'Production', resourceType: 'environment' },
      run: { id: 1, name: number, requestedFor: 'Dev', runReason: 'manual' },
      runId: 1,
      stage: { id: [...ado.build(1).records.keys()][0], name: 'Deploy' },
      stageName: 'Deploy',
      projectId: project.id,
    });
    const shown = ['id', 'status', 'instructions', 'executionOrder', 'blockedApprovers', 'pipeline.owner.id'];
    assert.deepEqual(
      shown.map((path) => lookup(approval, path)),
      [id, 'pending', 'Look at the board first.', 'anyOrder', [], 1],
    );
    const [asked] = lookup(approval, 'steps') as unknown[];
    assert.deepEqual(
      ['id', 'displayName', 'uniqueName', 'descriptor'].map((name) =>
        lookup(asked, `assignedApprover.${name}`),
      ),
      [requestedFor.id, 'Dev', 'dev@example.com', `aad.${requestedFor.id}`],
    );
    assert.deepEqual([lookup(asked, 'status'), lookup(asked, 'order')], ['pending', 1]);
    assert.equal(lookup(pending, 'resourceContainers.project'), undefined);
    assert.equal(lookup(completed, 'resource.run.requestedFor'), null);
    const [step] = lookup(completed, 'resource.approval.steps') as unknown[];
    assert.deepEqual(lookup(step, 'actualApprover'), { id: ado.store.requestedFor.id });
    assert.deepEqual(Object.keys(lookup(completed, 'resource.approval') as object), [
      ...['id', 'status', 'instructions', 'executionOrder', 'blockedApprovers', 'pipeline', 'steps'],
    ]);
  });
});

import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { type Loop, closeLoops, partsTold } from '../loop-fixture.ts';
import { decideInAzure, entityOf, press, startApprovals, startWaiting } from './approvals-fixture.ts';

describe('an approval in Port', function () {
  this.timeout(60_000);
  let loop: Loop;
  before(async () => {
    loop = await startApprovals();
  });
  after(closeLoops);
  afterEach(() => loop.port.faults.clear());

  const labelOf = (runId: string) => loop.port.store.run(runId).statusLabel;
  const propertiesOf = (approval: string) => entityOf(loop, approval)?.properties ?? {};

  it('is an entity that says what waits and for whom, and so does the run', async () => {
    const { runId, buildId, approval } = await startWaiting(loop);
    const { pendingAt, ...properties } = propertiesOf(approval);
    assert.ok(Date.parse(String(pendingAt)) > 0);
    const { organizationUrl, project } = loop.ado;
    assert.deepEqual(properties, {
      environment: 'production',
      stage: 'Release',
      pipeline: 'deploy',
      projectId: project.id,
      portRunId: runId,
      instructions: 'Look at the board first.',
      link: `${organizationUrl}/${project.id}/_build/results?buildId=${buildId}`,
      waitingFor: 'Dev',
      waitingLabel: 'Waiting for approval of production by Dev',
    });
    assert.equal(labelOf(runId), 'Waiting for approval of production by Dev');
    loop.ado.cancel(buildId);
    await loop.settle();
    assert.equal(propertiesOf(approval).decision, 'canceled');
  });

  it('that is given there lets the stage go on, and ends both runs as SUCCESS', async () => {
    const { runId, buildId, approval } = await startWaiting(loop);
    const pressed = await press(loop, 'approve', approval, { comment: 'The "board" is green.' });
    await loop.settle();
    assert.equal(pressed.status, 'SUCCESS', JSON.stringify(pressed.response));
    assert.equal(loop.ado.build(buildId).result, 'succeeded');
    assert.equal(
      loop.ado.store.approvals.get(approval)?.comment,
      `The "board" is green. (dev@example.com in Port, run ${pressed.id})`,
    );
    const { decision, decidedBy, decisionLabel } = propertiesOf(approval);
    assert.deepEqual([decision, decidedBy], ['approved', 'Dev']);
    assert.equal(decisionLabel, 'production approved by Dev');
    assert.equal(loop.port.store.run(runId).status, 'SUCCESS');
  });

  it('that is refused there ends the stage, and the run as FAILURE', async () => {
    const { runId, buildId, approval } = await startWaiting(loop);
    const pressed = await press(loop, 'reject', approval);
    await loop.settle();
    assert.equal(pressed.status, 'SUCCESS');
    assert.equal(loop.ado.build(buildId).result, 'failed');
    assert.match(loop.ado.store.approvals.get(approval)?.comment ?? '', /^Rejected \(dev@example\.com/);
    assert.equal(propertiesOf(approval).decision, 'rejected');
    assert.equal(loop.port.store.run(runId).status, 'FAILURE');
  });

  it('follows what is decided in Azure DevOps, and takes no word after it', async () => {
    const { approval } = await startWaiting(loop);
    await decideInAzure(loop, approval, 'approved');
    await loop.settle();
    assert.equal(propertiesOf(approval).decision, 'approved');
    await assert.rejects(press(loop, 'reject', approval), /entity_does_not_pass_condition/);
  });

  it('shows its end in the run that is still open', async () => {
    const { runId, approval } = await startWaiting(loop);
    loop.port.faults.add({
      match: { method: 'PATCH', path: /actions\/runs/, body: /"status":/ },
      fault: { kind: 'status', status: 503 },
    });
    await decideInAzure(loop, approval, 'rejected');
    await loop.settle();
    assert.equal(labelOf(runId), 'production rejected by Dev');
  });

  const refusals: Readonly<Record<string, readonly [status: number, words: RegExp, () => void]>> = {
    'the token is not of an approver': [
      403,
      /Dev is no approver/,
      () => {
        const other = { id: 'someone-else', displayName: 'Ops', uniqueName: 'ops@example.com' };
        loop.ado.requireApproval('production', { approvers: [other] });
      },
    ],
    'the token lacks the scope': [
      403,
      /Access Denied/,
      () => loop.port.store.secrets.set('AZURE_DEVOPS_APPROVER', Buffer.from(':weak').toString('base64')),
    ],
    'the token is refused': [
      401,
      /not authorized/,
      () => loop.port.store.secrets.set('AZURE_DEVOPS_APPROVER', 'bm9uZQ=='),
    ],
  };
  for (const [what, [status, words, arrange]] of Object.entries(refusals))
    it(`ends the run of the button as FAILURE with Azure DevOps' words where ${what}, and goes on waiting`, async () => {
      const { runId, buildId, approval } = await startWaiting(loop);
      arrange();
      const pressed = await press(loop, 'approve', approval);
      loop.ado.requireApproval('production');
      loop.port.store.secrets.set('AZURE_DEVOPS_APPROVER', Buffer.from(':pat').toString('base64'));
      assert.equal(pressed.status, 'FAILURE');
      const response = pressed.response as { status: number; body: string };
      assert.equal(response.status, status);
      assert.match(response.body, words);
      assert.equal(loop.ado.store.approvals.get(approval)?.status, 'pending');
      assert.equal(propertiesOf(approval).decision, undefined);
      assert.equal(loop.port.store.run(runId).status, 'IN_PROGRESS');
      loop.ado.cancel(buildId);
      await loop.settle();
    });

  it('is shown a little later where Port does not answer for a moment', async () => {
    const outage = loop.port.faults.add({
      match: { path: /\/ingest\// },
      times: 1,
      fault: { kind: 'status', status: 503 },
    });
    const { runId, buildId } = await startWaiting(loop);
    assert.equal(outage.hits, 1);
    assert.equal(labelOf(runId), 'Waiting for approval of production by Dev');
    loop.ado.cancel(buildId);
    await loop.settle();
  });

  it('whose end was lost stays pending in Port, where its buttons do no harm and doctor says so', async () => {
    const { approval } = await startWaiting(loop);
    const outage = loop.port.faults.add({
      match: { path: /\/ingest\// },
      fault: { kind: 'status', status: 500 },
    });
    await decideInAzure(loop, approval, 'approved');
    await loop.settle();
    outage.remove();
    const pressed = await press(loop, 'reject', approval);
    assert.equal(pressed.status, 'FAILURE');
    assert.match(JSON.stringify(pressed.response), /is approved already/);
    const told = await partsTold(loop, 'doctor');
    assert.equal(told('history/approvals'), `wrong: ${approval} is approved in Azure DevOps`);
    assert.match(told('history/service-hook/approvals/production/completed'), /^wrong: .*500/);
    assert.match(told('history/service-hook/approvals/production/pending'), /^ok/);
    assert.match(
      told('history/action/reject_azure_approval'),
      /^wrong: Azure DevOps answered Port's call for r_\w+ with 400$/,
    );
    loop.port.store.entitiesOf('azure_approval').delete(approval);
  });

  it('of which no event came can be given in Azure DevOps as ever', async () => {
    loop.port.faults.add({ match: { path: /\/ingest\// }, fault: { kind: 'status', status: 500 } });
    const { buildId, approval } = await startWaiting(loop, false);
    await decideInAzure(loop, approval, 'approved');
    await until('the run is over', () => loop.ado.build(buildId).status === 'completed');
    assert.equal(loop.ado.build(buildId).result, 'succeeded');
    await loop.settle();
    assert.equal(entityOf(loop, approval), undefined);
  });
});

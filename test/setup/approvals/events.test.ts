import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, callPort, closeLoops, startLoop } from '../loop-fixture.ts';
import { approvals, entityOf } from './approvals-fixture.ts';

type Json = Record<string, unknown>;
type Kind = 'pending' | 'completed';

const approvalId = 'c9c0f05c-8f1e-4b5c-9d8b-2d1b4e4f6a01';
const dev = { id: 'dev-id', displayName: 'Dev', uniqueName: 'dev@example.com', descriptor: 'aad.dev' };

interface Told {
  readonly kind: Kind;
  readonly runId?: string;
  readonly status?: string;
  readonly steps?: readonly Json[];
  /** What the event has otherwise. */
  readonly resource?: Json;
}

/** An event as Azure DevOps sends it. */
const eventOf = ({ kind, runId = '', status, steps, resource }: Told): Json => ({
  id: randomUUID(),
  eventType: `ms.vss-pipelinechecks-events.approval-${kind}`,
  publisherId: 'pipelines',
  createdDate: new Date().toISOString(),
  resourceContainers: { account: { baseUrl: 'https://dev.azure.com/my-org/' } },
  resource: {
    approvalId,
    approval: {
      id: approvalId,
      status: status ?? (kind === 'pending' ? 'pending' : 'approved'),
      instructions: '',
      steps: steps ?? [
        {
          assignedApprover: dev,
          ...(kind === 'completed' && { actualApprover: { id: dev.id } }),
          status: kind === 'pending' ? 'pending' : 'approved',
        },
      ],
      pipeline: { id: '3', name: 'deploy', owner: { id: 7, name: `20260101.7 ${runId}` } },
    },
    pipeline: { id: 3, name: 'deploy' },
    resource: { id: '1', name: 'production', resourceType: 'environment' },
    run: { id: 7, name: `20260101.7 ${runId}`, requestedFor: null, runReason: 'resourceTrigger' },
    runId: 7,
    stage: { id: 'x', name: 'Release' },
    projectId: 'f3325c6c-eb2b-4bb5-b7e6-1a1d7d0a6a3e',
    ...resource,
  },
});

describe('the events of an approval', function () {
  this.timeout(60_000);
  let loop: Loop;
  let runId: string;
  before(async () => {
    loop = await startLoop({ runner: fakeRunner(), net: `false\n${approvals}` });
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stderr);
    loop.ado.pauseQueue();
  });
  after(closeLoops);
  beforeEach(async () => {
    loop.port.store.entitiesOf('azure_approval').clear();
    runId = await loop.execute();
    await loop.port.idle();
  });

  async function tell(event: Json, secret?: string): Promise<void> {
    const { url, security } = loop.port.store.webhook('azure-pipelines-approvals');
    const headers = { 'x-port-secret': secret ?? security.secret ?? '' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) });
    await loop.port.idle();
  }

  const label = () => loop.port.store.run(runId).statusLabel;
  const properties = (): Json => entityOf(loop, approvalId)?.properties ?? {};
  const press = (): Promise<unknown> =>
    callPort(loop.port, '/v1/actions/approve_azure_approval/runs', {
      method: 'POST',
      body: JSON.stringify({ properties: {}, entity: approvalId }),
    });

  it('that it waits, after that of its end, opens it not again', async () => {
    await tell(eventOf({ kind: 'completed', runId }));
    await tell(eventOf({ kind: 'pending', runId }));
    assert.equal(properties().decision, 'approved');
    assert.equal(label(), 'production approved by Dev');
    assert.match(JSON.stringify(await press()), /entity_does_not_pass_condition/);
  });

  it('that it is over, alone, is an approval that has a decision and no button', async () => {
    await tell(eventOf({ kind: 'completed', runId, status: 'rejected' }));
    assert.equal(properties().decision, 'rejected');
    assert.match(JSON.stringify(await press()), /entity_does_not_pass_condition/);
  });

  it('that come twice change no label that came after them', async () => {
    await tell(eventOf({ kind: 'pending', runId }));
    const patch = (statusLabel: string) =>
      callPort(loop.port, `/v1/actions/runs/${runId}`, {
        method: 'PATCH',
        body: JSON.stringify({ statusLabel }),
      });
    await patch('Testing beside it');
    await tell(eventOf({ kind: 'pending', runId }));
    assert.equal(label(), 'Testing beside it');
    await tell(eventOf({ kind: 'completed', runId }));
    await patch('Deploying');
    await tell(eventOf({ kind: 'completed', runId }));
    assert.equal(label(), 'Deploying');
  });

  it('show the next approver when the first has approved', async () => {
    const ops = { ...dev, id: 'ops-id', displayName: 'Ops' };
    const step = (assignedApprover: Json, status: string) => ({ assignedApprover, status });
    const told = (...statuses: readonly [string, string]) => ({
      kind: 'pending' as const,
      runId,
      steps: [step(dev, statuses[0]), step(ops, statuses[1])],
    });
    await tell(eventOf(told('pending', 'uninitiated')));
    assert.equal(label(), 'Waiting for approval of production by Dev');
    await tell(eventOf(told('approved', 'pending')));
    assert.equal(label(), 'Waiting for approval of production by Ops');
    await tell(eventOf(told('pending', 'pending')));
    assert.equal(label(), 'Waiting for approval of production by Dev, Ops');
  });

  it('end a run that is closed already not again', async () => {
    await tell(eventOf({ kind: 'pending', runId }));
    const body = JSON.stringify({ status: 'SUCCESS', statusLabel: 'Done' });
    await callPort(loop.port, `/v1/actions/runs/${runId}`, { method: 'PATCH', body });
    await tell(eventOf({ kind: 'completed', runId, status: 'canceled' }));
    const { status, statusLabel } = loop.port.store.run(runId);
    assert.deepEqual([status, statusLabel, properties().decision], ['SUCCESS', 'Done', 'canceled']);
  });

  it("show in a workflow's node what it waits for", async () => {
    const { identifier } = loop.port.startNodeRun();
    await tell(eventOf({ kind: 'pending', runId: identifier }));
    const node = loop.port.store.nodeRun(identifier);
    assert.deepEqual(
      [node.status, node.statusLabel],
      ['IN_PROGRESS', 'Waiting for approval of production by Dev'],
    );
  });

  const labels: Readonly<Record<string, readonly [Partial<Told> & { kind: Kind }, string]>> = {
    'no approver': [{ kind: 'pending', steps: [] }, 'Waiting for approval of production by its approvers'],
    'no environment': [
      { kind: 'pending', resource: { resource: null } },
      'Waiting for approval of a resource by Dev',
    ],
    'nobody who decided': [{ kind: 'completed', steps: [], status: 'timedOut' }, 'production timedOut'],
    'one who decided for another': [
      {
        kind: 'completed',
        steps: [{ assignedApprover: dev, actualApprover: { id: 'other', displayName: 'Ops' } }],
      },
      'production approved by Ops',
    ],
    'no run': [{ kind: 'completed', resource: { run: null } }, 'production approved by Dev'],
  };
  for (const [what, [told, wanted]] of Object.entries(labels))
    it(`are understood with ${what}`, async () => {
      await tell(eventOf({ runId, ...told }));
      assert.equal(label(), wanted);
    });

  it('keep the comment where they tell one', async () => {
    const steps = [{ assignedApprover: dev, actualApprover: dev, comment: 'Not today' }];
    await tell(eventOf({ kind: 'completed', runId, status: 'rejected', steps }));
    assert.deepEqual([properties().comment, properties().decidedBy], ['Not today', 'Dev']);
  });

  it('of a run by hand, or of a pull request, make an approval and touch no run', async () => {
    await tell(eventOf({ kind: 'pending' }));
    assert.equal(properties().portRunId, undefined);
    await tell(
      eventOf({
        kind: 'pending',
        resource: { run: { id: 7, name: `1 ${runId}`, runReason: 'pullRequest' } },
      }),
    );
    assert.equal(properties().portRunId, undefined);
    assert.ok(!label());
  });

  const strangers: Readonly<Record<string, Json>> = {
    'an approval of no id': { approvalId: null, approval: {} },
    'an id that leads elsewhere': { approvalId: '../builds/1' },
    'a project that leads elsewhere': { projectId: '../../other' },
  };
  for (const [what, resource] of Object.entries(strangers))
    it(`with ${what} make nothing`, async () => {
      await tell(eventOf({ kind: 'pending', runId, resource }));
      assert.equal(loop.port.store.entitiesOf('azure_approval').size, 0);
    });

  it('without the secret make nothing', async () => {
    await tell(eventOf({ kind: 'pending', runId }), 'another');
    assert.equal(loop.port.store.entitiesOf('azure_approval').size, 0);
  });
});

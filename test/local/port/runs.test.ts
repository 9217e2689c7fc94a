import assert from 'node:assert/strict';
import { deployAction, service, startRun, withPort } from './support.ts';

const path = (id: string) => `/v1/actions/runs/${id}`;
const start = '/v1/actions/deploy_service/runs';
const synchronized = { type: 'WEBHOOK', url: 'http://127.0.0.1:9', synchronized: true };

describe('local Port: action runs', () => {
  const client = withPort();

  it('starts a run in progress, with an id of its own', async () => {
    await client().ok(201, 'POST', '/v1/actions', deployAction);
    const { run } = await client().ok(202, 'POST', `${start}?run_as=someone@example.com`, {
      properties: { service: 'checkout', replicas: 2 },
    });
    assert.match(run.id, /^r_[A-Za-z0-9]{16}$/);
    assert.deepEqual([run.status, run.source, run.createdBy], ['IN_PROGRESS', 'API', 'someone@example.com']);
  });

  for (const properties of [{}, { service: 1 }])
    it(`refuses the inputs ${JSON.stringify(properties)}`, async () => {
      await client().ok(201, 'POST', '/v1/actions', deployAction);
      await client().refused('422 user_inputs_schema_invalid', 'POST', start, { properties });
    });

  it('refuses to start what is no self-service action, or lacks its entity', async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    const trigger = { type: 'automation', event: { type: 'ENTITY_CREATED', blueprintIdentifier: 'service' } };
    await client().ok(201, 'POST', '/v1/actions', { ...deployAction, trigger });
    await client().refused('422 run_non_self_service_error', 'POST', start, { properties: {} });
    const dayTwo = { ...deployAction.trigger, operation: 'DAY-2', blueprintIdentifier: 'service' };
    await client().ok(200, 'PUT', '/v1/actions/deploy_service', { ...deployAction, trigger: dayTwo });
    await client().refused('422 missing_self_service_action_entity', 'POST', start, {
      properties: { service: 'a' },
    });
    const body = { properties: { service: 'a' }, entity: 'nothing' };
    await client().refused('404 not_found', 'POST', start, body);
  });

  it('starts an action only for an entity that passes its condition', async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    const condition = {
      type: 'SEARCH',
      combinator: 'and',
      rules: [{ property: '$title', operator: 'isEmpty' }],
    };
    const trigger = {
      ...deployAction.trigger,
      operation: 'DAY-2',
      blueprintIdentifier: 'service',
      condition,
    };
    await client().ok(201, 'POST', '/v1/actions', { ...deployAction, trigger });
    const entities = '/v1/blueprints/service/entities';
    await client().ok(201, 'POST', entities, { identifier: 'titled', title: 'Title', properties: {} });
    await client().ok(201, 'POST', entities, { identifier: 'bare', properties: {} });
    const properties = { service: 'a' };
    await client().refused('422 entity_does_not_pass_condition', 'POST', start, {
      properties,
      entity: 'titled',
    });
    await client().ok(202, 'POST', start, { properties, entity: 'bare' });
  });

  it('lets those execute an action whom its permissions name: a role, a user, or a team', async () => {
    await client().ok(201, 'POST', '/v1/actions', deployAction);
    const permissions = '/v1/actions/deploy_service/permissions';
    const execute = { roles: ['Admin'], users: ['one@example.com'], teams: ['payments'] };
    await client().ok(200, 'PATCH', permissions, { execute });
    const account = { identifier: 'two@example.com', team: 'payments', properties: { port_role: 'Member' } };
    await client().ok(201, 'POST', '/v1/blueprints/_user/entities', account);
    const properties = { service: 'a' };
    for (const user of ['one@example.com', 'two@example.com'])
      await client().ok(202, 'POST', `${start}?run_as=${user}`, { properties });
    const other = `${start}?run_as=three@example.com`;
    await client().refused('403 missing_permissions', 'POST', other, { properties });
    await client().ok(202, 'POST', start, { properties });
  });

  it('keeps each key of a PATCH until a later one overwrites it', async () => {
    const id = await startRun(client());
    const external = { externalRunId: 'ado_1_2_3', link: ['https://example.com/1'], statusLabel: 'Building' };
    await client().ok(200, 'PATCH', path(id), external);
    const { run } = await client().ok(200, 'PATCH', `${path(id)}?version=v2`, {
      link: 'https://example.com/2',
    });
    assert.deepEqual(
      [run.link, run.statusLabel, run.status],
      ['https://example.com/2', 'Building', 'IN_PROGRESS'],
    );
    const { runs } = await client().ok(200, 'GET', '/v1/actions/runs?version=v2&external_run_id=ado_1_2_3');
    assert.deepEqual(
      runs.map((each) => each.id),
      [id],
    );
    assert.deepEqual((await client().ok(200, 'GET', '/v1/actions/runs?external_run_id=other')).runs, []);
  });

  for (const body of [{ status: 'IN_PROGRESS' }, { state: 'SUCCESS' }, { link: 1 }, { summary: null }])
    it(`refuses the PATCH ${JSON.stringify(body)}`, async () => {
      const id = await startRun(client());
      await client().refused('422 invalid_request', 'PATCH', path(id), body);
    });

  it('changes nothing any more when a run has ended', async () => {
    const id = await startRun(client());
    const { run } = await client().ok(200, 'PATCH', path(id), { status: 'FAILURE', statusLabel: 'Broken' });
    assert(run.endedAt);
    await client().refused('422 run_exhausted', 'PATCH', path(id), { status: 'SUCCESS' });
    await client().refused('422 run_exhausted', 'PATCH', path(id), { statusLabel: 'Other' });
    await client().refused('422 run_exhausted', 'POST', `${path(id)}/logs`, { message: 'late' });
    assert.equal(client().port.store.run(id).statusLabel, 'Broken');
  });

  it('refuses to end a synchronized run, but takes its label and log', async () => {
    const id = await startRun(client(), {
      ...deployAction,
      invocationMethod: synchronized,
      requiredApproval: true,
    });
    await client().refused('422 run_synchronized_error', 'PATCH', path(id), { status: 'SUCCESS' });
    await client().ok(200, 'PATCH', path(id), { statusLabel: 'Building' });
    await client().ok(201, 'POST', `${path(id)}/logs`, { message: 'a line' });
    const { run } = await client().ok(200, 'GET', path(id));
    assert.equal(run.payload?.synchronized, true);
  });

  it('adds log lines in their order, page by page, and ends the run by a log', async () => {
    const id = await startRun(client());
    const logs = `${path(id)}/logs`;
    for (const message of ['one', 'two']) await client().ok(201, 'POST', logs, { message });
    const { runLog } = await client().ok(201, 'POST', logs, {
      ...{ message: 'three', terminationStatus: 'SUCCESS', statusLabel: 'Done' },
    });
    assert.deepEqual([runLog.runId, runLog.message], [id, 'three']);
    const { runLogs } = await client().ok(200, 'GET', `${logs}?limit=2&offset=1`);
    assert.deepEqual(
      runLogs.map(({ message }) => message),
      ['two', 'three'],
    );
    const { run } = await client().ok(200, 'GET', path(id));
    assert.deepEqual([run.status, run.statusLabel], ['SUCCESS', 'Done']);
    await client().refused('422 invalid_request', 'GET', `${logs}?limit=51`);
    await client().refused('422 invalid_request', 'POST', logs, { message: 'x', level: 'INFO' });
  });

  it('waits for an approval where the action requires one', async () => {
    const id = await startRun(client(), { ...deployAction, requiredApproval: true });
    assert.equal(client().port.store.run(id).status, 'WAITING_FOR_APPROVAL');
    const { run } = await client().ok(201, 'PATCH', `${path(id)}/approval`, { status: 'APPROVE' });
    assert.equal(run.status, 'IN_PROGRESS');
    const again = { status: 'DECLINE' };
    await client().refused('422 run_not_waiting_for_approval', 'PATCH', `${path(id)}/approval`, again);
    const other = await client().ok(202, 'POST', start, { properties: { service: 'a' } });
    await client().ok(201, 'PATCH', `${path(other.run.id)}/approval`, {
      status: 'DECLINE',
      description: 'no',
    });
    assert.equal(client().port.store.run(other.run.id).status, 'DECLINED');
  });

  it('names the action by an object, as version 2 of the route does', async () => {
    const id = await startRun(client());
    const { run } = await client().ok(200, 'GET', `${path(id)}?version=v2`);
    assert.deepEqual(run.action, {
      ...{ identifier: 'deploy_service', title: 'Deploy Service', icon: null, deleted: false },
    });
    await client().refused('422 invalid_request', 'GET', `${path(id)}?version=v1`);
    await client().refused('404 not_found', 'GET', path('r_unknown'));
  });

  it('finds runs by the keys it knows, and refuses others', async () => {
    const id = await startRun(client());
    const { runs } = await client().ok(200, 'GET', '/v1/actions/runs?action=deploy_service&source=API');
    assert.deepEqual(
      runs.map((run) => run.id),
      [id],
    );
    assert.deepEqual((await client().ok(200, 'GET', '/v1/actions/runs?action=other')).runs, []);
    await client().refused('422 invalid_request', 'GET', '/v1/actions/runs?active=true');
  });
});

import assert from 'node:assert/strict';
import type { Entity, LocalPort, Run } from '../../../local/port/index.ts';
import { withPort } from './support.ts';

/** A client of its own with the routes and bodies of port-github-action; resolves to the answer's status and body. */
function actionClient(port: LocalPort) {
  let authorization = '';
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const answer = await fetch(port.url + path, {
      ...{ method, headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  const entitiesOf = (blueprint: string) => `/v1/blueprints/${blueprint}/entities`;
  const run = (id: string) => `/v1/actions/runs/${id}`;
  const included = (include: readonly string[]) =>
    include.length > 0 ? `?${include.map((name) => `include=${encodeURIComponent(name)}`).join('&')}` : '';
  return {
    call,
    async signIn() {
      const { clientId, clientSecret } = port;
      const { body } = await call('POST', '/v1/auth/access_token', { clientId, clientSecret });
      authorization = `Bearer ${body.accessToken}`;
    },
    upsert: (entity: { blueprint: string }, query = '') =>
      call('POST', `${entitiesOf(entity.blueprint)}?upsert=true&merge=true${query}`, entity),
    get: (blueprint: string, identifier: string, include: readonly string[] = []) =>
      call('GET', `${entitiesOf(blueprint)}/${encodeURIComponent(identifier)}${included(include)}`),
    search: (query: object, include: readonly string[] = []) =>
      call('POST', `/v1/entities/search${included(include)}`, query),
    remove: (blueprint: string, identifier: string, dependents: boolean) =>
      call(
        'DELETE',
        `${entitiesOf(blueprint)}/${encodeURIComponent(identifier)}?delete_dependents=${dependents}`,
      ),
    createRun: (action: string, body: object) => call('POST', `/v1/actions/${action}/runs`, body),
    patchRun: (id: string, change: object) => call('PATCH', `${run(id)}?runId=${id}`, change),
    addLog: (id: string, message: string) => call('POST', `${run(id)}/logs`, { message }),
  };
}

interface Answer {
  readonly accessToken: string;
  readonly entity: Entity;
  readonly entities: readonly Entity[];
  readonly run: Run;
  readonly runLog: { readonly runId: string; readonly message: string };
  readonly audits: readonly { readonly context: { readonly entity: string } }[];
}

const owned = { teamInheritance: { path: 'team' }, ownership: { type: 'Direct', title: 'team' } };
const place = {
  ...{ identifier: 'place', title: 'Place', icon: 'Microservice', ...owned },
  schema: { properties: { str: { type: 'string' } }, required: [] },
};
const thing = {
  ...{ identifier: 'thing', title: 'Thing', icon: 'Microservice', ...owned },
  schema: {
    properties: {
      ...{ text: { type: 'string' }, number: { type: 'number' }, boolean: { type: 'boolean' } },
      ...{ array: { type: 'array' }, object: { type: 'object' } },
    },
    required: [],
  },
  relations: { 'in-place': { title: 'In place', target: 'place', many: false, required: false } },
};
const removal = (identifier: string, blueprintIdentifier?: string) => ({
  ...{ identifier, title: identifier, icon: 'DefaultBlueprint' },
  trigger: {
    ...{ operation: 'DELETE', type: 'self-service', userInputs: { properties: {} } },
    ...(blueprintIdentifier !== undefined && { blueprintIdentifier }),
  },
  invocationMethod: { type: 'KAFKA' },
});
const properties = { text: 'test', number: 1, boolean: true };

describe('local Port: the operations of port-github-action', () => {
  const port = withPort();
  let client: ReturnType<typeof actionClient>;

  beforeEach(async () => {
    client = actionClient(port().port);
    await client.signIn();
    const made = [
      await client.call('POST', '/v1/blueprints', place),
      await client.call('POST', '/v1/blueprints', thing),
      await client.call('POST', '/v1/actions', removal('clean-up')),
      await client.call('POST', '/v1/actions', removal('clean-thing', 'thing')),
      await client.upsert({ blueprint: '_team', ...{ identifier: 'Test', title: 'Test' } }),
      await client.upsert({
        ...{ blueprint: 'place', identifier: 'here', title: 'Here', team: ['Test'] },
        ...{ properties: { str: 'foo' }, relations: {} },
      }),
    ];
    assert.deepEqual(new Set(made.map(({ status }) => status)), new Set([201]));
  });

  const created = { blueprint: 'thing', title: 'One', icon: 'Microservice', team: ['Test'] };
  const whole = { ...properties, array: [1, 2], object: { foo: 'bar' } };

  it('UPSERT gives an identifier to an entity that has none, and takes its blueprint in the body', async () => {
    const { status, body } = await client.upsert({
      ...{ ...created, properties: whole, relations: { 'in-place': 'here' } },
    });
    assert.equal(status, 201);
    assert.match(body.entity.identifier, /^\w{16}$/);
    assert.deepEqual([body.entity.properties, body.entity.team], [whole, ['Test']]);
  });

  it('UPSERT is answered 404 for a relation that the blueprint lacks', async () => {
    const { status } = await client.upsert({
      ...{ blueprint: 'thing', properties: {}, relations: { unknownRelation: 'here' } },
    });
    assert.equal(status, 404);
  });

  it('UPSERT on behalf of a run shows in the audit log of that run', async () => {
    const { body } = await client.createRun('clean-up', { properties: {} });
    await client.upsert({ ...created, ...{ identifier: 'one', properties } }, `&run_id=${body.run.id}`);
    const audit = `/v1/audit-log?resources=entity&run_id=${body.run.id}&includes=context`;
    const { audits } = (await client.call('GET', audit)).body;
    assert.deepEqual(
      audits.map(({ context }) => context.entity),
      ['one'],
    );
  });

  it('UPSERT makes missing related entities where it is told to', async () => {
    const entity = { ...created, ...{ identifier: 'one', relations: { 'in-place': 'there' } } };
    assert.equal((await client.upsert(entity)).status, 404);
    assert.equal((await client.upsert(entity, '&create_missing_related_entities=true')).status, 201);
    assert.equal((await client.get('place', 'there')).status, 200);
  });

  it('BULK_UPSERT is one UPSERT after another', async () => {
    for (const identifier of ['one', 'two'])
      assert.equal((await client.upsert({ ...created, ...{ identifier, properties } })).status, 201);
    assert.equal(port().port.store.entitiesOf('thing').size, 2);
  });

  it('GET shows what an entity holds, its blueprint too', async () => {
    const { entity } = (await client.get('place', 'here')).body;
    const { blueprint, identifier, title, team, relations } = entity;
    assert.deepEqual(
      { blueprint, identifier, title, team, relations, properties: entity.properties },
      {
        ...{ blueprint: 'place', identifier: 'here', title: 'Here', team: ['Test'], relations: {} },
        properties: { str: 'foo' },
      },
    );
  });

  it('GET shows only what is included', async () => {
    const { entity } = (await client.get('place', 'here', ['properties.str', 'identifier', 'title'])).body;
    assert.deepEqual(entity, { identifier: 'here', title: 'Here', properties: { str: 'foo' } });
    assert.deepEqual((await client.get('place', 'here', ['identifier'])).body.entity, { identifier: 'here' });
  });

  it('GET is answered 404 for what is not there', async () => {
    assert.equal((await client.get('nothing', 'nothing')).status, 404);
    assert.equal((await client.get('place', 'nothing')).status, 404);
  });

  it('SEARCH finds what the query asks for, or nothing', async () => {
    const byIdentifier = (value: string) => ({
      ...{ rules: [{ operator: '=', value, property: '$identifier' }], combinator: 'and' },
    });
    assert.deepEqual((await client.search(byIdentifier('nothing'))).body.entities, []);
    const included = ['properties.str', 'identifier', 'blueprint'];
    const { entities } = (await client.search(byIdentifier('here'), included)).body;
    assert.deepEqual(entities, [{ identifier: 'here', blueprint: 'place', properties: { str: 'foo' } }]);
  });

  it('DELETE removes an entity, with its dependents where it is told to', async () => {
    await client.upsert({ ...created, ...{ identifier: 'one', relations: { 'in-place': 'here' } } });
    assert.equal((await client.remove('place', 'here', false)).status, 403);
    assert.equal((await client.remove('place', 'here', true)).status, 200);
    assert.equal((await client.get('thing', 'one')).status, 404);
    assert.equal((await client.remove('nothing', 'nothing', false)).status, 404);
  });

  it('CREATE_RUN needs no entity for an action of no blueprint, and takes inputs that its form lacks', async () => {
    const { status, body } = await client.createRun('clean-up', { properties });
    assert.deepEqual([status, body.run.status], [202, 'IN_PROGRESS']);
    assert.deepEqual(port().port.store.run(body.run.id).properties, properties);
  });

  it('CREATE_RUN is for the entity that it names where the action has a blueprint', async () => {
    await client.upsert({ ...created, ...{ identifier: 'one', properties } });
    assert.equal((await client.createRun('clean-thing', { properties, entity: 'one' })).status, 202);
    assert.equal((await client.createRun('clean-thing', { properties })).status, 422);
  });

  it('PATCH_RUN adds the log line first, and then changes the run', async () => {
    const { id } = (await client.createRun('clean-up', { properties: {} })).body.run;
    const { status, body } = await client.addLog(id, 'Test message');
    assert.deepEqual([status, body.runLog.message, body.runLog.runId], [201, 'Test message', id]);
    const link = ['https://example.com/1', 'https://example.com/2'];
    const changed = await client.patchRun(id, { link, summary: 'Short', externalRunId: 'x' });
    assert.deepEqual([changed.status, changed.body.run.id, changed.body.run.link], [200, id, link]);
  });

  it('PATCH_RUN is answered 422 for a run that has ended', async () => {
    const { id } = (await client.createRun('clean-up', { properties: {} })).body.run;
    assert.equal((await client.patchRun(id, { status: 'SUCCESS' })).status, 200);
    assert.equal((await client.patchRun(id, { status: 'SUCCESS' })).status, 422);
  });

  it('takes everything away again: entities, actions, blueprints', async () => {
    await client.remove('place', 'here', false);
    await client.remove('_team', 'Test', false);
    for (const path of ['actions/clean-up', 'actions/clean-thing', 'blueprints/thing', 'blueprints/place'])
      assert.equal((await client.call('DELETE', `/v1/${path}`)).status, 200, path);
  });
});

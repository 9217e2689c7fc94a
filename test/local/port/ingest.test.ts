import assert from 'node:assert/strict';
import { itWithEarlyAnswers } from '../../support/where.ts';
import { deployAction, service, startRun, withPort } from './support.ts';

const mapping = {
  blueprint: 'service',
  filter: '.body.type == "made"',
  entity: {
    identifier: '.body.name | ascii_downcase',
    title: '"Service " + .body.name',
    properties: { tier: '.body.tier', nothing: '.body.missing.deep' },
  },
};
const fitting = { ...mapping, entity: { ...mapping.entity, properties: { tier: '.body.tier' } } };
const webhook = { identifier: 'builds', title: 'Builds', enabled: true, mappings: [mapping] };
const event = { type: 'made', name: 'Checkout', tier: 1 };

describe('local Port: incoming webhooks and automations', () => {
  const client = withPort();
  beforeEach(() => client().ok(201, 'POST', '/v1/blueprints', service));

  const create = async (change: object = {}): Promise<string> => {
    const { integration } = await client().ok(201, 'POST', '/v1/webhooks', { ...webhook, ...change });
    assert(integration.url.startsWith(`${client().port.ingestUrl}/`));
    return integration.url;
  };
  const send = async (url: string, body: unknown, headers: Record<string, string> = {}): Promise<void> => {
    const answer = await client().call('POST', url, body, headers);
    assert.equal(answer.status, 202);
    await client().port.idle();
  };
  const names = () => [...client().port.store.entitiesOf('service').keys()];

  it('says 202 at once and maps the call to an entity by JQ', async () => {
    const url = await create({ mappings: [fitting] });
    await send(url, event);
    const { title, properties } = client().port.store.entity('service', 'checkout') ?? {};
    assert.deepEqual([title, properties], ['Service Checkout', { tier: 1 }]);
    await send(url, { ...event, type: 'other', name: 'Late' });
    assert.deepEqual(names(), ['checkout']);
  });

  it('says 202 also when nothing could be mapped, and only its deliveries tell why', async () => {
    await send(await create({ mappings: [{ ...mapping, blueprint: 'nothing' }] }), event);
    const [delivery] = client().port.store.deliveries;
    assert.deepEqual([delivery?.outcome, delivery?.written], ['mapped', []]);
    assert.match(delivery?.errors[0] ?? '', /nothing/);
  });

  it('deletes by a mapping of that operation', async () => {
    await client().ok(201, 'POST', '/v1/blueprints/service/entities', { identifier: 'cart' });
    const gone = { blueprint: 'service', operation: 'delete', entity: { identifier: '.body.name' } };
    await send(await create({ mappings: [gone] }), { name: 'cart' });
    assert.deepEqual(names(), []);
  });

  it('drops what does not carry the secret', async () => {
    const secret = 'it is me';
    const security = { secret, signatureHeaderName: 'X-Port-Secret', signatureAlgorithm: 'plain' };
    const url = await create({ security, mappings: [fitting] });
    for (const given of ['guess', secret, '']) await send(url, event, { 'x-port-secret': given });
    const outcomes = client().port.store.deliveries.map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['bad-signature', 'mapped', 'bad-signature']);
    assert.deepEqual(names(), ['checkout']);
  });

  it('maps a repeated call once where its identifier is known, and a disabled webhook not at all', async () => {
    const url = await create({ security: { requestIdentifierPath: '.body.id' } });
    for (let times = 0; times < 2; times += 1) await send(url, { ...event, id: 'e1' });
    await client().ok(200, 'PATCH', '/v1/webhooks/builds', { enabled: false });
    await send(url, event);
    const outcomes = client().port.store.deliveries.map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ['mapped', 'duplicate', 'disabled']);
  });

  itWithEarlyAnswers('takes 512 KiB and no more', async () => {
    const url = await create({ mappings: [] });
    await send(url, { text: 'x'.repeat(512 * 1024 - 50) });
    assert.equal((await client().call('POST', url, { text: 'x'.repeat(512 * 1024) })).status, 413);
    assert.equal((await client().call('POST', `${client().port.ingestUrl}/nobody`, {})).status, 404);
  });

  it('refuses a webhook that the API would refuse', async () => {
    for (const change of [
      { title: 'x'.repeat(31) },
      { secret: 'x' },
      { security: { signatureAlgorithm: 'md5' } },
      { mappings: [{ blueprint: 'service' }] },
      { mappings: [{ ...mapping, operation: 'upsert' }] },
      { mappings: [{ ...mapping, itemsToParse: '.body.items' }] },
      { security: { signatureAlgorithm: 'sha256' } },
    ])
      await client().refused('422 invalid_request', 'POST', '/v1/webhooks', { ...webhook, ...change });
    await create();
    await client().refused('409 identifier_taken', 'POST', '/v1/webhooks', webhook);
    await client().ok(200, 'PUT', '/v1/webhooks/builds', { title: 'Other', enabled: true });
    await client().ok(200, 'DELETE', '/v1/webhooks/builds');
    await client().refused('404 not_found', 'GET', '/v1/webhooks/builds');
  });

  it('lets an automation end a run when an entity changes, with no credentials of its own', async () => {
    const id = await startRun(client(), deployAction);
    await client().ok(201, 'POST', '/v1/actions', {
      identifier: 'close_run',
      trigger: {
        type: 'automation',
        event: { type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: 'service' },
        condition: { type: 'JQ', expressions: ['.diff.after.properties.tier == 3'], combinator: 'and' },
      },
      invocationMethod: {
        type: 'WEBHOOK',
        url: 'https://api.port.io/v1/actions/runs/{{ .event.diff.after.title }}',
        synchronized: true,
        method: 'PATCH',
        body: { status: 'FAILURE', statusLabel: 'Lost at {{ .event.context.entityIdentifier }}' },
      },
      publish: true,
    });
    const write = async (tier: number): Promise<void> => {
      const path = '/v1/blueprints/service/entities?upsert=true&merge=true';
      await client().ok(201, 'POST', path, { identifier: 'build', title: id, properties: { tier } });
      await client().port.idle();
    };
    await write(2);
    assert.equal(client().port.store.run(id).status, 'IN_PROGRESS');
    await write(3);
    const run = client().port.store.run(id);
    assert.deepEqual([run.status, run.statusLabel], ['FAILURE', 'Lost at build']);
    await write(3);
    const automated = [...client().port.store.runs.values()].filter(({ source }) => source === 'AUTOMATION');
    assert.deepEqual(
      automated.map(({ status }) => status),
      ['SUCCESS', 'FAILURE'],
    );
  });
});

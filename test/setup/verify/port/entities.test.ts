import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../../../local/azure-devops/fake-runner.ts';
import { type Loop, callPort, startLoop } from '../../loop-fixture.ts';
import { probeTests } from '../probe-tests.ts';
import { asked } from '../verify-fixture.ts';

const blueprints = ['POST', /^\/v1\/blueprints$/] as const;
const blueprint = /^\/v1\/blueprints\/[^/]+$/;

async function takeOutOfFile({ folder }: Loop): Promise<void> {
  const file = join(folder, 'port-azure.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('blueprints: [deployment.json]', 'blueprints: []'));
}

/** Port's own blueprint of deployments, and none in the file. */
async function withDora(loop: Loop): Promise<void> {
  await takeOutOfFile(loop);
  const names = ['createdAt', 'environment', 'deploymentStatus', 'leadTimeHours'];
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', title: name }]));
  const service = { title: 'Service', target: 'deployment', required: false, many: false };
  const body = {
    ...{ identifier: 'deployment', title: 'Deployment' },
    ...{ schema: { properties, required: [] }, relations: { service } },
  };
  await callPort(loop.port, '/v1/blueprints', { method: 'POST', body: JSON.stringify(body) });
}

describe('verify, about entities and blueprints', function () {
  this.timeout(30_000);
  probeTests({
    'bulk-errors': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /\/entities\/bulk$/, ({ body }) => ({
          body: { ...(body as object), errors: [{ identifier: 'wrong', message: 'It is wrong' }] },
        })),
      came: /^207; members: ok, entities, errors; those of an error: identifier, message; those of an entity: index, identifier, created$/,
      closed: blueprints,
    },
    'bulk-delete': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /\/bulk\/entities\/delete$/, () => ({ status: 200, body: { ok: true } })),
      came: /^200, the other is there$/,
      closed: blueprints,
    },
    'whole-blueprint': {
      differs: ({ port }) => port.rewrites.add('GET', blueprint, () => ({ status: 200, body: { ok: true } })),
      came: /^200$/,
      closed: blueprints,
    },
    'entity-times': {
      differs: ({ port }) => void (port.quirks.hasEntityMeta = false),
      came: /^new: missing; changed: missing; read: missing$/,
      closed: blueprints,
    },
    'search-created-at': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /\/entities\/search$/, () => ({
          body: { ok: true, entities: [{ identifier: 'one' }] },
        })),
      came: /^found, without createdAt$/,
      closed: ['POST', /\/entities\/search$/],
    },
    'error-codes': {
      differs: ({ port }) =>
        port.rewrites.add('DELETE', /\/entities\/there$/, () => ({
          status: 403,
          body: { ok: false, error: 'in_use', message: 'It is in use' },
        })),
      came: /^409 identifier_taken, .*, required_relation, 422 relation_many_violation, 403 in_use$/,
      closed: blueprints,
    },
    'dora-names': {
      prepare: withDora,
      differs: ({ port }) =>
        port.rewrites.add('GET', blueprint, ({ body }) => {
          const { schema } = (body as { blueprint: { schema: object } }).blueprint;
          return { body: { ok: true, blueprint: { schema, relations: {} } } };
        }),
      came: /^without service$/,
      closed: ['GET', blueprint],
    },
  });

  it('takes 200 for a bulk write with a wrong entity, too', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.port.quirks.bulkErrorStatus = 200;
    const { answer } = await asked(loop, 'bulk-errors');
    assert.deepEqual(answer, {
      answer: 'holds',
      evidence: '200; errors has 422 blueprint_schema_mismatch',
    });
  });

  it("does not take a blueprint that the file defines for that of Port's metrics", async () => {
    const { answer } = await asked(await startLoop({ runner: fakeRunner() }), 'dora-names');
    assert.match(JSON.stringify(answer), /"not asked","why":"your file defines a blueprint /);
  });

  it('says that an account has no blueprint of deployments', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await takeOutOfFile(loop);
    const { answer } = await asked(loop, 'dora-names');
    assert.match(JSON.stringify(answer), /"not asked","why":"this account has no blueprint /);
  });
});

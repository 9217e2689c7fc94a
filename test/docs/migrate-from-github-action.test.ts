import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run as deleteEntity } from '../../tasks/PortDeleteEntity/run.ts';
import { run as executeAction } from '../../tasks/PortExecuteAction/run.ts';
import { run as getEntity } from '../../tasks/PortGetEntity/run.ts';
import { run as reportStatus } from '../../tasks/PortRunStatus/run.ts';
import { run as searchEntities } from '../../tasks/PortSearchEntities/run.ts';
import type { TaskRun } from '../../tasks/common/main.ts';
import { type Ran, type TaskSetting, startTaskSetting } from '../support/task-setting.ts';
import { run as upsertEntity } from '../tasks/PortUpsertEntity/setting.ts';

interface Context {
  readonly setting: TaskSetting;
  readonly ran: Ran;
  /** An open run of an action, where the operation names one. */
  readonly runId: string;
}

interface Operation {
  readonly task: TaskRun;
  /** The step that replaces one of the action, with everything that the action takes. */
  readonly inputs: (runId: string) => Readonly<Record<string, string>>;
  /** The table's rows, and what shows that each works. */
  readonly rows: Readonly<Record<string, (context: Context) => void>>;
}

const stored = ({ setting }: Context, identifier: string, blueprint = 'deployment') =>
  setting.port.store.entity(blueprint, identifier);

const fileOf = ({ ran }: Context) =>
  JSON.parse(readFileSync(ran.outputs.resultFile ?? '', 'utf8')) as readonly unknown[];

/** The run that the operation itself has started. */
const startedBy = ({ setting, ran }: Context) => setting.port.store.run(ran.outputs.runId ?? '');

const isTied = ({ setting, runId }: Context, identifier: string) =>
  assert.ok(setting.port.store.runEntities.get(runId)?.some((entity) => entity.identifier === identifier));

const operations: Readonly<Record<string, Operation>> = {
  'All operations': {
    task: getEntity,
    inputs: () => ({ blueprint: 'service', identifier: 'checkout' }),
    rows: {
      'input baseUrl': ({ setting }) => assert.equal(setting.calls().length, 1),
      'input clientId': ({ ran }) => assert.equal(ran.result, 'Succeeded', ran.message),
      'input clientSecret': ({ ran, setting }) =>
        assert.ok(ran.host.masked.includes(setting.port.clientSecret)),
      'input operation': ({ setting }) =>
        assert.deepEqual(setting.calls(), ['GET /v1/blueprints/service/entities/checkout']),
    },
  },
  GET: {
    task: getEntity,
    inputs: () => ({
      blueprint: 'service',
      identifier: 'checkout',
      include: 'identifier, properties.tier',
      pick: 'tier = properties.tier',
    }),
    rows: {
      'input blueprint': ({ setting }) => assert.match(setting.calls().join(), /\/blueprints\/service\//),
      'input identifier': ({ setting }) => assert.match(setting.calls().join(), /\/entities\/checkout$/),
      'input include': ({ ran }) => assert.ok(!('title' in (JSON.parse(ran.outputs.entity ?? '') as object))),
      'output entity': ({ ran }) => {
        const entity = { identifier: 'checkout', properties: { tier: 1 } };
        assert.deepEqual(JSON.parse(ran.outputs.entity ?? ''), entity);
        assert.equal(ran.outputs.tier, '1');
      },
    },
  },
  SEARCH: {
    task: searchEntities,
    inputs: () => ({
      query: '{"combinator":"and","rules":[{"property":"tier","operator":"=","value":1}]}',
      include: 'identifier,properties.tier',
      pick: 'tier = properties.tier',
    }),
    rows: {
      'input query': ({ ran }) => assert.equal(ran.outputs.identifiers, '["checkout"]'),
      'input include': (context) => assert.ok(!JSON.stringify(fileOf(context)).includes('team')),
      'output entities': (context) => {
        assert.equal(fileOf(context).length, 1);
        const { identifiers = '', matrix = '', tier } = context.ran.outputs;
        assert.deepEqual(JSON.parse(identifiers), ['checkout']);
        assert.deepEqual(JSON.parse(matrix), { checkout: { identifier: 'checkout', tier: '1' } });
        assert.equal(tier, '1');
      },
    },
  },
  UPSERT: {
    task: upsertEntity,
    inputs: (runId) => ({
      blueprint: 'deployment',
      identifier: 'checkout-42',
      title: 'Checkout 42',
      icon: 'Deployment',
      team: '["platform", "shop"]',
      properties: '{"imageTag": "1.10"}',
      relations: '{"service": "new-service"}',
      createMissingRelatedEntities: 'true',
      runId,
    }),
    rows: {
      'input blueprint': (context) => assert.ok(stored(context, 'checkout-42')),
      'input identifier': (context) => assert.ok(stored(context, 'checkout-42')),
      'input title': (context) => assert.equal(stored(context, 'checkout-42')?.title, 'Checkout 42'),
      'input icon': (context) => assert.equal(stored(context, 'checkout-42')?.icon, 'Deployment'),
      'input team': (context) => assert.deepEqual(stored(context, 'checkout-42')?.team, ['platform', 'shop']),
      'input properties': (context) =>
        assert.deepEqual(stored(context, 'checkout-42')?.properties, { imageTag: '1.10' }),
      'input relations': (context) =>
        assert.equal(stored(context, 'checkout-42')?.relations.service, 'new-service'),
      'input runId': (context) => isTied(context, 'checkout-42'),
      'input createMissingRelatedEntities': (context) => assert.ok(stored(context, 'new-service', 'service')),
      'output identifier': ({ ran }) => assert.equal(ran.outputs.identifier, 'checkout-42'),
    },
  },
  BULK_UPSERT: {
    task: upsertEntity,
    inputs: (runId) => ({
      entities: JSON.stringify([
        { identifier: 'one', blueprint: 'deployment', properties: { imageTag: '1.10' } },
        { identifier: 'two', blueprint: 'deployment', relations: { service: 'new-service' } },
      ]),
      createMissingRelatedEntities: 'true',
      runId,
    }),
    rows: {
      'input entities': (context) => assert.equal(stored(context, 'one')?.properties.imageTag, '1.10'),
      'input runId': (context) => isTied(context, 'two'),
      'input createMissingRelatedEntities': (context) => assert.ok(stored(context, 'new-service', 'service')),
      'output identifiers': (context) => {
        const records = fileOf(context) as readonly { identifier: string }[];
        assert.deepEqual(records.map(({ identifier }) => identifier).sort(), ['one', 'two']);
      },
    },
  },
  DELETE: {
    task: deleteEntity,
    inputs: (runId) => ({ blueprint: 'service', identifier: 'checkout', deleteDependents: 'true', runId }),
    rows: {
      'input blueprint': ({ setting }) =>
        assert.match(setting.calls().join(), /^DELETE \/v1\/blueprints\/service\//),
      'input identifier': (context) => assert.equal(stored(context, 'checkout', 'service'), undefined),
      'input delete_dependents': (context) => assert.equal(stored(context, 'old'), undefined),
      'input runId': ({ setting, runId }) =>
        assert.equal(setting.port.requests.find(({ method }) => method === 'DELETE')?.query.run_id, runId),
      'output ok': ({ ran }) => assert.deepEqual([ran.result, ran.outputs.deletedCount], ['Succeeded', '1']),
    },
  },
  PATCH_RUN: {
    task: reportStatus,
    inputs: (runId) => ({
      runId,
      status: 'SUCCESS',
      statusLabel: 'Deployed',
      logMessage: 'It is there.',
      link: 'https://example.com/a\nhttps://example.com/b',
      summary: '# Done',
      externalRunId: 'build-42',
    }),
    rows: {
      'input runId': ({ setting, runId }) => assert.ok(setting.calls().every((call) => call.includes(runId))),
      'input status': ({ setting, runId }) => assert.equal(setting.port.store.run(runId).status, 'SUCCESS'),
      'input statusLabel': ({ setting, runId }) =>
        assert.equal(setting.port.store.run(runId).statusLabel, 'Deployed'),
      'input logMessage': ({ setting, runId }) =>
        assert.equal(setting.port.store.logsOf(runId)[0]?.message, 'It is there.'),
      'input link': ({ setting, runId }) =>
        assert.deepEqual(setting.port.store.run(runId).link, [
          'https://example.com/a',
          'https://example.com/b',
        ]),
      'input summary': ({ setting, runId }) => assert.equal(setting.port.store.run(runId).summary, '# Done'),
      'input externalRunId': ({ setting, runId }) =>
        assert.equal(setting.port.store.run(runId).externalRunId, 'build-42'),
      'output runId': ({ ran, runId }) => assert.equal(ran.outputs.runId, runId),
    },
  },
  CREATE_RUN: {
    task: executeAction,
    inputs: () => ({
      action: 'restart',
      properties: '{"reason": "stuck"}',
      entity: 'checkout',
      wait: 'false',
    }),
    rows: {
      'input action': (context) => assert.equal(startedBy(context).action, 'restart'),
      'input properties': (context) => assert.deepEqual(startedBy(context).properties, { reason: 'stuck' }),
      'input identifier': (context) => assert.equal(startedBy(context).entity, 'checkout'),
      'output runId': (context) => assert.equal(startedBy(context).status, 'IN_PROGRESS'),
    },
  },
};

async function startWorld(task: TaskRun): Promise<{ setting: TaskSetting; runId: string }> {
  const setting = await startTaskSetting(task);
  await setting.addBlueprint({ identifier: 'service', properties: { tier: 'number' } });
  await setting.addBlueprint({
    identifier: 'deployment',
    properties: { imageTag: 'string' },
    relations: { service: { target: 'service' } },
  });
  await setting.addEntity('service', {
    identifier: 'checkout',
    title: 'Checkout',
    team: 'shop',
    properties: { tier: 1 },
  });
  await setting.addEntity('service', { identifier: 'cart', properties: { tier: 2 } });
  await setting.addEntity('deployment', { identifier: 'old', relations: { service: 'checkout' } });
  const trigger = { operation: 'DAY-2', blueprintIdentifier: 'service' };
  await setting.addAction({ identifier: 'restart', inputs: { reason: { type: 'string' } }, trigger });
  await setting.addAction({ identifier: 'deploy' });
  return { setting, runId: await setting.user.execute('deploy', {}) };
}

describe('docs/migrate-from-github-action.md', () => {
  const text = readFileSync(
    join(import.meta.dirname, '..', '..', 'docs', 'migrate-from-github-action.md'),
    'utf8',
  );
  const tables = Object.fromEntries(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [
        section.split('\n', 1)[0] ?? '',
        [...section.matchAll(/^\| (input|output) `(\w+)` \|/gm)].map(
          ([, kind = '', name = '']) => `${kind} ${name}`,
        ),
      ]),
  );

  it('has a table for each operation, and one for what they share', () => {
    assert.deepEqual(Object.keys(tables), Object.keys(operations));
  });

  for (const [name, { task, inputs, rows }] of Object.entries(operations)) {
    describe(name, () => {
      let context: Context;
      before(async () => {
        const { setting, runId } = await startWorld(task);
        context = { setting, runId, ran: await setting.run(inputs(runId)) };
      });
      after(() => context.setting.close());

      it('has these rows', () => assert.deepEqual(tables[name], Object.keys(rows)));
      it('succeeds', () => assert.equal(context.ran.result, 'Succeeded', context.ran.message));
      for (const [row, shows] of Object.entries(rows)) it(row, () => shows(context));
    });
  }
});

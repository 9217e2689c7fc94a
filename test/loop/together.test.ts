import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Loop, addRepositories } from '../../local/loop.ts';
import { isRecord } from '../../tasks/common/json.ts';
import { examples, startPackagedLoop } from '../support/loop-run.ts';

type Json = Readonly<Record<string, unknown>>;

interface Owned {
  readonly folder: string;
  readonly json: Json;
}

const recordAt = (json: Json, ...path: string[]): Json =>
  path.reduce<Json>((from, key) => (isRecord(from[key]) ? from[key] : {}), json);

const filesIn = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map(({ name }) => join(folder, name));

const folders = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((folder) => readdirSync(join(examples, folder)).includes('port'));

/** They also make service hooks, which `addExample` knows. The first has all that the others have. */
const nets = ['track-without-a-step', 'lost-agent-net'];

/** Everything that the examples give Port. */
const definitions: readonly Owned[] = folders.flatMap((folder) =>
  filesIn(join(examples, folder, 'port'), /\.json$/).map((file) => ({
    folder,
    json: JSON.parse(readFileSync(file, 'utf8')) as Json,
  })),
);

/** Actions that a person presses, and that start a pipeline by the webhook which all examples share. */
const actions = definitions.filter(
  ({ json }) =>
    recordAt(json, 'invocationMethod').type === 'AZURE_DEVOPS' &&
    recordAt(json, 'trigger').type === 'self-service',
);

/** Several examples keep what they need in the same blueprint: it gets the properties and relations of all. */
function mergedBlueprints(): Json[] {
  const merged = new Map<string, Json>();
  const own = definitions.filter(({ folder, json }) => !nets.includes(folder) && isRecord(json.schema));
  for (const { json } of own) {
    const before = merged.get(String(json.identifier)) ?? {};
    const properties = {
      ...recordAt(before, 'schema', 'properties'),
      ...recordAt(json, 'schema', 'properties'),
    };
    const relations = { ...recordAt(before, 'relations'), ...recordAt(json, 'relations') };
    merged.set(String(json.identifier), { ...json, schema: { properties, required: [] }, relations });
  }
  return [...merged.values()];
}

async function addAll(loop: Loop): Promise<void> {
  const blueprints = mergedBlueprints();
  // Relations lead to blueprints that must be there.
  for (const json of blueprints) await loop.user.call('POST', '/v1/blueprints', { ...json, relations: {} });
  for (const json of blueprints)
    await loop.user.call('PUT', `/v1/blueprints/${String(json.identifier)}`, json);
  for (const { folder, json } of actions)
    if (folder !== nets[0]) await loop.user.call('POST', '/v1/actions', json);
  await loop.addExample(join(examples, nets[0] ?? ''), []);
  for (const folder of folders) await addRepositories(loop.azureDevOps, join(examples, folder));
  for (const folder of folders)
    for (const file of filesIn(join(examples, folder), /^(?!port-azure).*\.yml$/))
      loop.azureDevOps.createPipeline({
        name: folder,
        file,
        repositoryDirectory: join(examples, folder),
        hasRunOnce: true,
      });
}

/** A value for each input that the action demands. */
function inputsOf(action: Json): Json {
  const { properties, required } = recordAt(action, 'trigger', 'userInputs');
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.fromEntries(
    names.map((name) => {
      const { type, enum: values, minimum } = recordAt(recordAt({ properties }, 'properties'), String(name));
      const first: unknown = Array.isArray(values) ? values[0] : undefined;
      return [String(name), first ?? (type === 'number' ? (minimum ?? 1) : 'checkout')];
    }),
  );
}

/** Executes the action, on an entity where it is one for an entity, and approves it where that is asked. */
async function execute(loop: Loop, action: Json): Promise<string> {
  const { operation, blueprintIdentifier } = recordAt(action, 'trigger');
  const entity = operation === 'CREATE' ? undefined : 'checkout';
  if (entity !== undefined)
    await loop.user.call('POST', `/v1/blueprints/${String(blueprintIdentifier)}/entities?upsert=true`, {
      identifier: entity,
      properties: {},
    });
  const runId = await loop.user.execute(String(action.identifier), inputsOf(action), entity);
  if (action.requiredApproval === true)
    await loop.user.call('PATCH', `/v1/actions/runs/${runId}/approval?version=v2`, { status: 'APPROVE' });
  await loop.idle();
  return runId;
}

describe('all examples in one project, on one webhook', function () {
  this.timeout(60_000);
  let loop: Loop;
  before(async () => {
    loop = await startPackagedLoop();
    await addAll(loop);
  });
  after(() => loop.close());

  it('have actions of different names', () => {
    const names = actions.map(({ json }) => json.identifier);
    assert.ok(names.length >= 12);
    assert.deepEqual(names, [...new Set(names)]);
  });

  for (const { folder, json } of actions)
    it(`start by ${String(json.identifier)} the pipeline of ${folder} alone, which ends its run`, async () => {
      const before = loop.azureDevOps.store.builds.size;
      const runId = await execute(loop, json);
      const started = [...loop.azureDevOps.store.builds.values()].slice(before);
      assert.deepEqual(
        started.map(({ pipeline }) => pipeline.name),
        [folder],
      );
      await loop.azureDevOps.waitForBuild(started[0]?.id ?? 0);
      await loop.idle();
      assert.match(loop.port.store.run(runId).status, /^(SUCCESS|FAILURE)$/);
    });
});

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDefinitions } from '../../../local/folder.ts';
import { type Loop, addRepositories } from '../../../local/loop.ts';
import { runCommand } from '../../setup/command-line.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';
import {
  type Json,
  all,
  copyTo,
  inputsOf,
  merged,
  recordAt,
  runsUrl,
  settingsOfAll,
  textsAt,
} from './all-examples.ts';

async function setUp({ azureDevOps, port }: Loop, repository: string, command: string): Promise<string> {
  const file = join(repository, 'port-azure.yml');
  writeFileSync(file, settingsOfAll(azureDevOps.organizationUrl, repository));
  const { code, stdout, stderr } = await runCommand([...command.split(' '), '--file', file], {
    AZURE_DEVOPS_EXT_PAT: azureDevOps.personalAccessToken,
    PORT_CLIENT_ID: port.clientId,
    PORT_CLIENT_SECRET: port.clientSecret,
    PORT_BASE_URL: port.url,
  });
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** What setup does not make: everything of the examples without its file, scorecards and workflows of the others. */
async function addRest({ azureDevOps, user }: Loop): Promise<void> {
  for (const { name, settings, pipelines } of all)
    for (const { path, body: given } of await readDefinitions(join(examples, name))) {
      const ids = [...azureDevOps.store.pipelines.values()].filter(
        (each) => each.name === pipelines[0]?.name,
      );
      const text = JSON.stringify(given).replace(runsUrl, String(ids[0]?.id ?? 1));
      const body = JSON.parse(text) as Json;
      if (settings !== undefined && !/scorecards|workflows/.test(path)) continue;
      const before =
        path === '/v1/blueprints'
          ? await user.call('GET', `${path}/${String(body.identifier)}`).catch(() => undefined)
          : undefined;
      if (before === undefined) await user.call('POST', path, body);
      else
        await user.call(
          'PUT',
          `${path}/${String(body.identifier)}`,
          merged(recordAt(before, 'blueprint'), body),
        );
    }
}

/** The entity that an action is executed on; undefined where it makes one. */
async function entityFor({ user }: Loop, action: Json): Promise<string | undefined> {
  const { operation, blueprintIdentifier } = recordAt(action, 'trigger');
  if (operation === 'CREATE') return undefined;
  await user.call('POST', `/v1/blueprints/${String(blueprintIdentifier)}/entities?upsert=true`, {
    identifier: 'checkout',
    properties: {},
  });
  return 'checkout';
}

/** Executes the action, on an entity where it is one for an entity, and approves it where that is asked. */
async function execute(loop: Loop, action: Json, entity: string | undefined): Promise<string> {
  const runId = await loop.user.execute(String(action.identifier), inputsOf(action), entity);
  if (action.requiredApproval === true)
    await loop.user.call('PATCH', `/v1/actions/runs/${runId}/approval?version=v2`, { status: 'APPROVE' });
  await loop.idle();
  return runId;
}

/** Every entity by its blueprint and identifier, as JSON; those that the net keeps of each pipeline run left out. */
const entitiesOf = ({ port }: Loop): Map<string, string> =>
  new Map(
    [...port.store.entities.values()].flatMap((entities) =>
      [...entities.values()]
        .filter(({ blueprint }) => blueprint !== 'azure_pipeline_run')
        .map((entity) => [`${entity.blueprint}/${entity.identifier}`, JSON.stringify(entity)] as const),
    ),
  );

/** The entities that came, went or changed. */
function changesOf(before: Map<string, string>, after: Map<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key));
}

const missing = /No such file or directory|Cannot find module|names no file|ENOENT/;

describe('all examples in one repository, one project and one Port, on one webhook', function () {
  this.timeout(120_000);
  let loop: Loop;
  before(async () => {
    loop = await startPackagedLoop({
      connections: {
        // A node of a workflow does not sign, so that it has a webhook of its own. Setup makes the others.
        webhooks: [{ name: 'portWorkflow', connection: 'port-workflow', isSigned: false }],
        port: [],
      },
    });
    const repository = join(loop.workDirectory, 'repository');
    copyTo(repository);
    for (const { name, pipelines } of all) {
      await addRepositories(loop.azureDevOps, join(examples, name));
      const folder = join(repository, 'examples', name);
      for (const { name: pipeline, file, yaml } of pipelines)
        loop.azureDevOps.createPipeline({
          name: pipeline,
          file: join(folder, file),
          // One that does not say where its files are has them at the root.
          repositoryDirectory: yaml.includes('  folder: .') ? repository : folder,
          hasRunOnce: true,
          // Where no variable of the YAML says the run, a call may.
          ...(!yaml.includes('PORT_RUN_ID: ') && { variables: { PORT_RUN_ID: { value: '' } } }),
        });
    }
    await setUp(loop, repository, 'setup apply');
    // The pipelines that no action starts are in no file of setup's: a person authorizes them.
    for (const permission of loop.azureDevOps.store.permissions.values()) permission.allPipelines = true;
    await addRest(loop);
    for (const { identifier } of [...loop.port.store.blueprints.values()])
      if (!identifier.startsWith('_'))
        await loop.user
          .call('POST', `/v1/blueprints/${identifier}/entities`, { identifier: 'bystander' })
          .catch(() => undefined);
  });
  after(() => loop.close());

  it('have actions of different names, and settings for all of them', () => {
    const names = all.flatMap(({ actions }) => actions.map(({ identifier }) => identifier));
    assert.ok(names.length >= 16);
    assert.deepEqual(names, [...new Set(names)]);
    for (const { name, settings } of all) {
      if (settings === undefined) continue;
      const port = recordAt(settings, 'port');
      for (const file of [...textsAt(port, 'actions'), ...textsAt(port, 'blueprints')])
        assert.ok(existsSync(join(examples, name, file)), `${name}/${file}`);
    }
  });

  for (const { name, pipelines, actions } of all)
    for (const action of actions)
      it(`start by ${String(action.identifier)} the pipeline of ${name} alone, which changes nothing of the others`, async () => {
        const identifier = String(action.identifier);
        const entity = await entityFor(loop, action);
        const [builds, entities] = [loop.azureDevOps.store.builds.size, entitiesOf(loop)];
        const statuses = [...loop.port.store.runs.values()].map(({ id, status }) => [id, status] as const);
        const runId = await execute(loop, action, entity);
        const started = [...loop.azureDevOps.store.builds.values()].slice(builds);
        const own = pipelines.filter(({ yaml }) => new RegExp(`value: ${identifier}$`, 'm').test(yaml));
        assert.deepEqual(
          started.map(({ pipeline }) => pipeline.name),
          (own.length > 0 ? own : pipelines).map((each) => each.name),
        );
        const [{ id } = { id: 0 }] = started;
        await loop.azureDevOps.waitForBuild(id);
        await loop.idle();
        const { store } = loop.port;
        assert.match(store.run(runId).status, /^(SUCCESS|FAILURE)$/);
        assert.doesNotMatch(loop.azureDevOps.buildLog(id), missing);
        assert.deepEqual(
          statuses.map(([id]) => [id, store.run(id).status]),
          statuses,
        );
        const tied = store.runEntities.get(runId) ?? [];
        const mine = tied.map(({ blueprint, identifier: tiedTo }) => `${blueprint}/${tiedTo}`);
        const foreign = changesOf(entities, entitiesOf(loop)).filter((key) => !mine.includes(key));
        assert.deepEqual(foreign, []);
      });

  const byHand = all.flatMap(({ pipelines }) =>
    pipelines.filter(
      ({ yaml }) => yaml.includes('folder: .') && !/port-webhook|PortExecuteAction/.test(yaml),
    ),
  );
  for (const { name } of byHand)
    it(`find the files of ${name} where they stand`, async () => {
      const { id: definitionId } =
        [...loop.azureDevOps.store.pipelines.values()].find((each) => each.name === name) ?? assert.fail();
      const { id } = await loop.azureDevOps.queue({ definitionId, reason: 'manual' });
      await loop.azureDevOps.waitForBuild(id);
      assert.doesNotMatch(loop.azureDevOps.buildLog(id), missing);
    });
});

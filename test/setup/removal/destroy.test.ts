import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, callPort, closeLoops, startLoop, writesOf } from '../loop-fixture.ts';

/** What is left of the loop on both sides. */
const leftIn = ({ ado, port }: Loop): string[] => [
  ...[...ado.store.endpoints.values()].map(({ name }) => name),
  ...[...ado.store.subscriptions.values()].map(({ eventType }) => eventType),
  ...[...port.store.blueprints.keys()].filter((id) => !id.startsWith('_')),
  ...port.store.actions.keys(),
  ...port.store.webhooks.keys(),
];

async function startMade(net = 'true'): Promise<Loop> {
  const loop = await startLoop({ runner: fakeRunner(), net });
  await loop.run('setup', 'apply');
  return loop;
}

async function turnNetOff({ folder }: Loop): Promise<void> {
  const file = join(folder, 'port-azure.yml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^net: .*$/m, 'net: false'));
}

const writeEntity = (loop: Loop, blueprint: string, identifier: string): Promise<unknown> =>
  callPort(loop.port, `/v1/blueprints/${blueprint}/entities?upsert=true`, {
    method: 'POST',
    body: JSON.stringify({ identifier, properties: {} }),
  });

const reasonsOf = (stdout: string): string[] =>
  [...stdout.matchAll(/ {2}stays {4}(.*)\n +(.*)/g)].map(([, title, why]) => `${title ?? ''}: ${why ?? ''}`);

describe('setup destroy', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('takes away all that apply made, the action first, and finds nothing the next time', async () => {
    const loop = await startMade();
    const { code, stdout, stderr } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(code, 0, stderr);
    const removed = [...stdout.matchAll(/^removed {2}(.*)$/gm)].map(([, title]) => title);
    assert.equal(removed[0], 'action deploy_service in Port');
    assert.equal(removed.at(-1), 'blueprint deployment in Port');
    assert.deepEqual(leftIn(loop), []);
    assert.equal((await loop.run('setup', 'destroy', '--yes')).stdout, 'Nothing to remove.\n');
    assert.equal((await loop.run('setup', 'apply')).code, 0);
  });

  it('shows with --dry-run what would go, and changes nothing', async () => {
    const loop = await startMade();
    const before = writesOf(loop).length;
    const { stdout } = await loop.run('setup', 'destroy', '--dry-run');
    assert.match(
      stdout,
      /- remove +action deploy_service in Port\n[^]*- remove +service connection port [^]*11 to remove\.\n$/,
    );
    const { removed } = (await loop.run('setup', 'destroy', '--dry-run', '--json')).json() as {
      removed: { done: string }[];
    };
    assert.deepEqual([...new Set(removed.map(({ done }) => done))], ['would be removed']);
    assert.equal(writesOf(loop).length, before);
  });

  it('removes nothing where there is nobody to ask', async () => {
    const loop = await startMade();
    const before = writesOf(loop).length;
    const { code, stderr } = await loop.run('setup', 'destroy');
    assert.equal(code, 2);
    assert.match(stderr, /Nothing was removed: there is no terminal to ask on\. Give --yes/);
    assert.equal(writesOf(loop).length, before);
  });

  it('leaves a blueprint with entities, and takes it with --with-data', async () => {
    const loop = await startMade();
    await writeEntity(loop, 'deployment', 'checkout');
    const { code, stdout } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(code, 0);
    assert.deepEqual(reasonsOf(stdout), [
      'blueprint deployment in Port: it has 1 entities: --with-data removes them too',
    ]);
    assert.deepEqual(leftIn(loop), ['deployment']);
    await loop.run('setup', 'destroy', '--yes', '--with-data');
    assert.deepEqual(leftIn(loop), []);
  });

  it('leaves a service connection that a person made, or that other pipelines use', async () => {
    const loop = await startMade();
    const { endpoints, permissions } = loop.ado.store;
    for (const endpoint of endpoints.values())
      if (endpoint.name === 'port') endpoints.set(endpoint.id, { ...endpoint, description: 'Ours' });
      else permissions.get(endpoint.id)?.pipelines.add(77);
    const { stdout } = await loop.run('setup', 'destroy', '--yes');
    assert.deepEqual(
      reasonsOf(stdout).map((line) => line.replace(/.*: /, '')),
      ['it was not made by this command', '77'],
    );
    assert.deepEqual(leftIn(loop), ['port-webhook', 'port']);
    for (const { pipelines } of permissions.values()) assert.ok(!pipelines.has(1));
  });

  it('keeps the words that a person wrote on a service connection when apply changes it', async () => {
    const loop = await startMade();
    const { endpoints } = loop.ado.store;
    for (const endpoint of endpoints.values())
      endpoints.set(endpoint.id, { ...endpoint, description: 'Ours', url: 'https://elsewhere.example.com' });
    await loop.run('setup', 'apply', '--rewrite-secrets');
    assert.deepEqual(
      [...endpoints.values()].map(({ description }) => description),
      ['Ours', 'Ours'],
    );
  });

  it("leaves Port's side of the net where another pipeline's service hook leads there", async () => {
    const loop = await startMade();
    const [hook] = loop.ado.store.subscriptions.values();
    assert.ok(hook);
    loop.ado.store.subscriptions.set('other', {
      ...hook,
      id: 'other',
      publisherInputs: { ...hook.publisherInputs, pipelineId: '77' },
    });
    const { stdout } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(
      reasonsOf(stdout).filter((line) => line.endsWith('the service hooks of other pipelines lead there: 1'))
        .length,
      4,
    );
    assert.deepEqual([...loop.ado.store.subscriptions.keys()], ['other']);
    assert.deepEqual([...loop.port.store.webhooks.keys()], ['azure-pipelines-net']);
  });

  it('goes on after a failure, says what failed, and ends with 1', async () => {
    const loop = await startMade();
    const dependent = {
      identifier: 'release',
      title: 'Release',
      schema: { properties: {}, required: [] },
      relations: { deployment: { title: 'Deployment', target: 'deployment', many: false, required: false } },
    };
    await callPort(loop.port, '/v1/blueprints', { method: 'POST', body: JSON.stringify(dependent) });
    const { code, stdout } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(code, 1);
    assert.match(stdout, /failed +blueprint deployment in Port\n.*has dependents/);
    assert.deepEqual(leftIn(loop), ['deployment', 'release']);
  });

  it('takes a net away that the file no longer wants', async () => {
    const loop = await startMade();
    await turnNetOff(loop);
    await loop.run('setup', 'destroy', '--yes');
    assert.deepEqual(leftIn(loop), []);
  });
});

describe('what is in Port and not in the file', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  const rename = async ({ folder }: Loop): Promise<void> => {
    const file = join(folder, 'deploy_service.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"deploy_service"', '"deploy"'));
    const yaml = join(folder, 'deploy.yml');
    await writeFile(yaml, (await readFile(yaml, 'utf8')).replace('value: deploy_service', 'value: deploy'));
  };

  it('is shown by plan: an action that left the file, and a net that was turned off', async () => {
    for (const net of ['true', '{event: build.complete}']) {
      const loop = await startMade(net);
      await rename(loop);
      await turnNetOff(loop);
      const { stdout } = await loop.run('setup', 'plan');
      const surplus = [...stdout.matchAll(/\? surplus +(.*)\n +there, and not in the file/g)].map(
        ([, title]) => title,
      );
      assert.equal(surplus.length, 6, stdout);
      assert.ok(surplus.includes('action deploy_service in Port'));
      assert.match(stdout, /6 with more than the file has: "setup apply --prune" removes that\.\n$/);
    }
  });

  it('stays with apply, and goes with --prune', async () => {
    const loop = await startMade();
    await rename(loop);
    await turnNetOff(loop);
    await loop.run('setup', 'apply');
    assert.deepEqual([...loop.port.store.actions.keys()].sort(), [
      'azure_pipeline_node_ended',
      'azure_pipeline_run_ended',
      'deploy',
      'deploy_service',
    ]);
    const { code, stdout, stderr } = await loop.run('setup', 'apply', '--prune', '--yes');
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(leftIn(loop).sort(), ['deploy', 'deployment', 'port', 'port-webhook']);
    assert.match((await loop.run('setup', 'plan', '--prune')).stdout, /Nothing to do\.\n$/);
  });

  it('is, of a blueprint and an action, its properties, relations and inputs', async () => {
    const loop = await startMade();
    const blueprint = loop.port.store.blueprint('deployment');
    const text = { type: 'string' };
    loop.port.store.blueprints.set('deployment', {
      ...blueprint,
      schema: { ...blueprint.schema, properties: { ...blueprint.schema.properties, owner: text } },
    });
    const action = loop.port.store.action('deploy_service');
    loop.port.store.actions.set('deploy_service', {
      ...action,
      trigger: {
        ...action.trigger,
        userInputs: {
          ...action.trigger.userInputs,
          properties: { ...action.trigger.userInputs?.properties, reason: text },
        },
      },
    });
    const before = writesOf(loop).length;
    const { stdout } = await loop.run('setup', 'plan');
    assert.match(
      stdout,
      /stays +blueprint deployment in Port\n +in Port and not in the file: schema\.properties\.owner\n/,
    );
    assert.match(
      stdout,
      /stays +action deploy_service in Port\n +in Port and not in the file: trigger\.userInputs\.properties\.reason\n/,
    );
    assert.match((await loop.run('setup', 'apply')).stdout, /^No change\./m);
    assert.equal((await loop.run('setup', 'apply', '--prune')).code, 2);
    assert.equal(writesOf(loop).length, before);
    await loop.run('setup', 'apply', '--prune', '--yes');
    assert.deepEqual(Object.keys(loop.port.store.blueprint('deployment').schema.properties), [
      'jobUrl',
      'imageTag',
    ]);
    assert.deepEqual(
      Object.keys(loop.port.store.action('deploy_service').trigger.userInputs?.properties ?? {}),
      ['service'],
    );
  });

  it('survives a change of something else', async () => {
    const loop = await startMade();
    const action = loop.port.store.action('deploy_service');
    const properties = { ...action.trigger.userInputs?.properties, reason: { type: 'string' } };
    loop.port.store.actions.set('deploy_service', {
      ...action,
      title: 'Renamed',
      trigger: { ...action.trigger, userInputs: { ...action.trigger.userInputs, properties } },
    });
    await loop.run('setup', 'apply');
    const after = loop.port.store.action('deploy_service');
    assert.equal(after.title, 'Deploy Service');
    assert.deepEqual(Object.keys(after.trigger.userInputs?.properties ?? {}).sort(), ['reason', 'service']);
  });
});

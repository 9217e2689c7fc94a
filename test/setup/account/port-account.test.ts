import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import type { Ended } from '../command-line.ts';
import {
  type Loop,
  callPort,
  closeLoops,
  idOf,
  parametersOf,
  partsTold,
  startLoop,
  writesOf,
} from '../loop-fixture.ts';

const account = 'pipelines@serviceaccounts.getport.io';

async function startWithAccount(settings = `{identifier: ${account}}`): Promise<Loop> {
  const loop = await startLoop({ runner: fakeRunner(), net: 'false' });
  const file = join(loop.folder, 'port-azure.yml');
  await writeFile(file, `${await readFile(file, 'utf8')}portAccount: ${settings}\n`);
  return loop;
}

/** Whom Port takes the connection's credentials for; undefined where it refuses them. */
async function userOf({ ado, port }: Loop): Promise<string | undefined> {
  const { username = '', password = '' } = parametersOf(ado, 'port');
  const answer = await fetch(`${port.url}/v1/auth/access_token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientId: username, clientSecret: password }),
  });
  return answer.ok ? port.store.credentials.get(username)?.user : undefined;
}

const stateOf = async (loop: Loop): Promise<string> =>
  (await partsTold(loop, 'doctor'))('azure/connection/port');

describe('a service account for the tasks', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('is made once, and its credentials go into the service connection', async () => {
    const loop = await startWithAccount();
    const { code, stdout, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await userOf(loop), account);
    const { properties } = loop.port.store.entity('_user', account) ?? {};
    assert.deepEqual(properties, { port_type: 'Service Account', port_role: 'Member', status: 'Active' });
    assert.equal(parametersOf(loop.ado, 'port-webhook').secret, loop.port.clientSecret);
    const before = writesOf(loop).length;
    assert.match((await loop.run('setup', 'apply')).stdout, /^No change\./m);
    assert.equal(writesOf(loop).length, before);
    assert.match(await stateOf(loop), /^ok: its secret cannot be compared/);
  });

  it('leaves its secret on no screen and on no disk', async () => {
    const loop = await startWithAccount();
    const ended: Ended[] = [];
    for (const args of [
      ['setup', 'plan'],
      ['setup', 'apply'],
      ['setup', 'apply', '--rewrite-secrets', '--json'],
      ['doctor'],
    ]) {
      ended.push(await loop.run(...args));
      const { password = 'none yet' } = parametersOf(loop.ado, 'port');
      const files = await readdir(loop.folder, { recursive: true, withFileTypes: true });
      const texts = await Promise.all(
        files
          .filter((file) => file.isFile())
          .map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
      );
      for (const text of [...ended.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...texts])
        assert.ok(!text.includes(password), args.join(' '));
    }
  });

  it('gets new credentials with --rewrite-secrets, which end those of before', async () => {
    const loop = await startWithAccount();
    await loop.run('setup', 'apply');
    const { password } = parametersOf(loop.ado, 'port');
    await loop.run('setup', 'apply', '--rewrite-secrets');
    assert.notEqual(parametersOf(loop.ado, 'port').password, password);
    assert.equal(await userOf(loop), account);
    assert.equal(loop.port.store.credentials.size, 1);
  });

  it('takes the place of the organization in a connection that there is already', async () => {
    const loop = await startLoop({ runner: fakeRunner(), net: 'false' });
    await loop.run('setup', 'apply');
    assert.match(await stateOf(loop), /^ok: it holds the organization's own credentials.*portAccount/);
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(file, `${await readFile(file, 'utf8')}portAccount: {identifier: ${account}}\n`);
    assert.match(
      await stateOf(loop),
      /^wrong: it holds the credentials of the organization, not those of pipelines@/,
    );
    await loop.run('setup', 'apply');
    assert.equal(await userOf(loop), account);
    assert.match(await stateOf(loop), /^ok/);
  });

  for (const description of [undefined, '', 'Ours'])
    it(`takes its place in one that a person made, with ${description === undefined ? 'no' : `"${description}" for a`} description, and stays with it`, async () => {
      const loop = await startLoop({ runner: fakeRunner(), net: 'false' });
      await loop.run('setup', 'apply');
      const { endpoints } = loop.ado.store;
      const endpoint = endpoints.get(idOf(loop.ado, 'port'));
      assert.ok(endpoint);
      const { description: _made, ...rest } = endpoint;
      endpoints.set(endpoint.id, {
        ...rest,
        ...(description !== undefined && { description }),
      } as typeof endpoint);
      const file = join(loop.folder, 'port-azure.yml');
      await writeFile(file, `${await readFile(file, 'utf8')}portAccount: {identifier: ${account}}\n`);
      const { code, stderr } = await loop.run('setup', 'apply');
      assert.equal(code, 0, stderr);
      assert.equal(await userOf(loop), account);
      const { stdout } = await loop.run('setup', 'destroy', '--yes');
      assert.match(
        stdout,
        /stays +service account .*\n +the service connection that holds its credentials stays/,
      );
      assert.equal(await userOf(loop), account);
    });

  it('is mended by the next apply where the one before ended between account and connection', async () => {
    const loop = await startWithAccount();
    const { answers } = loop.ado.store.faults;
    answers.set('POST /_apis/serviceendpoint/endpoints', 500);
    const { code } = await loop.run('setup', 'apply');
    assert.equal(code, 1);
    assert.ok(loop.port.store.entity('_user', account));
    assert.equal(idOf(loop.ado, 'port'), '');
    answers.clear();
    assert.equal((await loop.run('setup', 'apply')).code, 0);
    assert.equal(await userOf(loop), account);
  });

  it('tells credentials that somebody else put into the connection', async () => {
    const loop = await startWithAccount();
    await loop.run('setup', 'apply');
    parametersOf(loop.ado, 'port').username = 'somebody';
    assert.match(await stateOf(loop), /^wrong: it holds the credentials of client id somebody, not/);
    await loop.run('setup', 'apply');
    assert.equal(await userOf(loop), account);
  });

  it('gets the role and the teams of the file, also later', async () => {
    const loop = await startWithAccount();
    await loop.run('setup', 'apply');
    const { password } = parametersOf(loop.ado, 'port');
    await callPort(loop.port, '/v1/blueprints/_team/entities', {
      method: 'POST',
      body: JSON.stringify({ identifier: 'shop', properties: {} }),
    });
    const file = join(loop.folder, 'port-azure.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace(/^portAccount: .*$/m, `portAccount: {identifier: ${account}, role: Admin, teams: [shop]}`),
    );
    const { stdout } = await loop.run('setup', 'plan');
    assert.match(
      stdout,
      /~ change +service account .*\n +its role is Member, not Admin\n +it is not in shop/,
    );
    await loop.run('setup', 'apply');
    const entity = loop.port.store.entity('_user', account);
    assert.equal(entity?.properties.port_role, 'Admin');
    assert.deepEqual(entity.team, ['shop']);
    assert.equal(parametersOf(loop.ado, 'port').password, password);
  });

  it('is never the user of a person', async () => {
    const loop = await startWithAccount('{identifier: dev@example.com}');
    const body = {
      identifier: 'dev@example.com',
      properties: { port_type: 'Standard', port_role: 'Admin', status: 'Active' },
    };
    await callPort(loop.port, '/v1/blueprints/_user/entities', {
      method: 'POST',
      body: JSON.stringify(body),
    });
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 1);
    assert.match(stderr, /dev@example\.com is a person's user in Port, which is left alone/);
    assert.equal(loop.port.store.entity('_user', 'dev@example.com')?.properties.port_type, 'Standard');
  });

  it('goes with setup destroy', async () => {
    const loop = await startWithAccount();
    await loop.run('setup', 'apply');
    const { code, stdout } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(code, 0, stdout);
    assert.equal(loop.port.store.entity('_user', account), undefined);
    assert.equal(idOf(loop.ado, 'port'), '');
  });

  it('is refused without the connection that it is for', async () => {
    const loop = await startWithAccount();
    const file = join(loop.folder, 'port-azure.yml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^portConnection: .*$/m, ''));
    const { code, stderr } = await loop.run('setup', 'plan');
    assert.equal(code, 2);
    assert.match(stderr, /portConnection is missing: portAccount is for it\./);
  });
});

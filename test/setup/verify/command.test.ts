import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newStamp } from '../../../setup/verify/names.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { until } from '../../support/until.ts';
import { itOnPosix } from '../../support/where.ts';
import { startCommand } from '../command-line.ts';
import { type Loop, closeLoops, startLoop } from '../loop-fixture.ts';
import { tracesOf } from './verify-fixture.ts';

interface Told {
  readonly answers: readonly { readonly id: string; readonly answer: string }[];
  readonly removed: readonly string[];
  readonly left: readonly string[];
  readonly report: string;
}

describe('verify', function () {
  this.timeout(60_000);
  let loop: Loop;
  beforeEach(async () => {
    loop = await startLoop({ runner: fakeRunner() });
  });
  afterEach(closeLoops);

  const start = () => startCommand(['verify', '--yes'], loop.environment as never, loop.folder);
  const isMaking = () => until('something is made', () => loop.port.store.webhooks.size > 0);

  it('shows what it would ask and make, and asks nothing', async () => {
    const { code, stdout } = await loop.run('verify', '--dry-run');
    assert.equal(code, 0);
    assert.match(stdout, /^finished-run {2}Port refuses a change of a finished run/m);
    assert.match(stdout, /makes for a while: action, webhook/);
    assert.equal(loop.port.requests.length + loop.ado.requests.length, 0);
  });

  it('asks nothing where nobody can be asked whether it may', async () => {
    const { code, stderr } = await loop.run('verify');
    assert.equal(code, 2);
    assert.match(stderr, /Nothing was asked: there is no terminal to ask on\. Give --yes/);
    assert.equal(loop.port.requests.length, 0);
  });

  it('prints one document with --json where its options are wrong, too', async () => {
    for (const [options, error] of [
      [['--only', 'finished-run,'], /Give ids with commas/],
      [['--clean', '--only', 'finished-run'], /cannot be used with/],
      [['--unknown'], /unknown option/],
      [[], /Nothing was asked: with --json nobody is asked\. Give --yes/],
    ] as const) {
      const { code, json } = await loop.run('verify', '--json', ...options);
      assert.equal(code, 2);
      assert.match((json() as { readonly error: string }).error, error);
    }
  });

  it('says which questions there are where one is asked that there is not', async () => {
    const { code, stderr } = await loop.run('verify', '--yes', '--only', 'finished-run,node-of-task,other');
    assert.equal(code, 2);
    assert.match(stderr, /No program asks "node-of-task", "other"\. "verify --dry-run" lists the questions/);
  });

  it('tells the answers, counts them, and writes a report that names nobody', async () => {
    const before = tracesOf(loop);
    const { code, stdout } = await loop.run('verify', '--yes', '--only', 'finished-run');
    assert.equal(code, 0, stdout);
    assert.match(
      stdout,
      /^holds +finished-run .*\n +422 run_exhausted\nNothing is left behind \(2 removed\)\.\n1 hold, 0 differ, 0 could not be asked/m,
    );
    assert.deepEqual(tracesOf(loop), before);
    const [name = ''] = (await readdir(loop.folder)).filter((each) => each.startsWith('verify-'));
    assert.match(name, /^verify-\d{4}-\d\d-\d\d\.md$/);
    const report = await readFile(join(loop.folder, name), 'utf8');
    assert.match(report, /\| finished-run \| .* \| holds \| 422 run\\_exhausted \|/);
  });

  it('keeps an earlier report of the day, and writes over one that is named', async () => {
    const ask = async (...args: string[]) =>
      ((await loop.run('verify', '--yes', '--json', '--only', 'finished-run', ...args)).json() as Told)
        .report;
    assert.match(await ask(), /\d\.md$/);
    assert.match(await ask(), /-2\.md$/);
    assert.equal(await ask('--report', 'mine.md'), 'mine.md');
    assert.equal(await ask('--report', 'mine.md'), 'mine.md');
  });

  it('exits with 1 where something differs, and with 3 where something could not be asked', async () => {
    const refused = { status: 403, body: { ok: false, error: 'missing_permissions', message: 'No' } };
    let answer: object = { status: 409, body: { ok: false, error: 'over', message: 'It is over' } };
    loop.port.rewrites.add('PATCH', /^\/v1\/actions\/runs\//, ({ status, body }) =>
      status === 422 || ('status' in answer && answer.status === 403) ? answer : { body },
    );
    const ask = () => loop.run('verify', '--yes', '--only', 'finished-run');
    assert.equal((await ask()).code, 1);
    answer = refused;
    assert.equal((await ask()).code, 3);
  });

  it('says what it could not remove, and what does', async () => {
    loop.port.rewrites.add('DELETE', /^\/v1\/webhooks\//, () => ({ status: 403, body: { ok: false } }));
    const { code, stdout } = await loop.run('verify', '--yes', '--only', 'finished-run');
    assert.equal(code, 1);
    assert.match(stdout, /^left {2}webhook azverify_\w+: Port answers 403/m);
    assert.match(stdout, /"port-azure-pipelines verify --clean" tries the others again/);
  });

  it('does not take an answer without a list for nothing left', async () => {
    loop.port.rewrites.add('GET', /^\/v1\/webhooks$/, () => ({ body: { ok: true } }));
    const { code, stdout } = await loop.run('verify', '--yes', '--only', 'finished-run');
    assert.equal(code, 1);
    assert.match(stdout, /^left {2}webhooks could not be looked for: Port answers without a list$/m);
  });

  itOnPosix('removes what it made when it is stopped', async () => {
    const before = tracesOf(loop);
    loop.port.faults.add({ match: { method: 'POST', path: /\/runs$/ }, fault: { kind: 'latency', ms: 500 } });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const { child, ended } = start();
      await isMaking();
      child.kill(signal);
      assert.equal((await ended).code, 1);
      assert.deepEqual(tracesOf(loop), before);
    }
  });

  it('finds again and removes what one that was killed left, and nothing else', async () => {
    const own = { identifier: 'azverify_productionservice', title: 'mine', enabled: true };
    const before = tracesOf(loop);
    loop.port.faults.add({ match: { method: 'POST', path: /\/runs$/ }, fault: { kind: 'latency', ms: 500 } });
    const { child, ended } = start();
    await isMaking();
    child.kill('SIGKILL');
    await ended;
    loop.port.store.webhooks.set(own.identifier, {
      ...own,
      mappings: [],
      security: {},
      webhookKey: 'k',
      url: 'https://x',
    } as never);
    const { code, stdout } = await loop.run('verify', '--clean');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^removed {2}webhook azverify_/m);
    assert.deepEqual(tracesOf(loop), [...before, own.identifier].sort());
  });

  it('shows with --dry-run what --clean would remove, and removes nothing', async () => {
    const identifier = `${newStamp(Date.now(), 0.5)}old`;
    const webhook = { identifier, title: 'x', enabled: true, mappings: [], security: {}, webhookKey: 'k' };
    loop.port.store.webhooks.set(identifier, { ...webhook, url: 'https://x' } as never);
    const { code, stdout } = await loop.run('verify', '--clean', '--dry-run');
    assert.deepEqual([code, stdout], [0, `would be removed  webhook ${identifier}\n`]);
    assert.ok(loop.port.store.webhooks.has(identifier));
  });

  it('takes --clean with nothing that belongs to questions', async () => {
    for (const other of [['--only', 'finished-run'], ['--pipeline'], ['--report', 'x.md']]) {
      const { code, stderr } = await loop.run('verify', '--clean', ...other);
      assert.equal(code, 2);
      assert.match(stderr, /'--clean' cannot be used with/);
    }
  });

  it('removes, by the way, what was left an hour ago, and not what another one is making now', async () => {
    const minutesAgo = (minutes: number): string => `${newStamp(Date.now() - minutes * 60_000, 0.5)}old`;
    const [old, young] = [minutesAgo(61), minutesAgo(59)];
    for (const identifier of [old, young])
      loop.port.store.webhooks.set(identifier, {
        identifier,
        title: 'x',
        enabled: true,
        mappings: [],
        security: {},
        webhookKey: identifier,
        url: 'https://x',
      } as never);
    await loop.run('verify', '--yes', '--only', 'finished-run');
    assert.deepEqual([...loop.port.store.webhooks.keys()], [young]);
  });

  it('takes names, addresses and secrets out of the report', async () => {
    const words = `${loop.ado.organizationUrl} my-project deploy_service ann@example.com 10.1.2.3 ${loop.port.clientSecret} r_abc123`;
    loop.port.rewrites.add('POST', /^\/v1\/actions$/, () => ({
      status: 422,
      body: { ok: false, error: 'invalid_request', message: words },
    }));
    await loop.run('verify', '--yes', '--only', 'finished-run', '--report', 'report.md');
    const report = await readFile(join(loop.folder, 'report.md'), 'utf8');
    assert.match(report, /not asked/);
    for (const word of words.split(' ')) assert.ok(!report.includes(word), `${word}: ${report}`);
    assert.ok(!report.includes('127.0.0.1'), report);
  });

  it('says before anything is asked that the report cannot be written', async () => {
    for (const [path, why] of [
      ['no/such/folder.md', /no\/such/],
      ['.', /\. is a folder/],
      ['', /its name is empty/],
    ] as const) {
      const { code, stderr } = await loop.run('verify', '--yes', '--report', path);
      assert.equal(code, 2);
      assert.match(stderr, /Cannot write the report: .* Name another file with --report\./);
      assert.match(stderr, why);
    }
    assert.equal(loop.port.requests.length, 0);
  });

  it('tells the answers with --json where the report cannot be written in the end', async () => {
    const tooLong = `${'x'.repeat(300)}.md`;
    const only = ['--only', 'finished-run', '--report', tooLong];
    const { code, json } = await loop.run('verify', '--yes', '--json', ...only);
    const { answers, left, error } = json() as Told & { readonly error: string };
    assert.equal(code, 1);
    assert.deepEqual([answers[0]?.answer, left], ['holds', []]);
    assert.match(error, /Cannot write the report/);
  });

  it('asks questions that read a file of another name', async () => {
    await writeFile(join(loop.folder, 'other.yml'), await readFile(join(loop.folder, 'port-azure.yml')));
    const { code } = await loop.run('verify', '--file', 'other.yml', '--yes', '--only', 'finished-run');
    assert.equal(code, 0);
  });
});

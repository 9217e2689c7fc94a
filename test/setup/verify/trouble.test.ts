import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { askAll } from '../../../setup/verify/ask.ts';
import { newStamp } from '../../../setup/verify/names.ts';
import { isAsked } from '../../../setup/verify/question.ts';
import { questions } from '../../../setup/verify/questions.ts';
import { sweep } from '../../../setup/verify/traces.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { until } from '../../support/until.ts';
import { itOnPosix } from '../../support/where.ts';
import { runCommand, startCommand } from '../command-line.ts';
import { type Loop, callPort, closeLoops, startLoop } from '../loop-fixture.ts';
import { asked, inLabs, tracesOf } from './verify-fixture.ts';

describe('verify, where something is wrong', function () {
  this.timeout(30_000);
  let loop: Loop;
  beforeEach(async () => {
    loop = await startLoop({ runner: fakeRunner() });
  });
  afterEach(closeLoops);

  const runWith = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
    runCommand(['verify', '--yes', ...args], { ...loop.environment, ...environment } as never, loop.folder);

  const start = (...args: string[]) =>
    startCommand(['verify', '--yes', ...args], loop.environment as never, loop.folder);

  const asksFor = (method: string, path: string, times = 1) =>
    until(`${method} ${path}`, () => {
      const { requests } = loop.port;
      return requests.filter((each) => each.method === method && each.path === path).length >= times;
    });

  it('ends with one message where Port refuses the sign-in, and asks and writes nothing', async () => {
    const { code, stdout, stderr } = await runWith({ PORT_CLIENT_SECRET: 'wrong' });
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /refuses the sign-in: 401 invalid_credentials .* Check PORT_CLIENT_ID, .* region/);
    assert.deepEqual(
      (await readdir(loop.folder)).filter((name) => name.startsWith('verify-')),
      [],
    );
  });

  it('says that it is not Port that answers, and exits with 3 where nothing does', async () => {
    const fault = loop.port.faults.add({ match: { path: /access_token/ }, fault: { kind: 'html' } });
    const { code, stderr } = await runWith({});
    assert.equal(code, 1);
    assert.match(stderr, /answers the sign-in with 200 and no token\. Is that Port's API\?/);
    fault.remove();
    const nobody = await runWith({ PORT_BASE_URL: 'http://127.0.0.1:9' });
    assert.equal(nobody.code, 3);
    assert.match(nobody.stderr, /Port at http:\/\/127\.0\.0\.1:9 does not answer POST .*ECONNREFUSED/);
  });

  it('has left nothing in an Azure DevOps that it could not sign in to', async () => {
    const only = ['--only', 'finished-run,hook-mask,connection-disabled'];
    const { code, stdout } = await runWith({ AZURE_DEVOPS_EXT_PAT: 'wrong' }, ...only);
    assert.equal(code, 3, stdout);
    assert.match(stdout, /not asked {2}hook-mask .*\n.*does not accept the personal access token/);
    assert.match(stdout, /^Nothing is left behind/m);
  });

  it('takes an answer that passes by itself for none, and waits no hour for another', async () => {
    const match = { method: 'PATCH', path: /^\/v1\/actions\/runs\// };
    const told: string[] = [];
    for (const [status, wait, why] of [
      [503, undefined, /^Port answers 503 to PATCH \S+: try again later/],
      [429, '3600', /^Port answers 429 to PATCH \S+, for there were too many calls/],
      [429, '6', /^Port answers 429/],
    ] as const) {
      const headers = wait === undefined ? {} : { 'retry-after': wait };
      const fault = loop.port.faults.add({ match, times: 4, fault: { kind: 'status', status, headers } });
      const { answer } = await asked(loop, 'finished-run', (line) => told.push(line));
      fault.remove();
      assert.equal(answer.answer, 'not asked', JSON.stringify(answer));
      assert.match(answer.why, why);
    }
    assert.equal(told.length, 3);
    assert.match(told[0] ?? '', /^Port asks to wait: PATCH \S+ goes on in [67] s/);
  });

  it('takes such an answer of an address outside of both APIs for none, too', async () => {
    loop.ado.store.rewrites.add('POST', /\/distributedtask\/webhooks\//, () => ({ status: 503 }));
    const { answer } = await asked(loop, 'webhook-signature');
    assert.equal(answer.answer, 'not asked', JSON.stringify(answer));
    assert.match(answer.why, /answers 503: try again later/);
  });

  it('asks a Port that did not answer three calls no more', async () => {
    const match = { method: 'POST', path: '/v1/blueprints' };
    loop.port.faults.add({ match, fault: { kind: 'reset', isProcessed: true } });
    const ids = ['bulk-errors', 'bulk-delete', 'whole-blueprint', 'entity-times', 'search-created-at'];
    const asked = questions.filter(isAsked).filter(({ id }) => ids.includes(id));
    const { answered, swept } = await inLabs(loop, async ({ asking, cleaning, stamps }) => ({
      answered: await askAll(asked, asking, () => undefined),
      swept: await sweep(cleaning, new Set(['blueprint']), (each) => stamps.has(each)),
    }));
    const reasons = answered.map(({ answer }) => ('why' in answer ? answer.why : answer.answer));
    for (const why of reasons.slice(0, 3)) assert.match(why, /does not answer POST/);
    for (const why of reasons.slice(3)) assert.match(why, /did not answer the last 3 calls/);
    assert.deepEqual([swept.removed.length, swept.left], [3, []]);
  });

  it('finds its own among thousands of teams whose names begin as those of verify do', async () => {
    const path = '/v1/blueprints/_team/entities';
    const bulks = Array.from({ length: 51 }, (_, bulk) =>
      Array.from({ length: 20 }, (_entity, index) => ({
        identifier: `azverify_somebodys${100 * bulk + index}`,
        title: 'x',
      })),
    );
    for (const entities of bulks)
      await callPort(loop.port, `${path}/bulk`, { method: 'POST', body: JSON.stringify({ entities }) });
    const before = tracesOf(loop);
    const own = `${newStamp(Date.now(), 0.5)}team`;
    await callPort(loop.port, path, {
      method: 'POST',
      body: JSON.stringify({ identifier: own, title: 'x' }),
    });
    const swept = await inLabs(loop, ({ cleaning }) => sweep(cleaning, new Set(['team']), () => true));
    assert.deepEqual(swept, { removed: [`team ${own}`], left: [] });
    assert.deepEqual(tracesOf(loop), before);
  });

  itOnPosix('lets a call that makes something end before it removes what was made', async () => {
    const before = tracesOf(loop);
    const latency = { kind: 'latency', ms: 700 } as const;
    loop.port.faults.add({ match: { method: 'POST', path: '/v1/webhooks' }, fault: latency });
    const { child, ended } = start('--only', 'finished-run');
    await asksFor('POST', '/v1/webhooks');
    child.kill('SIGINT');
    const { stdout } = await ended;
    assert.match(stdout, /^Nothing is left behind \(1 removed\)/m);
    assert.deepEqual(tracesOf(loop), before);
  });

  itOnPosix('tells with --json, when it is stopped, what was answered, removed and left', async () => {
    const match = { method: 'PATCH', path: /^\/v1\/actions\/runs\// };
    loop.port.faults.add({ match, skip: 2, times: 1, fault: { kind: 'latency', ms: 2000 } });
    const { child, ended } = start('--json', '--only', 'finished-run,finished-run-log');
    await asksFor('POST', '/v1/actions', 2);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 1);
    const told = JSON.parse(stdout) as Record<string, unknown>;
    const [first] = told.answers as Record<string, unknown>[];
    assert.equal(first?.answer, 'holds');
    assert.ok((told.removed as string[]).length >= 3);
    assert.deepEqual([told.left, told.error], [[], 'Stopped before all was asked.']);
    assert.match(stderr, /^Stopping; .*"port-azure-pipelines verify --clean"/m);
  });

  itOnPosix('ends at once at the second signal, whichever it is', async () => {
    const match = { method: 'GET', path: '/v1/actions' };
    const silence = loop.port.faults.add({ match, fault: { kind: 'silence' } });
    loop.port.faults.add({ match: { method: 'PATCH' }, times: 1, fault: { kind: 'latency', ms: 2000 } });
    const { child, ended } = start('--only', 'finished-run');
    await asksFor('POST', '/v1/actions');
    child.kill('SIGINT');
    await until('the sweep looks for actions', () => silence.hits > 0);
    child.kill('SIGTERM');
    assert.equal((await ended).signal, 'SIGTERM');
    silence.remove();
    const { code, stdout } = await loop.run('verify', '--clean');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^removed {2}action azverify_/m);
  });
});

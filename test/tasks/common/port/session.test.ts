import assert from 'node:assert/strict';
import { CanceledError } from '../../../../tasks/common/errors.ts';
import { type SessionOptions, cleanerOf, withPort } from '../../../../tasks/common/port/session.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { type Reply, type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { until } from '../../../support/until.ts';

const signedIn: Reply = { status: 200, body: { accessToken: 'token-1', tokenType: 'Bearer' } };

describe('A session with Port', () => {
  let server: ScriptedServer;
  let host: FakeHost;
  let now: number;
  const stop = new AbortController();

  beforeEach(() => {
    [host, now] = [new FakeHost({ secrets: { password: 'hunter22' } }), 0];
  });
  afterEach(() => server.close());

  const shared = () => ({
    connection: { apiUrl: server.url, appUrl: server.url, clientId: 'id', clientSecret: 's3cret-s3cret' },
    budget: 60_000,
    isSummaryWanted: false,
    hasInput: () => true,
  });
  const clock = {
    now: () => now,
    elapsed: () => now,
    random: () => 0,
    sleep: () => Promise.reject(new CanceledError()),
  };
  const context = () => ({ host, clock, signal: stop.signal, environment: {} });
  const open = async <Value>(
    replies: readonly Reply[],
    action: Parameters<typeof withPort<Value>>[2],
    options?: SessionOptions,
  ) => {
    server = await startScriptedServer(replies);
    return withPort(context(), shared(), action, options);
  };
  const read = { parameters: { runId: 'r_1' } };

  it('hides the token, tells the debug log of each call, and names the extension to Port', async () => {
    await open([signedIn, { status: 200 }], (port) => port.call('getRun', read));
    assert.deepEqual(host.masked, ['token-1']);
    assert.equal(host.debugLines.length, 2);
    assert.match(server.requests[1]?.headers['user-agent'] ?? '', /^azure-devops-extension\/\d/);
  });

  it('opens no connection that is not used, and closes all of them, also where the action fails', async () => {
    const connections = await open([{ status: 200 }], async () => {
      await fetch(server.url);
      return server.connections;
    });
    assert.equal(connections, 1, "the test's own");
    await server.close();
    const failure = new Error('no');
    const failing = open([signedIn], async (port) => {
      await port.call('getRun', read);
      throw failure;
    });
    await assert.rejects(failing, failure);
    await until('the connection is closed', () => server.openSockets === 0);
    assert.equal(server.connections, 1);
  });

  it('opens its connections at once where that is asked for', async () => {
    const all = () => until('they are open', () => server.openSockets === 3);
    await open([], all, { connections: 3, isOpenedAhead: true });
    await until('they are closed', () => server.openSockets === 0);
  });

  const refused: Reply = { status: 400 };
  for (const [what, options, reply, left] of [
    ['goes on through the answers', undefined, signedIn, 20_000],
    ['begins anew with each answer where the work is long', { isLong: true }, signedIn, 60_000],
    ['does not begin anew with a refusal', { isLong: true }, refused, 20_000],
  ] as const)
    it(`has a time that ${what}`, async () => {
      await open(
        [signedIn, reply],
        async (port, budget) => {
          await port.call('getRun', read).catch(() => undefined);
          now += 40_000;
          await port.call('getRun', read).catch(() => undefined);
          assert.deepEqual([budget.left(), port.timeLeft()], [left, left]);
        },
        options,
      );
    });

  it('cleans what is sent to Port of codes, of secret variables and of its own secret', async () => {
    server = await startScriptedServer([]);
    const clean = cleanerOf(context(), shared());
    const cleaned = clean('\u001b[31mred\u001b[0m hunter22 s3cret-s3cret');
    assert.match(cleaned, /^red /);
    assert.doesNotMatch(cleaned, /hunter22|s3cret/);
  });
});

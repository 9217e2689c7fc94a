import assert from 'node:assert/strict';
import { EventEmitter, getEventListeners, once } from 'node:events';
import { createAuthority } from '../../../../local/certificates.ts';
import { CanceledError, NetworkError } from '../../../../tasks/common/errors.ts';
import {
  type HttpRequest,
  type Transport,
  createTransport,
} from '../../../../tasks/common/network/transport.ts';
import { activeTimers } from '../../../support/active-timers.ts';
import { type ProxyServer, startProxy } from '../../../support/proxy-server.ts';
import { startRawServer } from '../../../support/raw-server.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { until } from '../../../support/until.ts';

const get: HttpRequest = { method: 'GET', path: '/things?page=2', headers: { accept: 'application/json' } };
const never = new AbortController().signal;

describe('The transport', () => {
  let server: ScriptedServer;
  let transport: Transport;

  const start = async (script: Script, connections = 1) => {
    server = await startScriptedServer(script);
    transport = createTransport({ origin: server.url, connections });
  };
  const send = (request: HttpRequest = get, timeout = 5000) =>
    transport.send(request, { timeout, signal: never });
  const lost = async (promise: Promise<unknown>): Promise<NetworkError> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NetworkError, String(error));
    return error;
  };
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  it('sends method, path, headers and body, and returns status, headers in lower case, and body', async () => {
    await start([{ status: 201, headers: { 'X-Trace-Id': 't1' }, body: { name: 'ä' } }]);
    const answer = await send({ method: 'POST', path: '/a%2Fb', headers: { 'x-own': '1' }, body: '{"ü":1}' });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['x-trace-id'], 't1');
    assert.equal(answer.body, '{"name":"ä"}');
    const [{ path, headers, body } = assert.fail()] = server.requests;
    assert.deepEqual({ path, own: headers['x-own'], body }, { path: '/a%2Fb', own: '1', body: '{"ü":1}' });
  });

  it('uses one connection for calls one after another', async () => {
    await start([{ status: 200 }]);
    for (let i = 0; i < 5; i++) await send();
    assert.equal(server.connections, 1);
  });

  it('opens no more connections than it may', async () => {
    await start([{ status: 200 }], 3);
    await Promise.all(Array.from({ length: 20 }, () => send()));
    assert.equal(server.requests.length, 20);
    assert.ok(server.connections <= 3);
  });

  it('tells a reset connection, and that the request may have arrived', async () => {
    await start(['reset']);
    const error = await lost(send());
    assert.equal(error.fault, 'reset');
    assert.equal(error.mayHaveArrived, true);
  });

  it('tells a body that broke off', async () => {
    await start(['cut']);
    const error = await lost(send());
    assert.equal(error.fault, 'cutBody');
    assert.equal(error.message, 'the answer broke off before its end');
  });

  it('tells silence after the time it was given', async () => {
    await start(['silence']);
    const error = await lost(send(get, 100));
    assert.equal(error.fault, 'timeout');
    assert.equal(error.message, 'no answer within 0.1 s');
    assert.equal((await lost(send(get, 10))).message, 'no answer within 0.1 s');
    assert.equal(error.mayHaveArrived, true);
  });

  it('goes on over a new connection after silence and a reset', async () => {
    await start(['silence', 'reset', { status: 200 }]);
    await lost(send(get, 50));
    await lost(send());
    assert.equal((await send()).status, 200);
  });

  it('tells a refused connection, and that nothing can have arrived', async () => {
    await start([]);
    await server.close();
    const error = await lost(send());
    assert.equal(error.fault, 'refused');
    assert.equal(error.mayHaveArrived, false);
  });

  it('tells a host that does not exist', async () => {
    await start([]);
    await transport.close();
    transport = createTransport({ origin: 'http://no-such-host.invalid' });
    const error = await lost(send());
    assert.equal(error.fault, 'unknownHost');
    assert.equal(error.mayHaveArrived, false);
  });

  it('tells an answer that is not HTTP', async () => {
    await start([]);
    const mail = await startRawServer('220 mail.example.com ready\r\n');
    await transport.close();
    transport = createTransport({ origin: `http://127.0.0.1:${mail.port}` });
    assert.equal((await lost(send())).fault, 'other');
    await mail.close();
  });

  it('takes an answer out of turn for a lost one, which may have arrived', async () => {
    await start([]);
    const hasty = await startRawServer(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
    );
    await transport.close();
    transport = createTransport({ origin: `http://127.0.0.1:${hasty.port}` });
    const { fault, mayHaveArrived } = await lost(send());
    assert.deepEqual({ fault, mayHaveArrived }, { fault: 'reset', mayHaveArrived: true });
    await hasty.close();
  });

  for (const headers of [{ authorization: 'Bearer a\nb' }, { authorization: 'ü\u2028' }, { 'a b': 'c' }]) {
    it(`says at once which header cannot be sent: ${JSON.stringify(headers)}`, async () => {
      await start([]);
      const { message, mayHaveArrived } = await lost(send({ ...get, headers }));
      assert.match(message, /^invalid (authorization header|header key)/);
      assert.equal(mayHaveArrived, false);
      assert.equal(server.requests.length, 0);
    });
  }

  it('stops at once when it is cancelled, also while it connects, and says so', async () => {
    await start(['silence']);
    const stop = new AbortController();
    const sent = transport.send(get, { timeout: 5000, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(sent, CanceledError);
    await assert.rejects(transport.send(get, { timeout: 5000, signal: stop.signal }), CanceledError);
  });

  it('joins the values of a header that comes twice', async () => {
    await start([{ status: 200, headers: { 'x-own': ['a', 'b'] } }]);
    assert.equal((await send()).headers['x-own'], 'a, b');
  });

  it('never sends what was given up while it waited for a connection', async () => {
    const gate = new EventEmitter();
    await start(async (_request, index) => {
      if (index === 0) await once(gate, 'open');
      return { status: 200 };
    });
    const held = send({ ...get, path: '/held' });
    const { signal } = new AbortController();
    const error = await lost(transport.send({ ...get, path: '/given-up' }, { timeout: 50, signal }));
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.deepEqual([error.fault, error.mayHaveArrived], ['timeout', false]);
    gate.emit('open');
    await held;
    await send({ ...get, path: '/next' });
    assert.deepEqual(server.lines, ['GET /held', 'GET /next']);
  });

  it('leaves no listener on the signal of the step and no timer behind, however a request ends', async () => {
    await start([{ status: 200 }, 'reset', 'silence']);
    const { signal } = new AbortController();
    const timers = activeTimers();
    await transport.send(get, { timeout: 5000, signal });
    await lost(transport.send(get, { timeout: 5000, signal }));
    await lost(transport.send(get, { timeout: 50, signal }));
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    assert.equal(activeTimers(), timers);
  });

  it('refuses an answer that is too large for this machine', async () => {
    const chunk = 'x'.repeat(1024 * 1024);
    await start([{ status: 200, body: chunk.repeat(65) }]);
    const error = await lost(send(get, 9000));
    assert.equal(error.fault, 'tooLarge');
  });

  it('opens connections ahead of the requests that go side by side over them', async () => {
    await start([{ status: 200 }], 2);
    transport.openAhead(2);
    await until('both are open', () => server.connections === 2);
    assert.equal(server.requests.length, 0);
    await Promise.all([send(), send()]);
    await send();
    assert.equal(server.connections, 2);
  });

  describe('through a proxy', () => {
    const authority = createAuthority();
    let proxy: ProxyServer;
    afterEach(() => proxy.close());

    const startBehind = async (script: Script, mostTunnels = Infinity) => {
      server = await startScriptedServer(script, authority.issue({ hosts: ['port.test'] }));
      proxy = await startProxy({ target: server.port, mostTunnels });
      transport = createTransport({
        origin: 'https://port.test',
        proxy: { url: new URL(proxy.url), authorization: undefined, source: 'HTTPS_PROXY' },
        tls: { ca: [authority.cert] },
        connections: 2,
      });
    };

    it('opens them ahead as well', async () => {
      await startBehind([{ status: 200 }]);
      transport.openAhead(2);
      await until('both are open', () => proxy.asked.length === 2);
      await Promise.all([send(), send()]);
      assert.deepEqual(proxy.asked, ['port.test:443', 'port.test:443']);
      await transport.close();
      await until('every socket is closed', () => proxy.openSockets === 0, 2000);
    });

    it('sends every request over the one connection that it allows, and keeps none that it refused', async () => {
      const gate = new EventEmitter();
      await startBehind(async (_request, index) => {
        if (index > 0) await once(gate, 'open');
        return { status: 200 };
      }, 1);
      await send();
      const sent = Promise.all([send(), send(), send()]);
      for (let asked = 2; asked <= 4; asked++) {
        await until('it is asked', () => server.requests.length === asked);
        gate.emit('open');
      }
      assert.deepEqual(
        (await sent).map(({ status }) => status),
        [200, 200, 200],
      );
      // That of the client and that to the server.
      await until('the others are closed', () => proxy.openSockets === 2, 2000);
    });

    it('goes on over the connection that is left where it allows no new one in place of another', async () => {
      await startBehind([{ status: 200 }, { status: 200 }, 'cut', { status: 200 }], 2);
      await Promise.all([send(), send()]);
      await lost(send());
      const answers = await Promise.all([send(), send()]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200],
      );
      assert.equal(proxy.asked.length, 3);
    });
  });

  it('tells what went wrong with a connection ahead of its time by the request that takes it', async () => {
    await start([]);
    await server.close();
    transport.openAhead(1);
    assert.equal((await lost(send())).fault, 'refused');
  });

  it('stops at once while the first connection is being opened, and opens none where it was cancelled before', async () => {
    await start([]);
    const mute = await startRawServer();
    await transport.close();
    transport = createTransport({ origin: `https://127.0.0.1:${mute.port}` });
    await assert.rejects(transport.send(get, { timeout: 5000, signal: AbortSignal.abort() }), CanceledError);
    assert.equal(mute.sockets.length, 0);
    const stop = new AbortController();
    const sent = transport.send(get, { timeout: 5000, signal: stop.signal });
    await until('it connects', () => mute.sockets.length === 1);
    stop.abort();
    await assert.rejects(sent, CanceledError);
    await transport.close();
    await mute.close();
  });

  it('closes connections that were opened ahead, asked for or not', async () => {
    await start([{ status: 200 }], 2);
    const timers = activeTimers();
    transport.openAhead(2);
    await until('both are open', () => server.connections === 2);
    await transport.close();
    await until('both are closed', () => server.openSockets === 0, 2000);
    assert.equal(activeTimers(), timers);
  });

  it('closes connections that are open and those that are just being opened', async () => {
    await start([]);
    const mute = await startRawServer();
    await transport.close();
    transport = createTransport({ origin: `https://127.0.0.1:${mute.port}` });
    await lost(send(get, 100));
    const [socket] = mute.sockets;
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    await transport.close();
    await closed;
    await mute.close();
  });
});

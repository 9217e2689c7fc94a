import assert from 'node:assert/strict';
import { createAuthority } from '../../../../local/certificates.ts';
import { NetworkError } from '../../../../tasks/common/errors.ts';
import { ProxyError } from '../../../../tasks/common/network/network-errors.ts';
import type { Proxy } from '../../../../tasks/common/network/proxy.ts';
import type { TlsOptions } from '../../../../tasks/common/network/tls-options.ts';
import { createTransport } from '../../../../tasks/common/network/transport.ts';
import { connectThrough } from '../../../../tasks/common/network/tunnel.ts';
import { activeTimers } from '../../../support/active-timers.ts';
import { type ProxyOptions, type ProxyServer, startProxy } from '../../../support/proxy-server.ts';
import { startRawServer } from '../../../support/raw-server.ts';
import { type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { until } from '../../../support/until.ts';

const host = 'api.port.test';

describe('A tunnel through a proxy', () => {
  const authority = createAuthority();
  const tls: TlsOptions = { ca: [authority.cert] };
  let server: ScriptedServer;
  let proxy: ProxyServer;

  before(async () => {
    server = await startScriptedServer([{ status: 200 }], authority.issue({ hosts: [host, '::1'] }));
  });
  after(() => server.close());
  afterEach(() => proxy.close());

  const proxyAt = (url: string, authorization?: string): Proxy => ({
    url: new URL(url),
    authorization,
    source: 'HTTPS_PROXY',
  });
  const start = async (options: ProxyOptions = {}) => {
    proxy = await startProxy({ target: server.port, ...options });
  };
  const request = async (
    options: { origin?: string; authorization?: string; tls?: TlsOptions; timeout?: number } = {},
  ) => {
    const { origin = `https://${host}`, authorization, timeout = 5000 } = options;
    const transport = createTransport({
      origin,
      proxy: proxyAt(proxy.url, authorization),
      tls: options.tls ?? tls,
    });
    try {
      const { status } = await transport.send(
        { method: 'GET', path: '/', headers: {} },
        { timeout, signal: new AbortController().signal },
      );
      return { status };
    } catch (error) {
      assert.ok(error instanceof NetworkError, String(error));
      return { fault: error.fault, message: error.message, mayHaveArrived: error.mayHaveArrived };
    } finally {
      await transport.close();
    }
  };

  it('leads to the host that was asked for, with the name resolved by the proxy', async () => {
    await start();
    assert.deepEqual(await request(), { status: 200 });
    assert.deepEqual(proxy.asked, [`${host}:443`]);
  });

  it('names the port, and an IPv6 address in brackets', async () => {
    await start();
    for (const origin of [`https://${host}:8443`, 'https://[::1]:8443'])
      assert.deepEqual(await request({ origin }), { status: 200 });
    assert.deepEqual(proxy.asked, [`${host}:8443`, '[::1]:8443']);
  });

  it('is closed with the transport, on both sides', async () => {
    await start();
    await request();
    await until('every socket is closed', () => proxy.openSockets === 0, 2000);
  });

  it('leaves no timer behind, opened or refused', async () => {
    for (const mode of ['tunnel', 403] as const) {
      await start({ mode });
      const timers = activeTimers();
      await request();
      assert.equal(activeTimers(), timers);
      await proxy.close();
    }
  });

  it('sends the login', async () => {
    await start({ authorization: 'Basic dTpw' });
    assert.deepEqual(await request({ authorization: 'Basic dTpw' }), { status: 200 });
  });

  it('goes through a proxy that is reached by https, with the same authorities', async () => {
    await start({ tls: authority.issue() });
    assert.deepEqual(await request(), { status: 200 });
  });

  it('tells a certificate of the proxy that is not trusted from one of the server', async () => {
    await start({ tls: createAuthority('Proxy authority').issue() });
    assert.equal((await request()).fault, 'proxyTls');
    await proxy.close();
    await start();
    assert.equal((await request({ tls: {} })).fault, 'tlsUntrusted');
  });

  const faults = [
    { what: 'a refusal', options: { mode: 403 }, fault: 'proxyRefused', says: 'refused the tunnel (403)' },
    {
      what: 'a missing login',
      options: { mode: 407 },
      fault: 'proxyAuthentication',
      says: 'asks for a login (407)',
    },
    {
      what: 'a wrong login',
      options: { authorization: 'x' },
      fault: 'proxyAuthentication',
      says: 'asks for a login (407)',
    },
    ...([500, 503] as const).map((mode) => ({
      what: `a proxy that fails with ${mode}`,
      options: { mode },
      fault: 'proxyFailed',
      says: `could not open the tunnel (${mode})`,
    })),
    {
      what: 'an answer that is no end',
      options: { mode: 103 },
      fault: 'proxyRefused',
      says: 'refused the tunnel (103)',
    },
    { what: 'a redirect', options: { mode: 300 }, fault: 'proxyRefused', says: 'refused the tunnel (300)' },
    {
      what: 'a closed line',
      options: { mode: 'close' },
      fault: 'proxyUnreachable',
      says: 'cannot be reached: other side closed',
    },
  ] as const;
  for (const { what, options, fault, says } of faults) {
    it(`tells ${what}, and that nothing has arrived`, async () => {
      await start(options);
      assert.deepEqual(await request({ authorization: 'Basic dTpwYXNz' }), {
        fault,
        message: `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) ${says}`,
        mayHaveArrived: false,
      });
    });
  }

  it('gives up on a proxy that says nothing', async () => {
    await start({ mode: 'hang' });
    const { fault, mayHaveArrived } = await request({ timeout: 100 });
    assert.deepEqual({ fault, mayHaveArrived }, { fault: 'timeout', mayHaveArrived: false });
    await until('every socket is closed', () => proxy.openSockets === 0, 2000);
  });

  it('tells a proxy that says nothing from a server that says nothing', async () => {
    await start({ mode: 'hang' });
    const { signal } = new AbortController();
    const error = await connectThrough(proxyAt(proxy.url), new URL(`https://${host}`), {
      timeout: 50,
      signal,
    }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ProxyError);
    const message = `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) did not open a tunnel within 0.05 s`;
    assert.deepEqual([error.fault, error.message], ['proxyTimeout', message]);
    await until('every socket is closed', () => proxy.openSockets === 0, 2000);
  });

  it('tells a proxy that is not there', async () => {
    await start();
    await proxy.close();
    const { fault, message } = await request();
    assert.equal(fault, 'proxyUnreachable');
    assert.match(message, /cannot be reached: connect ECONNREFUSED/);
  });

  it('tells a proxy that speaks something else', async () => {
    await start();
    const odd = await startRawServer('SSH-2.0-x\r\n');
    const transport = createTransport({
      origin: `https://${host}`,
      proxy: proxyAt(`http://127.0.0.1:${odd.port}`),
    });
    await assert.rejects(
      transport.send(
        { method: 'GET', path: '/', headers: {} },
        { timeout: 5000, signal: new AbortController().signal },
      ),
      { fault: 'proxyUnreachable' },
    );
    await transport.close();
    await odd.close();
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import { createAuthority } from '../../../../local/certificates.ts';
import { connect } from '../../../../tasks/common/network/connect.ts';
import type { TlsOptions } from '../../../../tasks/common/network/tls-options.ts';
import { activeTimers } from '../../../support/active-timers.ts';
import { type RawServer, startRawServer } from '../../../support/raw-server.ts';
import { until } from '../../../support/until.ts';

describe('A connection to a server', () => {
  /** Takes connections, and says nothing. */
  let mute: RawServer | undefined;
  let opened: Socket | undefined;
  afterEach(async () => {
    opened?.destroy();
    await mute?.close();
    mute = undefined;
  });
  const start = async () => {
    mute = await startRawServer();
    return { address: `127.0.0.1:${mute.port}`, accepted: mute.sockets };
  };

  const open = async (
    url: string,
    options: { tls?: TlsOptions; timeout?: number; signal?: AbortSignal; onUnderWay?: () => void } = {},
  ) => {
    const { signal } = new AbortController();
    opened = await connect(new URL(url), { timeout: 5000, signal, ...options });
    return opened;
  };

  it('is given up where the TLS handshake does not come to its end in time', async () => {
    const { address, accepted } = await start();
    const timers = activeTimers();
    await assert.rejects(open(`https://${address}`, { timeout: 50 }), {
      code: 'ETIMEDOUT',
      message: `${address} did not take a connection within 0.05 s`,
    });
    await until('it is closed', () => accepted.every(({ destroyed }) => destroyed));
    assert.equal(activeTimers(), timers);
  });

  it('has no end but that of its work once it is open', async () => {
    const { address } = await start();
    const timers = activeTimers();
    await open(`http://${address}`);
    assert.equal(activeTimers(), timers);
  });

  it('is no longer opened when everything is closed', async () => {
    const { address, accepted } = await start();
    const closing = new AbortController();
    const opening = open(`https://${address}`, { signal: closing.signal });
    await until('it waits for the handshake', () => accepted.length === 1);
    closing.abort();
    await assert.rejects(opening, { name: 'AbortError' });
    await until('it is closed', () => accepted[0]?.destroyed === true);
  });

  it('that breaks while nobody uses it harms nobody', async () => {
    const { address, accepted } = await start();
    const socket = await open(`http://${address}`);
    await until('it is accepted', () => accepted.length === 1);
    accepted[0]?.resetAndDestroy();
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('tells that it waits for the answer to the TLS handshake', async () => {
    const { address } = await start();
    const closing = new AbortController();
    await new Promise<void>((resolve) => {
      open(`https://${address}`, { signal: closing.signal, onUnderWay: resolve }).catch(() => undefined);
    });
    closing.abort();
  });

  for (const [host, named] of [
    ['localhost', 'localhost'],
    ['127.0.0.1', false],
  ] as const) {
    it(`to ${host} names ${named || 'no host'} to a server that may have many, and is for HTTP/1.1`, async () => {
      const authority = createAuthority();
      const server = createServer({ ...authority.issue(), ALPNProtocols: ['h2', 'http/1.1'] });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const [[served], socket] = await Promise.all([
        once(server, 'secureConnection') as Promise<[{ servername?: unknown }]>,
        open(`https://${host}:${(server.address() as AddressInfo).port}`, { tls: { ca: [authority.cert] } }),
      ]);
      assert.deepEqual(
        [served.servername, (socket as Socket & { alpnProtocol?: unknown }).alpnProtocol],
        [named, 'http/1.1'],
      );
      server.close();
    });
  }
});

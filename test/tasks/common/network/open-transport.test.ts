import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../../../local/certificates.ts';
import type { CertificateSettings } from '../../../../tasks/common/agent/host.ts';
import { openTransport } from '../../../../tasks/common/network/open-transport.ts';
import { startScriptedServer } from '../../../support/scripted-server.ts';

const noFile = { caFile: '/no/such/ca.pem' };

describe('A connection opened for a step', () => {
  const contextOf = (certificates: CertificateSettings, environment: Record<string, string> = {}) => ({
    host: { proxy: () => undefined, certificates: () => certificates },
    environment,
  });
  const statusOf = async (url: string, certificates: CertificateSettings) => {
    const transport = openTransport(contextOf(certificates), url, 1);
    try {
      const { status } = await transport.send(
        { method: 'GET', path: '/', headers: {} },
        { timeout: 5000, signal: new AbortController().signal },
      );
      return status;
    } finally {
      await transport.close();
    }
  };

  it("goes by the agent's certificates over https, and needs none over http", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'open-'));
    const authority = createAuthority();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const secure = await startScriptedServer([{ status: 200 }], authority.issue());
    const plain = await startScriptedServer([{ status: 204 }]);
    try {
      assert.equal(await statusOf(secure.url, { caFile }), 200);
      assert.equal(await statusOf(plain.url, noFile), 204);
      await assert.rejects(statusOf(secure.url, noFile), { name: 'InputError' });
    } finally {
      await secure.close();
      await plain.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('tells a proxy that cannot be read, and what to do', () => {
    const context = contextOf({}, { HTTPS_PROXY: 'socks5://proxy:1' });
    assert.throws(() => openTransport(context, 'https://api.port.io', 1), {
      name: 'InputError',
      message:
        'HTTPS_PROXY starts with socks5://; only http and https proxies are supported. ' +
        'Correct it, or remove it where no proxy is needed.',
    });
  });
});

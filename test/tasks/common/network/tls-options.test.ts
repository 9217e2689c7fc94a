import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeTls from 'node:tls';
import { archiveOf, createAuthority } from '../../../../local/certificates.ts';
import type { CertificateSettings } from '../../../../tasks/common/agent/host.ts';
import { InputError, NetworkError } from '../../../../tasks/common/errors.ts';
import { type TlsOptions, tlsOptionsOf } from '../../../../tasks/common/network/tls-options.ts';
import { createTransport } from '../../../../tasks/common/network/transport.ts';
import { startRawServer } from '../../../support/raw-server.ts';
import { startScriptedServer } from '../../../support/scripted-server.ts';

interface NewerTls {
  getCACertificates: (type: 'default') => string[];
  setDefaultCACertificates: (certificates: string[]) => void;
}

const day = 24 * 60 * 60 * 1000;

describe('TLS', () => {
  const authority = createAuthority();
  const other = createAuthority('Another authority');
  let folder: string;
  const file = (name: string, content: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const request = async (server: ServerOptions, tls: TlsOptions) => {
    const target = await startScriptedServer([{ status: 200 }], server);
    const transport = createTransport({ origin: target.url, tls });
    try {
      const { status } = await transport.send(
        { method: 'GET', path: '/', headers: {} },
        { timeout: 5000, signal: new AbortController().signal },
      );
      return String(status);
    } catch (error) {
      assert.ok(error instanceof NetworkError, String(error));
      return error.fault;
    } finally {
      await transport.close();
      await target.close();
    }
  };
  const settings = (values: CertificateSettings) => tlsOptionsOf(values, undefined);
  const trusting = () => settings({ caFile: file('ca.pem', authority.cert) });

  describe('to a server', () => {
    it("is trusted by the agent's certificate authority", async () => {
      assert.equal(await request(authority.issue(), trusting()), '200');
    });

    it('is not trusted by an authority that nobody named', async () => {
      assert.equal(await request(authority.issue(), {}), 'tlsUntrusted');
      assert.equal(await request(other.issue(), trusting()), 'tlsUntrusted');
    });

    it('fails where the certificate has expired, or is not valid yet', async () => {
      const expired = { validFrom: new Date(Date.now() - 9 * day), validTo: new Date(Date.now() - day) };
      assert.equal(await request(authority.issue(expired), trusting()), 'tlsExpired');
      const early = { validFrom: new Date(Date.now() + day), validTo: new Date(Date.now() + 2 * day) };
      assert.equal(await request(authority.issue(early), trusting()), 'tlsExpired');
    });

    it('fails where the certificate is for another host', async () => {
      assert.equal(
        await request(authority.issue({ hosts: ['api.example.com'] }), trusting()),
        'tlsWrongHost',
      );
    });

    it('fails in the end where the server speaks no TLS', async () => {
      const plain = await startRawServer('HTTP/1.1 400 No\r\n\r\n');
      const transport = createTransport({ origin: `https://127.0.0.1:${plain.port}` });
      await assert.rejects(
        transport.send(
          { method: 'GET', path: '/', headers: {} },
          { timeout: 5000, signal: new AbortController().signal },
        ),
        { fault: 'tls', mayHaveArrived: false },
      );
      await transport.close();
      await plain.close();
    });
  });

  describe('with a client certificate', () => {
    const strict = () => ({
      ...authority.issue(),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const client = authority.issue({ hosts: ['agent.example.com'] });

    it('goes by PEM files', async () => {
      const options = settings({
        caFile: file('ca.pem', authority.cert),
        certFile: file('client.pem', client.cert),
        keyFile: file('client.key', client.key),
      });
      assert.equal(await request(strict(), options), '200');
    });

    it('goes by an archive with a passphrase', async () => {
      const options = settings({
        caFile: file('ca.pem', authority.cert),
        archiveFile: file('client.pfx', archiveOf(client, 'p4ss')),
        passphrase: 'p4ss',
      });
      assert.equal(await request(strict(), options), '200');
    });
  });

  describe("settings that can't be used", () => {
    const message = (values: CertificateSettings): string => {
      try {
        settings(values);
      } catch (error) {
        assert.ok(error instanceof InputError);
        return error.message;
      }
      return '';
    };

    it('name the file that cannot be read', () => {
      assert.match(
        message({ caFile: '/no/such/ca.pem' }),
        /^A certificate file of the agent cannot be read: .*\/no\/such\/ca\.pem/,
      );
    });

    it('are told before anything is sent: no PEM, a wrong passphrase, a key of another certificate', () => {
      const archiveFile = file('client.pfx', archiveOf(authority.issue(), 'right'));
      assert.match(
        message({ archiveFile, passphrase: 'wrong' }),
        /^The agent's certificates cannot be used: /,
      );
      assert.match(
        message({ certFile: file('bad.pem', 'hello'), keyFile: file('bad.key', 'hello') }),
        /^The agent's certificates cannot be used: .* Correct the agent's SSL settings/,
      );
    });

    it('never show the passphrase', () => {
      const archiveFile = file('client.pfx', archiveOf(authority.issue(), 'right'));
      assert.doesNotMatch(message({ archiveFile, passphrase: 'wr0ng-passphrase' }), /wr0ng/);
    });
  });

  it("needs nothing besides Node's defaults without settings", () => {
    assert.deepEqual(tlsOptionsOf({}, '/no/such/file.pem'), {});
  });

  it('leaves out half a pair of certificate and key, and a passphrase for nothing', () => {
    assert.deepEqual(settings({ certFile: '/no/such/cert.pem' }), {});
    assert.deepEqual(settings({ keyFile: '/no/such/key.pem' }), {});
    assert.deepEqual(settings({ passphrase: 'p4ss' }), {});
    const archive = archiveOf(authority.issue(), '');
    assert.deepEqual(settings({ archiveFile: file('open.pfx', archive) }), { pfx: archive });
  });

  it("keeps Node's own authorities beside the agent's, and goes on where NODE_EXTRA_CA_CERTS cannot be read", () => {
    const { ca = [] } = tlsOptionsOf({ caFile: file('ca.pem', authority.cert) }, '/no/such/file.pem');
    assert.ok(ca.length > 50);
    assert.equal(ca.at(-1), authority.cert);
  });

  it('keeps the authorities that Node was told to trust, be they of the system or of a file', () => {
    const { getCACertificates, setDefaultCACertificates } = nodeTls as unknown as NewerTls;
    const before = getCACertificates('default');
    setDefaultCACertificates([other.cert]);
    try {
      assert.deepEqual(trusting().ca, [...getCACertificates('default'), authority.cert]);
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it('puts them together from NODE_EXTRA_CA_CERTS where Node cannot tell them, as before 22.15', () => {
    const { getCACertificates } = nodeTls as unknown as NewerTls;
    Reflect.deleteProperty(nodeTls, 'getCACertificates');
    syncBuiltinESMExports();
    try {
      const caFile = file('ca.pem', authority.cert);
      const added = (extra: string | undefined) => tlsOptionsOf({ caFile }, extra).ca;
      const own = nodeTls.rootCertificates;
      assert.deepEqual(added(file('extra.pem', other.cert)), [...own, other.cert, authority.cert]);
      for (const none of [undefined, '/no/such/file.pem'])
        assert.deepEqual(added(none), [...own, authority.cert]);
    } finally {
      Object.assign(nodeTls, { getCACertificates });
      syncBuiltinESMExports();
    }
  });
});

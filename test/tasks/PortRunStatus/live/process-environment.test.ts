import assert from 'node:assert/strict';
import { processEnvironment } from '../../../../tasks/PortRunStatus/live/process-environment.ts';

describe('The environment of the live progress', () => {
  const taken: Readonly<Record<string, string>> = {
    '--use-system-ca': '--use-system-ca',
    '--max-old-space-size=100 --use-openssl-ca': '--use-openssl-ca',
    '--require ./setup.js --use-bundled-ca --inspect': '--use-bundled-ca',
    '--tls-min-v1.2 --tls-cipher-list=A:B': '--tls-min-v1.2 --tls-cipher-list=A:B',
    '--openssl-config="C:\\Program Files\\openssl.cnf" -r x':
      '--openssl-config="C:\\Program Files\\openssl.cnf"',
    '--openssl-config /etc/ssl.cnf --use-system-ca': '--openssl-config /etc/ssl.cnf --use-system-ca',
  };
  for (const [options, expected] of Object.entries(taken))
    it(`has of NODE_OPTIONS "${options}" what is about certificates`, () => {
      assert.deepEqual(processEnvironment({ NODE_OPTIONS: options }), { NODE_OPTIONS: expected });
    });

  it('has no NODE_OPTIONS where nothing of it is about certificates', () => {
    assert.deepEqual(processEnvironment({ NODE_OPTIONS: '--require ./x.js --title=--use-system-ca.js' }), {});
  });

  it('has the variables about certificates, in any case, and no secret', () => {
    const all = {
      ...{
        Path: 'p',
        NODE_EXTRA_CA_CERTS: 'a',
        NODE_USE_SYSTEM_CA: '1',
        SSL_CERT_FILE: 'f',
        https_proxy: 'x',
      },
      ...{ SECRET_PASSWORD: 's', ENDPOINT_AUTH_X: 's', INPUT_CLIENTSECRET: 's', SYSTEM_ACCESSTOKEN: 's' },
    };
    assert.deepEqual(Object.keys(processEnvironment(all)), [
      'Path',
      'NODE_EXTRA_CA_CERTS',
      'NODE_USE_SYSTEM_CA',
      'SSL_CERT_FILE',
      'https_proxy',
    ]);
  });
});

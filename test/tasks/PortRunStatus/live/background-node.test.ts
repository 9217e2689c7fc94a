import assert from 'node:assert/strict';
import { delimiter, resolve } from 'node:path';
import { backgroundNode } from '../../../../tasks/PortRunStatus/live/background-node.ts';

const script = resolve('_tasks', 'PortRunStatus', 'background.js');

const flagsFor = (options: string, execArgv: readonly string[] = []): readonly string[] =>
  backgroundNode(script, { NODE_OPTIONS: options }, execArgv).args;

describe('The process of the live progress', () => {
  it('stands in the folder of its script, not in that of the sources', () => {
    assert.equal(backgroundNode(script, {}, []).cwd, resolve('_tasks', 'PortRunStatus'));
  });

  it('inherits what says which certificates count, whatever the case of the names', () => {
    const env = {
      Path: 'bin',
      SystemRoot: 'C:\\Windows',
      NODE_USE_SYSTEM_CA: '1',
      Node_Extra_Ca_Certs: resolve('ca.pem'),
      SSL_CERT_FILE: resolve('all.pem'),
      https_proxy: 'http://proxy:3128',
    };
    assert.deepEqual(backgroundNode(script, env, []).env, env);
  });

  it('finds certificates by absolute paths, for it stands elsewhere', () => {
    const { env } = backgroundNode(
      script,
      { NODE_EXTRA_CA_CERTS: 'ca.pem', SSL_CERT_DIR: `certs${delimiter}more`, OPENSSL_CONF: '' },
      [],
    );
    assert.deepEqual(env, {
      NODE_EXTRA_CA_CERTS: resolve('ca.pem'),
      SSL_CERT_DIR: `${resolve('certs')}${delimiter}${resolve('more')}`,
      OPENSSL_CONF: '',
    });
  });

  it('leaves out a variable that has no value', () => {
    assert.deepEqual(backgroundNode(script, { PATH: undefined, HOME: 'home' }, []).env, { HOME: 'home' });
  });

  it('takes over nothing from other variables than NODE_OPTIONS', () => {
    assert.deepEqual(backgroundNode(script, { OTHER: '--use-system-ca' }, []).args, [script]);
  });

  it('is given no secret, and no option of Node that has to do with anything else', () => {
    const { args, env } = backgroundNode(
      script,
      {
        SECRET_PASSWORD: 'x',
        SYSTEM_ACCESSTOKEN: 'x',
        ENDPOINT_AUTH_PORT: 'x',
        INPUT_CLIENTSECRET: 'x',
        NODE_OPTIONS: '--require=./hook.js --max-old-space-size=64 --title=secret',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_USE_SYSTEM_CA_2: 'x',
      },
      ['--inspect'],
    );
    assert.deepEqual({ args, env }, { args: [script], env: {} });
  });

  const options: readonly [string, readonly string[]][] = [
    ['', []],
    ['--use-system-ca', ['--use-system-ca']],
    ['  --no-warnings  --use-openssl-ca ', ['--use-openssl-ca']],
    ['--use-system-ca-x --tls-keylog=x', []],
    ['"--use-system-ca" --tls-min-v1.3', ['--use-system-ca', '--tls-min-v1.3']],
    ['--tls-cipher-list="A B" --title x', ['--tls-cipher-list=A B']],
    ['--tls-cipher-list A:B', ['--tls-cipher-list', 'A:B']],
    [String.raw`--openssl-config="a \"b\".cnf"`, [`--openssl-config=${resolve('a "b".cnf')}`]],
    [
      '--openssl-config my.cnf --openssl-legacy-provider',
      ['--openssl-config', resolve('my.cnf'), '--openssl-legacy-provider'],
    ],
    ['--use-system-ca --tls-cipher-list', ['--use-system-ca', '--tls-cipher-list']],
  ];
  for (const [given, expected] of options) {
    it(`takes over ${expected.length === 0 ? 'nothing' : 'what concerns TLS'} from NODE_OPTIONS "${given}"`, () => {
      assert.deepEqual(flagsFor(given), [...expected, script]);
    });
  }

  it('lets an option of the command line come after those of NODE_OPTIONS, as Node does', () => {
    assert.deepEqual(flagsFor('--use-system-ca', ['--enable-source-maps', '--no-use-system-ca']), [
      ...['--use-system-ca', '--no-use-system-ca'],
      script,
    ]);
  });

  it('reads NODE_OPTIONS in any case', () => {
    assert.deepEqual(backgroundNode(script, { Node_Options: '--use-system-ca' }, []).args, [
      '--use-system-ca',
      script,
    ]);
  });
});

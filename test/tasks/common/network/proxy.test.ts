import assert from 'node:assert/strict';
import type { ProxySettings } from '../../../../tasks/common/agent/host.ts';
import { chooseProxy } from '../../../../tasks/common/network/proxy.ts';

const port = new URL('https://api.port.io');
const agent = (settings: Partial<ProxySettings> = {}): ProxySettings => ({
  url: 'http://agent-proxy:8080',
  username: undefined,
  password: undefined,
  bypassList: undefined,
  ...settings,
});

describe('The choice of a proxy', () => {
  it("is the agent's first, then HTTPS_PROXY, then ALL_PROXY", () => {
    const environment = { HTTPS_PROXY: 'http://one:1', ALL_PROXY: 'http://two:2' };
    assert.equal(chooseProxy(port, agent(), environment)?.url.host, 'agent-proxy:8080');
    assert.equal(chooseProxy(port, undefined, environment)?.url.host, 'one:1');
    assert.equal(chooseProxy(port, undefined, { HTTPS_PROXY: '', all_proxy: 'two:2' })?.url.host, 'two:2');
    assert.equal(chooseProxy(port, undefined, { ALL_PROXY: 'two:2' })?.url.host, 'two:2');
    assert.equal(chooseProxy(port, undefined, { https_proxy: 'one:1' })?.url.host, 'one:1');
    assert.equal(chooseProxy(port, undefined, {}), undefined);
  });

  it('says where it came from', () => {
    assert.equal(chooseProxy(port, agent(), {})?.source, "the agent's proxy");
    assert.equal(chooseProxy(port, undefined, { https_proxy: 'one:1' })?.source, 'https_proxy');
  });

  it("leaves out NO_PROXY where the agent's proxy counts, as the agent does", () => {
    assert.ok(chooseProxy(port, agent(), { NO_PROXY: '*' }));
  });

  it('is none for the loopback and for plain http', () => {
    for (const target of [
      'https://localhost:3000',
      'https://127.0.0.1',
      'https://127.10.20.30',
      'https://[::1]',
      'http://tfs:8080/tfs',
    ])
      assert.equal(chooseProxy(new URL(target), agent(), {}), undefined, target);
  });

  it('is one for a host whose name only looks like the loopback', () => {
    for (const target of [
      'https://x127.0.0.1.example.com',
      'https://127.0.0.1.example.com',
      'https://localhost.example.com',
    ])
      assert.ok(chooseProxy(new URL(target), agent(), {}), target);
  });

  it('goes by https, and by http where no scheme is given', () => {
    const urlOf = (HTTPS_PROXY: string) => chooseProxy(port, undefined, { HTTPS_PROXY })?.url.href;
    assert.equal(urlOf('https://proxy:3129'), 'https://proxy:3129/');
    assert.equal(urlOf('proxy:3128'), 'http://proxy:3128/');
    assert.equal(urlOf('[fd00::1]:3128'), 'http://[fd00::1]:3128/');
  });

  it('takes the login from the settings, else out of the URL, which then holds none', () => {
    const login = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const own = chooseProxy(port, agent({ username: 'dömäin\\user', password: 'p@ss:word' }), {});
    assert.equal(own?.authorization, login('dömäin\\user:p@ss:word'));
    const inUrl = chooseProxy(port, undefined, { HTTPS_PROXY: 'http://user:p%40ss@proxy:1' });
    assert.equal(inUrl?.authorization, login('user:p@ss'));
    assert.equal(inUrl.url.href, 'http://proxy:1/');
    const unescaped = chooseProxy(port, undefined, { HTTPS_PROXY: 'http://user:100%@proxy:1' });
    assert.equal(unescaped?.authorization, login('user:100%'));
    assert.equal(chooseProxy(port, agent(), {})?.authorization, undefined);
  });

  it('refuses what is no http proxy, by the name of its setting and without its text', () => {
    const bad = (HTTPS_PROXY: string) => () => chooseProxy(port, undefined, { HTTPS_PROXY });
    assert.throws(bad('socks5://u:s3cret@proxy:1'), {
      message: 'HTTPS_PROXY starts with socks5://; only http and https proxies are supported',
    });
    assert.throws(bad('http://u:s3cret@:::'), { message: 'HTTPS_PROXY is not a URL' });
  });
});

describe("The agent's bypass list", () => {
  const cases: [list: string | undefined, isBypassed: boolean][] = [
    [undefined, false],
    ['', false],
    ['not json', false],
    ['{"a":1}', false],
    ['[]', false],
    ['[""]', false],
    ['[1,null]', false],
    ['[["port"]]', false],
    [String.raw`["api\\.port\\.io"]`, true],
    [String.raw`["API\\.PORT\\.IO"]`, true],
    [String.raw`["^https://.*\\.port\\.io/?"]`, true],
    [String.raw`["*.port.io"]`, false],
    [String.raw`["*.port.io", "(", "port\\.io"]`, true],
    [String.raw`["other\\.example\\.com"]`, false],
  ];
  for (const [list, isBypassed] of cases) {
    it(`${isBypassed ? 'names' : 'does not name'} the host as ${list ?? 'nothing'}`, () => {
      assert.equal(chooseProxy(port, agent({ bypassList: list }), {}) === undefined, isBypassed);
    });
  }
});

describe('NO_PROXY', () => {
  const cases: [target: string, list: string, isNamed: boolean][] = [
    ['https://api.port.io', '*', true],
    ['https://api.port.io', 'port.io', true],
    ['https://api.port.io', '.port.io', true],
    ['https://api.port.io', '*.port.io', true],
    ['https://api.port.io', 'API.Port.IO', true],
    ['https://api.port.io', 'a.example.com, \t port.io', true],
    ['https://api.port.io', 'a.example.com port.io', true],
    ['https://api.port.io.', 'port.io.', true],
    ['https://api.port.io', 'port.io:443', true],
    ['https://api.port.io', 'port.io:8443', false],
    ['https://api.port.io:8443', 'port.io:8443', true],
    ['https://api.port.io', 'port.io:443x', false],
    ['https://api.port.io', 'x:port.io:443', false],
    ['https://api.port.io', 'other.example.com:443', false],
    ['https://api.port.io', 'ort.io', false],
    ['https://api.port.io', 'evil-port.io', false],
    ['https://api.port.io', 'api.port.io.example.com', false],
    ['https://api.port.io', '', false],
    ['https://api.port.io', ',,', false],
    ['https://api.port.io', '.', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://10.1.2.3', '10.0.0.0/x', false],
    ['https://api.port.io', '10.0.0.0/8', false],
    ['https://[fd00::5]', 'fd00::5', true],
    ['https://[fd00::5]', '[fd00::5]', true],
    ['https://[fd00::5]', '[fd00::5]:443', true],
    ['https://[fd00::5]', '[fd00::5]:8443', false],
    ['https://[fd00::5]', 'x[fd00::5]', false],
    ['https://[fd00::5]', '[fd00::5]x', false],
    ['https://[fd00::5]', 'fd00:0:0::5', true],
    ['https://[fd00::5]', 'fd00::/8', true],
    ['https://[fe00::5]', 'fd00::/8', false],
  ];
  for (const [target, list, isNamed] of cases) {
    it(`${isNamed ? 'names' : 'does not name'} ${target} as "${list}"`, () => {
      const environment = { HTTPS_PROXY: 'http://proxy:1', no_proxy: list };
      assert.equal(chooseProxy(new URL(target), undefined, environment) === undefined, isNamed);
    });
  }
});

import assert from 'node:assert/strict';
import { InputError } from '../../../../tasks/common/errors.ts';
import { type Connection, readConnection } from '../../../../tasks/common/inputs/connection.ts';
import { InputReader } from '../../../../tasks/common/inputs/input-reader.ts';
import { FakeHost, type FakeHostOptions } from '../../../support/fake-host.ts';

const credentials = { clientId: 'id', clientSecret: 's3cret-value' };

function read(options: FakeHostOptions): {
  connection: Connection;
  host: FakeHost;
  problems: readonly string[];
} {
  const host = new FakeHost(options);
  const reader = new InputReader(host);
  const connection = readConnection(reader, host);
  try {
    reader.finish();
    return { connection, host, problems: [] };
  } catch (error) {
    assert.ok(error instanceof InputError);
    return { connection, host, problems: error.problems };
  }
}

describe('The connection', () => {
  it('is the service connection where one is given, even beside inputs and variables', () => {
    const { connection, host, problems } = read({
      inputs: { portConnection: 'guid', ...credentials, baseUrl: 'https://other.example.com' },
      connections: { guid: { url: 'https://api.us.port.io/', username: 'sc-id', password: 'sc-secret' } },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(connection, {
      apiUrl: 'https://api.us.port.io',
      appUrl: 'https://app.us.port.io',
      clientId: 'sc-id',
      clientSecret: 'sc-secret',
    });
    assert.deepEqual(host.masked, ['sc-secret']);
  });

  it('is read from the inputs, else from the variables, secret or not, one by one', () => {
    const { connection } = read({
      inputs: { clientId: 'from-input', clientSecret: '$(PORT_CLIENT_SECRET)' },
      variables: { PORT_CLIENT_ID: 'from-variable', PORT_BASE_URL: 'https://port.example.com/api/' },
      secrets: { PORT_CLIENT_SECRET: 'secret-variable' },
    });
    assert.deepEqual(connection, {
      apiUrl: 'https://port.example.com/api',
      appUrl: 'https://app.port.io',
      clientId: 'from-input',
      clientSecret: 'secret-variable',
    });
  });

  it('names everything that is missing at once', () => {
    assert.deepEqual(read({}).problems, [
      "Port's client id is missing. Set input portConnection, or input clientId, or variable PORT_CLIENT_ID.",
      "Port's client secret is missing. Set input portConnection, or input clientSecret, or variable PORT_CLIENT_SECRET.",
    ]);
    assert.match(
      read({ inputs: { portConnection: 'guid' } }).problems[0] ?? '',
      /service connection of input portConnection has no client id/,
    );
  });

  it('names an expression that nothing replaced, and no text that may be a secret', () => {
    const problem = (clientSecret: string) =>
      read({ inputs: { clientId: 'id', clientSecret } }).problems[0] ?? '';
    assert.match(
      problem('$(PORT_CLIENT_SECRET)'),
      /^Input clientSecret is "\$\(PORT_CLIENT_SECRET\)", which nothing replaced/,
    );
    assert.match(
      problem('hunter2$(x)hunter2'),
      /^Input clientSecret is text with an expression, which nothing replaced/,
    );
  });

  const urls: [given: string, apiUrl: string, appUrl: string][] = [
    ['https://api.port.io', 'https://api.port.io', 'https://app.port.io'],
    ['https://API.Port.io/', 'https://api.port.io', 'https://app.port.io'],
    ['https://api.port.io/v1', 'https://api.port.io', 'https://app.port.io'],
    ['https://api.port.io/v1/', 'https://api.port.io', 'https://app.port.io'],
    ['https://api.us.getport.io', 'https://api.us.getport.io', 'https://app.us.getport.io'],
    ['https://port.example.com:8443/a/', 'https://port.example.com:8443/a', 'https://app.port.io'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000', 'http://[::1]:3000'],
    ['http://localhost:3000', 'http://localhost:3000', 'http://localhost:3000'],
  ];
  for (const [baseUrl, apiUrl, appUrl] of urls) {
    it(`takes ${baseUrl}`, () => {
      const { connection, problems } = read({ inputs: { ...credentials, baseUrl } });
      assert.deepEqual([connection.apiUrl, connection.appUrl, problems], [apiUrl, appUrl, []]);
    });
  }

  const refused: [given: string, problem: RegExp][] = [
    ['http://api.port.io', /would send the client secret unencrypted/],
    ['http://127.0.0.1.example.com', /would send the client secret unencrypted/],
    ['http://localhost.example.com', /would send the client secret unencrypted/],
    ['http://user@127.0.0.1', /holds a user name or password/],
    ['api.port.io', /"api\.port\.io" is not a web address/],
    ['api.port.io:443', /"api\.port\.io:443" is not a web address/],
    ['ftp://api.port.io', /is not a web address/],
    ['file:///etc/passwd', /is not a web address/],
    ['not a url\nat all', /^baseUrl "not a url at all" is not a web address/],
    ['https://app.port.io', /is Port's web app\. Its API is https:\/\/api\.port\.io\./],
    ['https://app.us.getport.io/x', /Its API is https:\/\/api\.us\.getport\.io\./],
  ];
  for (const [baseUrl, problem] of refused) {
    it(`refuses ${JSON.stringify(baseUrl)}`, () => {
      const { problems } = read({ inputs: { ...credentials, baseUrl } });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, createAuthority } from '../../local/certificates.ts';
import type { LocalPort } from '../../local/port/index.ts';
import { itNamesEveryTask } from '../support/every-task.ts';
import { inParallel } from '../support/in-parallel.ts';
import { type ProxyOptions, type ProxyServer, startProxy } from '../support/proxy-server.ts';
import { type TaskProcess, type TaskProcessOptions, runTaskProcess } from '../support/task-process.ts';
import { entityState, runState, startFilledPort, startRun } from './port-fixture.ts';

const host = 'api.port.test';
const day = 24 * 60 * 60 * 1000;
const password = 'pr0xy-p@ss/word';
const login = `Basic ${Buffer.from(`agent:${password}`).toString('base64')}`;

/** Steps of the tasks that need nothing but a connection. */
const steps: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PortRunStatus: { status: 'success' },
  PortUpsertEntity: { blueprint: 'service', identifier: 'one' },
  PortGetEntity: { blueprint: 'service', identifier: 'one', failIfMissing: 'false' },
  PortSearchEntities: { blueprint: 'service', query: '{"combinator":"and","rules":[]}' },
  PortDeleteEntity: { blueprint: 'service', identifier: 'one' },
  PortExecuteAction: { action: 'deploy', wait: 'false' },
  PortGate: {
    blueprint: 'service',
    identifier: 'one',
    conditions: 'properties.note != x',
    ifMissing: 'pass',
  },
  PortDeployment: {
    blueprint: 'service',
    identifier: 'one',
    environment: 'test',
    record: 'now',
    status: 'success',
  },
};

describe('The tests of connections', () => {
  itNamesEveryTask(
    Object.keys(steps),
    'add the inputs of a step that needs nothing but a connection to `steps`',
  );
});

describe('The built tasks', function () {
  this.timeout(30_000);
  const authority = createAuthority();
  let folder: string;
  let caFile: string;
  let port: LocalPort;
  let proxy: ProxyServer | undefined;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'connection-'));
    caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
  });
  after(() => rmSync(folder, { recursive: true }));

  const startPort = async (tls: Certificate) => {
    port = await startFilledPort({ tls });
  };
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
    await port.close();
  });
  const run = async (
    options: TaskProcessOptions & { url?: string; task?: string } = {},
  ): Promise<TaskProcess> => {
    const { url = port.url, task = 'PortRunStatus', inputs, variables, ...others } = options;
    return runTaskProcess(task, {
      inputs: {
        baseUrl: url,
        clientId: port.clientId,
        clientSecret: port.clientSecret,
        ...steps[task],
        ...inputs,
      },
      variables: { 'System.Debug': 'true', ...variables },
      ...others,
    });
  };

  describe('over TLS', () => {
    const trusting = () => ({ variables: { 'Agent.CAInfo': caFile } });

    it("trust the agent's certificate authority", async () => {
      await startPort(authority.issue());
      const runId = await startRun(port);
      const { result } = await run({ ...trusting(), inputs: { runId } });
      assert.equal(result, 'Succeeded');
      assert.equal(runState(port, runId), 'SUCCESS, 0 log entries');
    });

    it('trust NODE_EXTRA_CA_CERTS, alone and beside another authority of the agent', async () => {
      await startPort(authority.issue());
      const environment = { NODE_EXTRA_CA_CERTS: caFile };
      const other = join(folder, 'other.pem');
      writeFileSync(other, createAuthority('Another authority').cert);
      const task = 'PortUpsertEntity';
      assert.equal((await run({ task, environment })).result, 'Succeeded');
      assert.equal(
        (await run({ task, environment, variables: { 'Agent.CAInfo': other } })).result,
        'Succeeded',
      );
    });

    it('all refuse a certificate that nobody named, without a second try', async () => {
      await startPort(authority.issue());
      const results = await inParallel(
        Object.keys(steps).map((task) => () => run({ task, inputs: { runId: 'r_abcdef' } })),
        3,
      );
      for (const { result, message, exitCode } of results) {
        assert.deepEqual({ result, exitCode }, { result: 'Failed', exitCode: 0 });
        assert.match(
          message,
          /unable to verify the first certificate.*Behind a proxy that inspects TLS, give the agent its certificate authority/,
        );
        assert.match(message, /\[PORT_NETWORK\]$/);
      }
      assert.equal(port.requests.filter(({ path }) => path.endsWith('/access_token')).length, 0);
    });

    it('refuse it where NODE_TLS_REJECT_UNAUTHORIZED=0 asks for no checks, behind a proxy too', async () => {
      await startPort(authority.issue());
      proxy = await startProxy({ tls: authority.issue() });
      const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      for (const variables of [{ 'Agent.ProxyUrl': proxy.url }, {}]) {
        const { result, message } = await run({ environment, variables, inputs: { runId: 'r_abcdef' } });
        assert.equal(result, 'Failed');
        assert.match(message, /\[PORT_NETWORK\]$/);
      }
      assert.equal(port.requests.filter(({ path }) => path.endsWith('/access_token')).length, 0);
    });

    const certificates = [
      {
        what: 'has expired',
        options: { validFrom: new Date(Date.now() - 9 * day), validTo: new Date(Date.now() - day) },
        says: /certificate has expired.*not valid today\. Check the clock of the agent's machine/,
      },
      {
        what: 'is for another host',
        options: { hosts: ['other.example.com'] },
        says: /does not match certificate's altnames.*is for another host\. Check the API URL/,
      },
    ];
    for (const { what, options, says } of certificates) {
      it(`refuse a certificate that ${what}, and say what to do`, async () => {
        await startPort(authority.issue(options));
        const { result, message, duration } = await run({ ...trusting(), inputs: { runId: 'r_abcdef' } });
        assert.equal(result, 'Failed');
        assert.match(message, says);
        assert.ok(duration < 3000);
      });
    }

    it("name the agent's certificate file that cannot be read", async () => {
      await startPort(authority.issue());
      const { result, message } = await run({
        inputs: { runId: 'r_abcdef' },
        variables: { 'Agent.CAInfo': '/no/such.pem' },
      });
      assert.equal(result, 'Failed');
      assert.match(
        message,
        /^A certificate file of the agent cannot be read: .*no[\\/]such\.pem.*\[PORT_INPUT\]$/,
      );
    });
  });

  describe('through a proxy', () => {
    /** A Port that only the proxy can find. */
    const start = async (
      options: ProxyOptions = {},
    ): Promise<{ url: string; variables: Record<string, string> }> => {
      await startPort(authority.issue({ hosts: [host] }));
      proxy = await startProxy({ target: Number(new URL(port.url).port), ...options });
      return { url: `https://${host}`, variables: { 'Agent.CAInfo': caFile, 'Agent.ProxyUrl': proxy.url } };
    };

    it("go through the agent's, with its login, and end at once", async () => {
      const options = await start({ authorization: login });
      const variables = { ...options.variables, 'Agent.ProxyUsername': 'agent' };
      const secrets = { 'Agent.ProxyPassword': password };
      for (const task of Object.keys(steps)) {
        const runId = await startRun(port);
        const process = await run({ ...options, task, inputs: { runId }, variables, secrets });
        assert.equal(process.result, 'Succeeded', process.output);
        assert.ok(process.duration < 3000, `${task}: ${process.duration} ms`);
        for (const text of [password, login.slice(6)])
          assert.ok(!process.output.includes(text), process.output);
      }
      assert.ok(proxy?.asked.every((authority_) => authority_ === `${host}:443`));
    });

    it('go through HTTPS_PROXY, unless NO_PROXY names the host', async () => {
      const { url } = await start({ authorization: login });
      const HTTPS_PROXY = proxy?.url.replace('://', `://agent:${encodeURIComponent(password)}@`) ?? '';
      const variables = { 'Agent.CAInfo': caFile };
      const task = 'PortUpsertEntity';
      const process = await run({ url, task, variables, environment: { HTTPS_PROXY } });
      assert.equal(process.result, 'Succeeded', process.output);
      assert.ok(!process.output.includes(password) && !process.output.includes(encodeURIComponent(password)));
      assert.equal(entityState(port), 'one undefined');
      const direct = await run({
        url,
        task,
        variables,
        environment: { HTTPS_PROXY, NO_PROXY: '.port.test' },
        inputs: { timeoutSeconds: '2' },
      });
      assert.match(direct.message, /getaddrinfo .*api\.port\.test/);
    });

    it("leave out the agent's for what its bypass list names, whatever else stands in it", async () => {
      const options = await start();
      const bypass = JSON.stringify(['*.bad', '(', '\\.port\\.test']);
      const variables = { ...options.variables, 'Agent.ProxyBypassList': bypass };
      const { message } = await run({
        ...options,
        variables,
        inputs: { runId: 'r_abcdef', timeoutSeconds: '2' },
      });
      assert.match(message, /getaddrinfo/);
      assert.deepEqual(proxy?.asked, []);
    });

    const once = { least: 1, most: 1 };
    const several = { least: 2, most: 4 };
    const troubles: {
      what: string;
      options: ProxyOptions;
      says: RegExp;
      /** A proxy that refuses is a mistake, one that fails is an outage, which fails no report by default. */
      result: 'Failed' | 'SucceededWithIssues';
      tries: { least: number; most: number };
    }[] = [
      {
        what: 'refuses the host',
        options: { mode: 403 },
        says: /refused the tunnel \(403\)\. Allow the host in the proxy/,
        result: 'Failed',
        tries: { least: 2, most: 2 },
      },
      {
        what: 'asks for a login',
        options: { mode: 407 },
        says: /asks for a login \(407\)\. Give the agent the proxy's user name and password/,
        result: 'Failed',
        tries: once,
      },
      {
        what: 'says nothing',
        options: { mode: 'hang' },
        says: /no answer within [.\d]+ s.*No time is left/,
        result: 'SucceededWithIssues',
        tries: once,
      },
      {
        what: 'hangs up',
        options: { mode: 'close' },
        says: /cannot be reached: other side closed\. Check the proxy's address/,
        result: 'SucceededWithIssues',
        tries: several,
      },
      {
        what: 'fails itself',
        options: { mode: 503 },
        says: /could not open the tunnel \(503\)\. The proxy itself does not reach Port/,
        result: 'SucceededWithIssues',
        tries: several,
      },
    ];
    for (const { what, options, says, result, tries } of troubles) {
      it(`that ${what} end within their budget, and say what to do`, async () => {
        const connection = await start(options);
        const process = await run({ ...connection, inputs: { runId: 'r_abcdef', timeoutSeconds: '1' } });
        assert.equal(process.result, result);
        assert.match(process.message, says);
        // Of tries that may go on, as many as chance and the budget leave room for.
        const asked = proxy?.asked.length ?? 0;
        assert.ok(asked >= tries.least && asked <= tries.most, `${asked} tries`);
        assert.ok(process.duration < 3500, `${process.duration} ms`);
      });
    }
  });
});

import assert from 'node:assert/strict';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { agentNodes } from '../../../local/agent/nodes.ts';
import { type TaskProcessOptions, runTaskProcess } from '../../support/task-process.ts';

/** Any HTTP server: it answers what the tasks need and keeps what they sent. */
interface Recorder {
  readonly url: string;
  readonly requests: { line: string; body: unknown; userAgent: string | undefined }[];
  close(): Promise<void>;
}

async function startRecorder(): Promise<Recorder> {
  const requests: Recorder['requests'] = [];
  const server: Server = createServer((request, response) => {
    void json(request)
      .catch(() => undefined)
      .then((body) => {
        const line = `${request.method} ${request.url}`;
        requests.push({ line, body, userAgent: request.headers['user-agent'] });
        const answer = line.includes('access_token')
          ? { ok: true, accessToken: 'a-token-of-port', expiresIn: 10800, tokenType: 'Bearer' }
          : {
              ok: true,
              run: { id: 'r_abcdefgh12345678', status: 'IN_PROGRESS' },
              entity: { identifier: 'one' },
              runs: [],
            };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const runId = 'r_abcdefgh12345678';

for (const [name, node] of Object.entries(agentNodes)) {
  describe(`the built tasks as bare processes on ${name}`, () => {
    let server: Recorder;
    beforeEach(async () => {
      server = await startRecorder();
    });
    afterEach(() => server.close());

    const run = (task: string, options: TaskProcessOptions) => runTaskProcess(task, { node, ...options });
    const endpoint = () => ({
      ENDPOINT_URL_C0FFEE: server.url,
      INPUT_PORTCONNECTION: 'C0FFEE',
      ENDPOINT_AUTH_SCHEME_C0FFEE: 'UsernamePassword',
      ENDPOINT_AUTH_PARAMETER_C0FFEE_USERNAME: 'the-client',
      ENDPOINT_AUTH_PARAMETER_C0FFEE_PASSWORD: 'the-secret-of-the-client',
      ENDPOINT_AUTH_C0FFEE: JSON.stringify({
        scheme: 'UsernamePassword',
        parameters: { username: 'the-client', password: 'the-secret-of-the-client' },
      }),
    });

    it('PortRunStatus takes a service connection and sends log, status, label, link and summary in three requests', async () => {
      const { result, exitCode, completions } = await run('PortRunStatus', {
        environment: endpoint(),
        inputs: {
          runId,
          status: 'success',
          statusLabel: 'Deployed',
          logMessage: 'one\ntwo',
          link: 'https://example.com/app',
          summary: '# Done',
        },
      });
      assert.deepEqual([result, exitCode, completions], ['Succeeded', 0, 1]);
      assert.deepEqual(
        server.requests.map(({ line }) => line),
        [
          'POST /v1/auth/access_token',
          `POST /v1/actions/runs/${runId}/logs`,
          `PATCH /v1/actions/runs/${runId}?version=v2`,
        ],
      );
      assert.deepEqual(
        server.requests.map(({ body }) => body),
        [
          { clientId: 'the-client', clientSecret: 'the-secret-of-the-client' },
          { message: 'one\ntwo' },
          {
            status: 'SUCCESS',
            statusLabel: 'Deployed',
            link: ['https://example.com/app'],
            summary: '# Done',
          },
        ],
      );
      assert.match(server.requests[0]?.userAgent ?? '', /^azure-devops-extension\/\d+\.\d+\.\d+$/);
    });

    it('PortRunStatus ends a run with its last log line where nothing else is to be sent', async () => {
      const inputs = {
        runId,
        status: 'failure',
        statusLabel: 'No',
        logMessage: 'bye',
        linkToPipeline: 'false',
        reportFailureDetails: 'false',
      };
      await run('PortRunStatus', { environment: endpoint(), inputs });
      assert.deepEqual(
        server.requests.slice(1).map(({ line, body }) => [line, body]),
        [
          [
            `POST /v1/actions/runs/${runId}/logs`,
            { message: 'bye', terminationStatus: 'FAILURE', statusLabel: 'No' },
          ],
        ],
      );
    });

    it('PortUpsertEntity writes an entity and ties it to the run', async () => {
      const { result } = await run('PortUpsertEntity', {
        environment: endpoint(),
        inputs: { runId, blueprint: 'deployment', identifier: 'one', properties: 'imageTag: "1.10"' },
      });
      assert.equal(result, 'Succeeded');
      const { line = '', body } = server.requests[1] ?? {};
      assert.equal(line.split('?')[0], 'POST /v1/blueprints/deployment/entities');
      assert.deepEqual(Object.fromEntries(new URL(`http://x${line.slice(5)}`).searchParams), {
        upsert: 'true',
        merge: 'true',
        validation_only: 'false',
        create_missing_related_entities: 'false',
        run_id: runId,
      });
      assert.deepEqual(body, { identifier: 'one', properties: { imageTag: '1.10' } });
    });

    it('PortRunStatus sends nothing after the job when it does not track it', async () => {
      const { result, shown } = await run('PortRunStatus', {
        entry: 'finish',
        environment: endpoint(),
        inputs: { runId, status: 'success' },
        variables: { 'Agent.JobStatus': 'Failed' },
      });
      assert.equal(result, 'Succeeded');
      assert.match(shown, /Nothing to report at the end of the job/);
      assert.deepEqual(server.requests, []);
    });

    const credentials = () => ({
      clientId: 'the-client',
      clientSecret: 'the-secret-of-the-client',
      baseUrl: server.url,
    });
    const badInput: readonly {
      name: string;
      task: string;
      inputs: () => Record<string, string>;
      message: RegExp;
      result?: string;
      signsIn?: boolean;
    }[] = [
      {
        name: 'no credentials',
        task: 'PortRunStatus',
        inputs: () => ({ runId, status: 'success' }),
        message:
          /Port's client id is missing\. Set input portConnection, or input clientId, or variable PORT_CLIENT_ID\./,
      },
      {
        name: 'half a credential',
        task: 'PortRunStatus',
        inputs: () => ({ runId, status: 'success', clientId: 'x' }),
        message: /^Port's client secret is missing\./,
      },
      {
        name: 'http to a foreign host',
        task: 'PortRunStatus',
        inputs: () => ({ ...credentials(), runId, baseUrl: 'http://port.example.com' }),
        message: /would send the client secret unencrypted/,
      },
      {
        name: "the web app's address",
        task: 'PortRunStatus',
        inputs: () => ({ ...credentials(), runId, baseUrl: 'https://app.port.io' }),
        message: /is Port's web app\. Its API is https:\/\/api\.port\.io/,
      },
      {
        name: 'the id of a workflow run',
        task: 'PortRunStatus',
        inputs: () => ({ ...credentials(), runId: 'wfr_abcdefgh12345678' }),
        message: /Pass the id of the node's run instead/,
      },
      {
        name: 'an id of nothing',
        task: 'PortRunStatus',
        inputs: () => ({ ...credentials(), runId: '42' }),
        message: /Input runId is "42", which is not a Port run id/,
      },
      {
        name: 'a status that is none',
        task: 'PortRunStatus',
        inputs: () => ({ ...credentials(), runId, status: 'done' }),
        message: /Input status is "done"/,
      },
      {
        name: 'a payload that is no JSON',
        task: 'PortRunStatus',
        inputs: () => ({ ...credentials(), payload: '{port_context: 1}' }),
        message: /Input payload is not JSON/,
      },
      {
        name: 'YAML that does not parse',
        task: 'PortUpsertEntity',
        inputs: () => ({ ...credentials(), blueprint: 'a', identifier: 'b', properties: 'a: 1\n b: [' }),
        message: /line 2/,
      },
      {
        name: 'an identifier with a space',
        task: 'PortUpsertEntity',
        inputs: () => ({ ...credentials(), blueprint: 'a', identifier: 'build 42' }),
        message: /build 42/,
      },
      {
        name: 'no blueprint',
        task: 'PortUpsertEntity',
        inputs: () => ({ ...credentials(), identifier: 'b' }),
        message: /blueprint/,
      },
    ];
    for (const { name: bad, task, inputs, message } of badInput) {
      it(`${task} fails with one clear message for ${bad}, and sends nothing`, async () => {
        const ended = await run(task, { inputs: inputs() });
        assert.deepEqual([ended.result, ended.exitCode, ended.completions], ['Failed', 0, 1]);
        assert.match(ended.message, message);
        assert.match(ended.message, /\[PORT_INPUT\]$/);
        assert.equal((ended.output.match(/##vso\[task\.logissue/g) ?? []).length, 1);
        assert.deepEqual(server.requests, []);
      });
    }

    it('PortRunStatus leaves out a link that is none, and ends the run', async () => {
      const { result, output } = await run('PortRunStatus', {
        inputs: { ...credentials(), runId, status: 'success', link: 'javascript:alert(1)' },
      });
      assert.equal(result, 'Succeeded');
      assert.match(output, /type=warning;.*not a web address.*The report goes on without it/);
      assert.deepEqual(server.requests.at(-1)?.body, { status: 'SUCCESS', statusLabel: 'Succeeded' });
    });

    it('PortRunStatus leaves out a link that nothing replaced, and reports the rest', async () => {
      const { result, output } = await run('PortRunStatus', {
        inputs: { ...credentials(), runId, status: 'failure', link: '$(appUrl)', externalRunId: '$(nope)' },
      });
      assert.equal(result, 'Succeeded');
      assert.match(output, /type=warning;.*which nothing replaced.*The report goes on without it/);
      assert.deepEqual(server.requests.at(-1)?.body, { status: 'FAILURE', statusLabel: 'Failed' });
    });

    it('PortRunStatus looks for the run by the external id after the job too', async () => {
      const variables = {
        'Agent.JobStatus': 'Failed',
        'System.TeamProjectId': 'p1',
        'System.DefinitionId': '7',
        'Build.BuildId': '99',
      };
      await run('PortRunStatus', { entry: 'finish', inputs: credentials(), variables });
      assert.match(server.requests.at(-1)?.line ?? '', /external_run_id=ado_p1_7_99/);
    });

    it('PortRunStatus takes no branch name in a run number for a run id', async () => {
      const { result, shown } = await run('PortRunStatus', {
        inputs: { ...credentials(), status: 'success' },
        variables: { 'Build.BuildNumber': '20260101.3-r_cleanup' },
      });
      assert.equal(result, 'Succeeded');
      assert.match(shown, /Not started by Port/);
    });

    it('PortRunStatus warns where Port cannot be asked whether it started the pipeline', async () => {
      const variables = { 'System.TeamProjectId': 'p1', 'System.DefinitionId': '7', 'Build.BuildId': '99' };
      const inputs = { ...credentials(), baseUrl: 'http://127.0.0.1:9', timeoutSeconds: '1' };
      const { result, output } = await run('PortRunStatus', { inputs, variables });
      assert.equal(result, 'Succeeded');
      assert.match(output, /Whether Port started this pipeline cannot be told/);
    });

    it('PortRunStatus lists all problems at once', async () => {
      const { message } = await run('PortRunStatus', {
        inputs: { runId: 'x', status: 'y', timeoutSeconds: '0', onError: 'fail' },
      });
      assert.match(message, /^5 problems:\n- /);
    });

    it('PortRunStatus takes an unresolved $(PORT_RUN_ID) for no run id, and skips', async () => {
      const { result, shown } = await run('PortRunStatus', {
        inputs: { ...credentials(), runId: '$(PORT_RUN_ID)' },
      });
      assert.equal(result, 'Succeeded');
      assert.match(shown, /Not started by Port/);
      assert.ok(server.requests.every(({ line }) => !line.startsWith('PATCH')));
    });

    it('PortRunStatus fails without a run id when it is told to', async () => {
      const { result, message } = await run('PortRunStatus', {
        inputs: { ...credentials(), ifNoRunId: 'fail' },
      });
      assert.equal(result, 'Failed');
      assert.match(message, /There is no Port run id/);
    });

    it('onError: warn makes the same a warning', async () => {
      const { result, output } = await run('PortRunStatus', { inputs: { runId: 'x', onError: 'warn' } });
      assert.equal(result, 'SucceededWithIssues');
      assert.doesNotMatch(output, /type=error/);
    });

    it('never print the client secret or the token, in debug mode neither', async () => {
      const { shown, summaries } = await run('PortRunStatus', {
        inputs: {
          ...credentials(),
          runId,
          status: 'success',
          statusLabel: 'x the-secret-of-the-client',
          logMessage: 'a-secret-variable in a log',
        },
        variables: { 'System.Debug': 'true' },
        secrets: { mine: 'a-secret-variable' },
      });
      for (const secret of ['the-secret-of-the-client', 'a-token-of-port', 'a-secret-variable']) {
        assert.ok(!(shown + summaries.join('')).includes(secret), secret);
        assert.ok(!JSON.stringify(server.requests.slice(1)).includes(secret), secret);
      }
    });
  });
}

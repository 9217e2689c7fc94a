import assert from 'node:assert/strict';
import type { LocalPort } from '../../local/port/index.ts';
import { startProxy } from '../support/proxy-server.ts';
import { startRawServer } from '../support/raw-server.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';
import { cancelSignals } from '../support/where.ts';
import { credentialsOf } from './matrix.ts';
import { runState, startFilledPort, startRun } from './port-fixture.ts';

/** The commands of an output, as the agent finds them: the first `##vso[` of a line, wherever it stands. */
function commandsOf(output: string): readonly string[] {
  return output.split(/\r?\n/).flatMap((line) => {
    const at = line.toLowerCase().indexOf('##vso[');
    if (at < 0) return [];
    assert.equal(at, 0, `a command inside of a line: ${line}`);
    return [line.slice(6, line.indexOf(']'))];
  });
}

const ownCommands =
  /^(task\.debug|task\.setsecret|task\.settaskvariable variable=PORT_\w+;issecret=false;|task\.setvariable variable=\w+;isOutput=(true|false);issecret=false;|task\.logissue type=(error|warning);source=TaskInternal;|task\.uploadsummary|task\.complete result=\w+;)$/;

describe('What the built tasks write', function () {
  this.timeout(30_000);
  let port: LocalPort;
  beforeEach(async () => {
    port = await startFilledPort();
  });
  afterEach(() => port.close());

  describe('while others put commands into their mouth', () => {
    const hostile = [
      '##vso[task.setvariable variable=PATH]/evil',
      '\r\n##vso[task.complete result=Succeeded;]',
      '##v\u00adso[task.prependpath]/evil \u001b[31m##\u0001vso[task.debug]x \u202e##[error]x',
    ].join(' ');

    it('holds no command but their own', async () => {
      const runId = await startRun(port);
      port.store.run(runId).statusLabel = hostile;
      port.faults.add({
        match: { method: 'PATCH' },
        fault: {
          kind: 'status',
          status: 422,
          headers: { 'x-trace-id': '##vso[task.debug]x' },
          body: { ok: false, error: hostile, message: hostile },
        },
      });
      const process = await runTaskProcess('PortRunStatus', {
        inputs: {
          ...credentialsOf(port),
          runId,
          status: 'success',
          statusLabel: hostile,
          logMessage: hostile,
          summary: hostile,
          logFile: `x${hostile}`,
        },
        variables: { 'System.Debug': 'true', 'Build.BuildNumber': hostile, 'Build.DefinitionName': hostile },
      });
      const commands = commandsOf(process.output);
      assert.ok(commands.length > 5);
      for (const command of commands) assert.match(command, ownCommands);
      assert.doesNotMatch(process.output, /[\u001b\u0001\u202e]/);
      assert.equal(process.result, 'Failed');
    });

    it('has outputs and messages with line breaks in one command each', async () => {
      const process = await runTaskProcess('PortUpsertEntity', {
        inputs: {
          ...credentialsOf(port),
          blueprint: hostile,
          identifier: `a${hostile}`,
          properties: `{"a": "${'x'.repeat(5)}`,
        },
      });
      assert.equal(process.result, 'Failed');
      for (const command of commandsOf(process.output)) assert.match(command, ownCommands);
      assert.equal(process.completions, 1);
    });

    it('is data where a payload has odd keys', async () => {
      const process = await runTaskProcess('PortRunStatus', {
        inputs: {
          ...credentialsOf(port),
          payload: '{"__proto__":{"runId":"r_evil12"},"constructor":{"prototype":{"runId":"r_evil12"}}}',
        },
      });
      assert.equal(process.result, 'SucceededWithIssues');
      assert.match(process.message, /^The payload holds no run id; its keys are __proto__, constructor\./);
      for (const command of commandsOf(process.output)) assert.match(command, ownCommands);
    });
  });

  describe('while they hold secrets', () => {
    const secret = `p@ss "w0rd"/x`;
    const lines = 'first secret line\nsecond secret line';

    it('shows none, in no form, in debug mode either, and sends none to Port', async () => {
      const runId = await startRun(port);
      const forms = [
        secret,
        JSON.stringify(secret),
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64'),
        lines,
      ];
      const process = await runTaskProcess('PortRunStatus', {
        inputs: {
          ...credentialsOf(port),
          runId,
          status: 'success',
          statusLabel: `label ${secret}`,
          logMessage: forms.join('\n'),
          summary: forms.join(' '),
          link: `https://example.com/?q=${encodeURIComponent(secret)}`,
        },
        variables: { 'System.Debug': 'true' },
        secrets: {
          'My.Secret': secret,
          MULTI: lines,
          'System.AccessToken': 'job-token-value',
          'Agent.ProxyPassword': 'proxy-password',
        },
      });
      assert.equal(process.result, 'Succeeded', process.output);
      const { store } = port;
      const sent = JSON.stringify([store.run(runId), store.logsOf(runId)]);
      const secrets = [
        ...forms,
        ...lines.split('\n'),
        'job-token-value',
        'proxy-password',
        port.clientSecret,
      ];
      for (const text of [process.shown, sent, ...process.summaries]) {
        for (const form of secrets) assert.ok(!text.includes(form), `${form} in ${text}`);
      }
      assert.equal(store.run(runId).statusLabel, 'label ***');
    });

    it('bears a secret variable without a value', async () => {
      const runId = await startRun(port);
      const process = await runTaskProcess('PortRunStatus', {
        inputs: { ...credentialsOf(port), runId, status: 'success' },
        secrets: { EMPTY: '' },
        environment: { VSTS_SECRET_VARIABLES: '["EMPTY","Not.There"]' },
      });
      assert.equal(process.result, 'Succeeded', process.message);
    });
  });

  describe('when the agent stops them', () => {
    /** Sends the signal as soon as the output holds the text. */
    const stopAt = async (
      text: RegExp,
      signal: NodeJS.Signals,
      options: { url?: string; variables?: Record<string, string>; runId?: string } = {},
    ): Promise<TaskProcess> => {
      const { url = port.url, variables = {}, runId = 'r_abcdef' } = options;
      let isStopped = false;
      return runTaskProcess('PortRunStatus', {
        inputs: {
          ...credentialsOf(port),
          baseUrl: url,
          runId,
          status: 'success',
          logMessage: 'hello',
          link: 'https://example.com',
        },
        variables: { 'System.Debug': 'true', ...variables },
        onOutput: (output, child) => {
          if (isStopped || !text.test(output)) return;
          isStopped = true;
          // A moment later, so that it is in the middle of what it does next.
          setTimeout(() => child.kill(signal), 50);
        },
      });
    };
    const check = (process: TaskProcess) => {
      assert.deepEqual(
        { result: process.result, completions: process.completions, exitCode: process.exitCode },
        { result: 'Canceled', completions: 1, exitCode: 0 },
        process.output,
      );
      const took = process.durationFromSignal ?? Infinity;
      assert.ok(took < 1000, `${took} ms`);
    };

    for (const signal of cancelSignals) {
      it(`end within a second of ${signal} while they wait for an answer, and tell what was sent`, async () => {
        const runId = await startRun(port);
        port.faults.add({ match: { method: 'PATCH' }, fault: { kind: 'silence' } });
        const stopped = await stopAt(/logs -> 201/, signal, { runId });
        check(stopped);
        assert.match(stopped.output, /^Stopped\. Port has acknowledged until here: send log lines\.$/m);
        assert.equal(runState(port, runId), 'IN_PROGRESS, 1 log entry');
      });

      it(`end within a second of ${signal} while they wait to try again`, async () => {
        port.faults.add({ fault: { kind: 'status', status: 429, headers: { 'retry-after': '60' } } });
        check(await stopAt(/trying again/, signal));
      });

      it(`end within a second of ${signal} while they connect`, async () => {
        const mute = await startRawServer();
        check(await stopAt(/PORT_TRACK_RUN/, signal, { url: `https://127.0.0.1:${mute.port}` }));
        await mute.close();
      });

      it(`end within a second of ${signal} while a proxy says nothing`, async () => {
        const proxy = await startProxy({ mode: 'hang' });
        const variables = { 'Agent.ProxyUrl': proxy.url };
        check(await stopAt(/PORT_TRACK_RUN/, signal, { url: 'https://api.port.test', variables }));
        await proxy.close();
      });
    }
  });
});

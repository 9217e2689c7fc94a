import assert from 'node:assert/strict';
import { agentNodes } from '../../../local/agent/nodes.ts';
import { type LocalPort, startPort } from '../../../local/port/index.ts';
import { type PortUser, signInToPort } from '../../../local/port-user.ts';
import { type TaskProcessOptions, runTaskProcess } from '../../support/task-process.ts';
import { cancelSignals } from '../../support/where.ts';

/** The outputs that a process has set, as the agent reads them. */
function outputsOf(output: string): Readonly<Record<string, string>> {
  const commands = output.matchAll(
    /^##vso\[task\.setvariable variable=(\w+);isOutput=true;issecret=false;?\](.*)$/gm,
  );
  return Object.fromEntries(
    [...commands].map(([, name = '', value = '']) => [
      name,
      value
        .replace(/%0D/g, '\r')
        .replace(/%0A/g, '\n')
        .replace(/%AZP25/g, '%'),
    ]),
  );
}

for (const [name, node] of Object.entries(agentNodes)) {
  describe(`the tasks that read, search, delete and start, as bare processes on ${name}`, function () {
    this.timeout(30_000);
    let port: LocalPort;
    let user: PortUser;

    beforeEach(async () => {
      port = await startPort();
      user = await signInToPort(port);
      const properties = { imageTag: { type: 'string' }, note: { type: 'string' } };
      await user.call('POST', '/v1/blueprints', {
        identifier: 'service',
        title: 'Service',
        schema: { properties },
      });
      await user.call('POST', '/v1/actions', {
        identifier: 'restart',
        trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties, required: [] } },
        invocationMethod: { type: 'KAFKA', payload: {} },
      });
      for (const identifier of ['cart', 'checkout']) await addService(identifier, { imageTag: '1.10' });
    });

    afterEach(() => port.close());

    const addService = (identifier: string, properties: object) =>
      user.call('POST', '/v1/blueprints/service/entities?upsert=true', { identifier, properties });

    const run = async (
      task: string,
      inputs: Readonly<Record<string, string>>,
      options: TaskProcessOptions = {},
    ) => {
      const variables = { PORT_CLIENT_ID: port.clientId, PORT_BASE_URL: port.url };
      const secrets = { PORT_CLIENT_SECRET: port.clientSecret };
      const ran = await runTaskProcess(task, { node, variables, secrets, inputs, ...options });
      assert.deepEqual([ran.exitCode, ran.completions], [0, 1], ran.output);
      assert.ok(!ran.shown.includes(port.clientSecret));
      return { ...ran, outputs: outputsOf(ran.output) };
    };

    it('PortGetEntity gives out what it picks', async () => {
      const inputs = { blueprint: 'service', identifier: 'cart', pick: 'tag = properties.imageTag' };
      const { result, outputs, summaries } = await run('PortGetEntity', inputs);
      assert.equal(result, 'Succeeded');
      assert.equal(outputs.tag, '1.10');
      assert.equal(outputs.found, 'true');
      assert.match(summaries.join(), /\| tag \| 1\.10 \|/);
    });

    it('PortGetEntity gives out hostile text as text', async () => {
      const note = '100%0A\n## vso[task.setvariable variable=PATH]x;y]\r\n';
      await addService('hostile', { note });
      const { outputs, output } = await run('PortGetEntity', {
        blueprint: 'service',
        identifier: 'hostile',
        pick: 'note = properties.note',
      });
      assert.equal(outputs.note, note);
      assert.doesNotMatch(output, /^##vso\[task\.setvariable variable=PATH/m);
    });

    it('PortSearchEntities gives out a matrix', async () => {
      const { result, outputs } = await run('PortSearchEntities', {
        blueprint: 'service',
        query: '- {property: imageTag, operator: =, value: 1.10}',
      });
      assert.equal(result, 'Succeeded');
      assert.deepEqual(JSON.parse(outputs.matrix ?? ''), {
        cart: { identifier: 'cart' },
        checkout: { identifier: 'checkout' },
      });
    });

    it('PortDeleteEntity deletes', async () => {
      const { result, outputs } = await run('PortDeleteEntity', {
        blueprint: 'service',
        identifiers: '["cart", "none"]',
      });
      assert.equal(result, 'Succeeded');
      assert.deepEqual(outputs, { deletedCount: '1' });
      assert.deepEqual([...port.store.entitiesOf('service').keys()], ['checkout']);
    });

    const untilStarted = (then: () => void): TaskProcessOptions => {
      let isStarted = false;
      return {
        onOutput: (output) => {
          if (isStarted || !/^Started action restart: run r_/m.test(output)) return;
          isStarted = true;
          then();
        },
      };
    };

    it('PortExecuteAction follows a run to its end', async () => {
      const end = () => {
        const [runId = ''] = port.store.runs.keys();
        void user.call('POST', `/v1/actions/runs/${runId}/logs`, {
          message: 'Restarted',
          terminationStatus: 'SUCCESS',
        });
      };
      const { result, outputs, output } = await run(
        'PortExecuteAction',
        { action: 'restart', pollSeconds: '2' },
        untilStarted(end),
      );
      assert.equal(result, 'Succeeded', output);
      assert.equal(outputs.runStatus, 'SUCCESS');
      assert.match(output, /^ {2}Restarted$/m);
    });

    for (const signal of cancelSignals) {
      it(`PortExecuteAction stops waiting on ${signal}, and leaves the run alone`, async () => {
        let isCanceled = false;
        const { result, output, duration } = await run(
          'PortExecuteAction',
          { action: 'restart' },
          {
            onOutput: (text, child) => {
              if (isCanceled || !/^Started action/m.test(text)) return;
              isCanceled = true;
              child.kill(signal);
            },
          },
        );
        assert.equal(result, 'Canceled', output);
        assert.ok(duration < 10_000);
        assert.match(output, /^Stopped waiting; the run goes on in Port: http/m);
        assert.deepEqual(
          [...port.store.runs.values()].map(({ status }) => status),
          ['IN_PROGRESS'],
        );
      });
    }
  });
}

describe('PortSearchEntities over a large catalog', function () {
  this.timeout(60_000);
  const peaks: number[] = [];
  for (const count of [5000, 40_000]) {
    it(`needs no more memory for ${count} entities`, async () => {
      const port = await startPort();
      const user = await signInToPort(port);
      await user.call('POST', '/v1/blueprints', {
        identifier: 'service',
        title: 'Service',
        schema: { properties: { note: { type: 'string' } } },
      });
      const at = new Date().toISOString();
      const audit = { createdAt: at, createdBy: 'dev', updatedAt: at, updatedBy: 'dev' };
      for (let number = 0; number < count; number++) {
        const identifier = `service-${number}`;
        port.store.entitiesOf('service').set(identifier, {
          identifier,
          blueprint: 'service',
          properties: { note: 'n'.repeat(2000) },
          relations: {},
          ...audit,
        });
      }
      // Not maxRSS: Linux hands a process the peak of the one that it was forked from, here the tests' own.
      const peakFile = `import { readFileSync } from 'node:fs';
        process.on('exit', () => {
          const [, peak] = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
          process.stdout.write('\\npeak ' + peak + '\\n');
        });`;
      const { result, output } = await runTaskProcess('PortSearchEntities', {
        inputs: {
          clientId: port.clientId,
          clientSecret: port.clientSecret,
          baseUrl: port.url,
          blueprint: 'service',
        },
        environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(peakFile)}` },
        limit: 50_000,
      });
      await port.close();
      assert.equal(result, 'Succeeded', output.slice(-2000));
      assert.match(output, new RegExp(`Found ${count} entities`));
      const peak = Number(/^peak (\d+)$/m.exec(output)?.[1]) / 1024;
      peaks.push(peak);
      assert.ok(peak < 120, `${peak} MiB`);
      if (peaks.length === 2)
        assert.ok((peaks[1] ?? 0) - (peaks[0] ?? 0) < 20, `${peaks.join(' MiB, ')} MiB`);
    });
  }
});

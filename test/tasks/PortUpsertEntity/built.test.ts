import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from '../../../bench/measure.ts';
import { agentNodes } from '../../../local/agent/nodes.ts';
import { interrupt } from '../../../local/agent/steps/interrupt.ts';
import { startStopwatch } from '../../support/stopwatch.ts';
import { itWithLinks } from '../../support/where.ts';
import { type ResultRecord, type Setting, startSetting } from './setting.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const task = join(root, 'build', 'tasks', 'PortUpsertEntity', 'index.js');

for (const [name, node] of Object.entries(agentNodes)) {
  describe(`The built PortUpsertEntity on ${name}`, function () {
    this.timeout(30_000);
    let setting: Setting;

    beforeEach(async () => {
      setting = await startSetting();
      await setting.addBlueprint('service', { version: 'string', path: 'string', replicas: 'number' });
    });

    afterEach(() => setting.close());

    const environment = (
      inputs: Readonly<Record<string, string>>,
      more: Readonly<Record<string, string>> = {},
    ) => ({
      AGENT_TEMPDIRECTORY: setting.folder,
      BUILD_SOURCESDIRECTORY: setting.folder,
      ENDPOINT_URL_port: `${setting.port.url}/`,
      ENDPOINT_AUTH_PARAMETER_port_USERNAME: setting.port.clientId,
      ENDPOINT_AUTH_PARAMETER_port_PASSWORD: setting.port.clientSecret,
      INPUT_PORTCONNECTION: 'port',
      INPUT_BLUEPRINT: 'service',
      ...Object.fromEntries(
        Object.entries(inputs).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value]),
      ),
      ...more,
    });
    const runTask = (env: Readonly<Record<string, string>>) =>
      new Promise<string>((resolve, reject) => {
        const child = spawn(node, [task], { env, cwd: setting.folder });
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
        child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
        child.on('error', reject);
        child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
      });
    const outputOf = (text: string, variable: string) =>
      new RegExp(`##vso\\[task\\.setvariable variable=${variable};isOutput=true;issecret=false;\\](.*)`).exec(
        text,
      )?.[1];

    it('writes one entity and sets its outputs', async () => {
      const text = await runTask(
        environment({ identifier: 'a', properties: 'version: 1.10\npath: C:\\temp\nreplicas: 3' }),
      );
      assert.match(text, /##vso\[task\.complete result=Succeeded;\]Created service "a"/);
      assert.deepEqual(setting.port.store.entity('service', 'a')?.properties, {
        ...{ version: '1.10', path: 'C:\\temp', replicas: 3 },
      });
      assert.equal(outputOf(text, 'identifier'), 'a');
      assert.equal(outputOf(text, 'upsertedCount'), '1');
      assert.match(text, /##vso\[task\.uploadsummary\]/);
      const agents = new Set(setting.port.requests.slice(1).map(({ headers }) => headers['user-agent']));
      assert.match([...agents].join(), /azure-devops-extension\/\d/);
    });

    it('warns of a secret, and shows neither it nor the credentials', async () => {
      const text = await runTask(
        environment(
          { identifier: 'a', properties: 'version: hunter22' },
          { SECRET_KEY: 'hunter22', VSTS_SECRET_VARIABLES: '["key"]', SYSTEM_DEBUG: 'true' },
        ),
      );
      assert.match(text, /type=warning.*property "version"/);
      const shown = text.replace(/^##vso\[task\.setsecret\].*$/gm, '');
      for (const secret of ['hunter22', setting.port.clientSecret]) assert.ok(!shown.includes(secret), shown);
    });

    it('obeys no command that stands in an entity or in an answer', async () => {
      const evil = '##vso[task.setvariable variable=PATH]/tmp';
      const entities = JSON.stringify([
        { identifier: 'a', title: evil, properties: { [evil]: evil } },
        { identifier: 'b', relations: { [evil]: 'x' } },
      ]);
      const text = await runTask(environment({ entities }));
      assert.match(text, /result=Failed/);
      assert.ok(!text.includes('##vso[task.setvariable variable=PATH'), text);
    });

    itWithLinks(
      'finds files in folders by a glob, and none outside the sources directory by a link',
      async () => {
        mkdirSync(join(setting.folder, 'sources', 'deep', 'er'), { recursive: true });
        const sources = { BUILD_SOURCESDIRECTORY: join(setting.folder, 'sources') };
        writeFileSync(join(setting.folder, 'sources', 'deep', 'a.json'), '{"identifier":"a"}');
        writeFileSync(join(setting.folder, 'sources', 'deep', 'er', 'b.json'), '{"identifier":"b"}');
        for (const entitiesFile of ['**/*.json', './**/*.json']) {
          const good = await runTask(environment({ entitiesFile }, sources));
          assert.match(good, /result=Succeeded/);
          assert.equal(outputOf(good, 'upsertedCount'), '2');
        }
        const outside = mkdtempSync(join(tmpdir(), 'outside-'));
        writeFileSync(join(outside, 'secret.json'), '{"identifier":"c"}');
        symlinkSync(join(outside, 'secret.json'), join(setting.folder, 'sources', 'link.json'));
        const bad = await runTask(environment({ entitiesFile: '**/*.json' }, sources));
        rmSync(outside, { recursive: true });
        assert.match(bad, /result=Failed;\].*outside the folders of this job/);
      },
    );

    it('writes 10,000 entities with 500 calls and one token, in less than 120 MiB', async () => {
      const lines = Array.from({ length: 10_000 }, (_, index) =>
        JSON.stringify({
          identifier: `e${index}`,
          title: `Service ${index}`,
          properties: { replicas: index, version: '1.10' },
        }),
      );
      const entitiesFile = setting.file('catalog.jsonl', lines.join('\n'));
      const { output, peak } = await measure({
        file: node,
        args: [task],
        env: environment({ entitiesFile }),
      });
      assert.match(output, /10000 of 10000 entities are written/);
      const calls = setting.calls();
      assert.equal(calls.length, 500);
      assert.equal(setting.port.requests.length, 1 + 1 + 500);
      assert.equal(setting.port.store.entitiesOf('service').size, 10_000);
      // Not a number where the system does not tell.
      assert.ok(!(peak > 120 * 1024), `${peak} KiB`);
      const results = JSON.parse(
        readFileSync(outputOf(output, 'resultFile') ?? '', 'utf8'),
      ) as ResultRecord[];
      assert.equal(new Set(results.map(({ index }) => index)).size, 10_000);
    });

    it('ends soon after SIGINT, and says what was written until then', async () => {
      setting.port.faults.add({ match: { path: /bulk$/ }, skip: 3, fault: { kind: 'silence' } });
      const lines = Array.from({ length: 200 }, (_, index) => JSON.stringify({ identifier: `e${index}` }));
      const entitiesFile = setting.file('catalog.jsonl', lines.join('\n'));
      const child = spawn(node, [task], {
        env: environment({ entitiesFile }),
        cwd: setting.folder,
        windowsHide: true,
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      const ended = new Promise((resolve) => child.on('close', resolve));
      while (setting.calls().length < 7 && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 10));
      const elapsed = startStopwatch(child.pid);
      interrupt(child);
      await ended;
      assert.ok(elapsed() < 2000);
      assert.match(output, /result=Canceled/);
      assert.equal(outputOf(output, 'upsertedCount'), '60');
    });
  });
}

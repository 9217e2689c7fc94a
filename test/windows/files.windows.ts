import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentNodes } from '../../local/agent/nodes.ts';
import type { LocalPort } from '../../local/port/index.ts';
import { startFilledPort, startRun } from '../network/port-fixture.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';
import { until } from '../support/until.ts';
import { lockFile } from './lock.ts';

const secret = 'Geheim-ü-1234567';
const text = `Größe\r\npw=${secret}\r\n`;
const mark = '\ufeff';
const encodings: Readonly<Record<string, Buffer>> = {
  'UTF-8 with CRLF': Buffer.from(text),
  'UTF-8 with a byte order mark': Buffer.from(mark + text),
  'UTF-16LE, as PowerShell writes it': Buffer.from(mark + text, 'utf16le'),
  'UTF-16BE': Buffer.from(mark + text, 'utf16le').swap16(),
  'Windows-1252, as tools of cmd write it': Buffer.from(text, 'latin1'),
};

for (const [name, node] of Object.entries(agentNodes))
  describe(`Files on Windows, on ${name}`, function () {
    this.timeout(30_000);
    let port: LocalPort;
    let folder = '';
    before(async () => {
      port = await startFilledPort();
      folder = mkdtempSync(join(tmpdir(), 'dateien müller '));
    });
    after(async () => {
      await port.close();
      rmSync(folder, { recursive: true, maxRetries: 10 });
    });

    const run = (task: string, inputs: Readonly<Record<string, string>>): Promise<TaskProcess> =>
      runTaskProcess(task, {
        node,
        inputs: { baseUrl: port.url, clientId: port.clientId, clientSecret: port.clientSecret, ...inputs },
        secrets: { password: secret },
        variables: { 'System.DefaultWorkingDirectory': folder },
      });
    const logs = (runId: string) =>
      port.store
        .logsOf(runId)
        .map(({ message }) => message)
        .join('\n');

    for (const [encoding, bytes] of Object.entries(encodings))
      it(`are read as ${encoding}, and a secret in them is masked`, async () => {
        writeFileSync(join(folder, 'job.log'), bytes);
        const runId = await startRun(port);
        const inputs = { runId, status: 'success', logFile: 'job.log', summaryFile: '.\\job.log' };
        const { result, output } = await run('PortRunStatus', inputs);
        assert.equal(result, 'Succeeded', output);
        assert.match(logs(runId), /Größe\r?\npw=\*\*\*/);
        assert.equal(port.store.run(runId).summary?.replaceAll('\r', ''), 'Größe\npw=***\n');
      });

    const places: Readonly<Record<string, (path: string) => string>> = {
      'a drive letter': (path) => path,
      'a drive letter in lower case': (path) => path.charAt(0).toLowerCase() + path.slice(1),
      slashes: (path) => path.replaceAll('\\', '/'),
      'a path from the root of the drive': (path) => path.slice(2),
      'a path with \\\\?\\': (path) => `\\\\?\\${path}`,
      'another case': (path) => path.toUpperCase(),
    };
    for (const [place, change] of Object.entries(places))
      it(`are found by ${place}`, async () => {
        writeFileSync(join(folder, 'one.log'), 'found\r\n');
        const runId = await startRun(port);
        const logFile = change(join(folder, 'one.log'));
        const { result, output } = await run('PortRunStatus', { runId, status: 'success', logFile });
        assert.equal(result, 'Succeeded', output);
        assert.match(logs(runId), /found/, output);
      });

    const patterns = ['catalog\\*.json', 'catalog\\**\\*.JSON', '**/[ab]*.json', 'CATALOG\\?.json'];
    for (const pattern of [...patterns, '\\\\?\\FOLDER\\catalog\\*.json'])
      it(`are found by the pattern ${pattern}`, async () => {
        mkdirSync(join(folder, 'catalog'), { recursive: true });
        for (const one of ['a', 'b'])
          writeFileSync(
            join(folder, 'catalog', `${one}.json`),
            `${mark}{\r\n"identifier": "${one}", "properties": {"note": "ü"}\r\n}`,
          );
        port.store.entities.clear();
        const inputs = { blueprint: 'service', entitiesFile: pattern.replace('FOLDER', folder) };
        const { result, output } = await run('PortUpsertEntity', inputs);
        assert.equal(result, 'Succeeded', output);
        assert.deepEqual(
          ['a', 'b'].map((one) => port.store.entity('service', one)?.properties.note),
          ['ü', 'ü'],
        );
      });

    const search = (resultFile: string) =>
      run('PortSearchEntities', {
        blueprint: 'service',
        query: 'combinator: and\r\nrules: []\r\n',
        resultFile,
      });

    it('are written where a path with a drive letter says', async () => {
      const file = join(folder, 'neu', 'gefunden.json');
      const { result, output } = await search(file);
      assert.equal(result, 'Succeeded', output);
      assert.ok(Array.isArray(JSON.parse(readFileSync(file, 'utf8'))));
    });

    it('that another program has open are named, and nothing is left beside them', async () => {
      const file = join(folder, 'locked.json');
      writeFileSync(file, 'old');
      const unlock = lockFile(file);
      const { result, message } = await search('locked.json');
      unlock();
      assert.equal(result, 'Failed');
      assert.match(message, /^Input resultFile: .*locked\.json/);
      assert.equal(readFileSync(file, 'utf8'), 'old');
      assert.deepEqual(
        readdirSync(folder).filter((one) => one.startsWith('locked')),
        ['locked.json'],
      );
    });

    it('that another program has open for a moment are written', async () => {
      const file = join(folder, 'scanned.json');
      writeFileSync(file, 'old');
      const unlock = lockFile(file);
      const searching = search('scanned.json');
      const { length } = port.requests;
      await until('the search was answered', () =>
        port.requests.slice(length).some(({ path }) => path.includes('search')),
      );
      await new Promise((resolve) => setTimeout(resolve, 150));
      unlock();
      const { result, output } = await searching;
      assert.equal(result, 'Succeeded', output);
      assert.ok(Array.isArray(JSON.parse(readFileSync(file, 'utf8'))));
    });

    it('that are folders are named', async () => {
      mkdirSync(join(folder, 'out'), { recursive: true });
      const { result, message } = await search('out');
      assert.equal(result, 'Failed');
      assert.match(message, /^Input resultFile: .*out/);
    });
  });

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentNodes } from '../../local/agent/nodes.ts';
import type { LocalPort } from '../../local/port/index.ts';
import { inParallel } from '../support/in-parallel.ts';
import { runTaskProcess } from '../support/task-process.ts';
import { credentialsOf } from './matrix.ts';
import { startFilledPort, startRun } from './port-fixture.ts';

const secret = 'Straße-€-Geheim-š1';
const line = (name: string) => `${name} Größe pw=${secret} end`;
const little = (text: string) => Buffer.from(text, 'utf16le');
const windowsBytes: Readonly<Record<string, number>> = { '€': 0x80, š: 0x9a };
const windows = (text: string) =>
  Buffer.from(Array.from(text, (sign) => windowsBytes[sign] ?? sign.charCodeAt(0)));

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE': (text) => little(`\ufeff${text}`),
  'UTF-16BE': (text) => little(`\ufeff${text}`).swap16(),
  'UTF-16LE without a mark': little,
  'UTF-16BE without a mark': (text) => little(text).swap16(),
  'windows-1252': windows,
  'UTF-8 beside windows-1252': (text) => Buffer.concat([Buffer.from('✓ ü\r\n'), windows(text)]),
  'windows-1252 beside UTF-8': (text) => Buffer.concat([windows('ü\r\n'), Buffer.from(text)]),
};

describe('A secret with letters beyond ASCII, in a file of a report', function () {
  this.timeout(60_000);
  let folder: string;
  let port: LocalPort;
  const sent = new Map<string, string>();
  const cases = Object.keys(agentNodes).flatMap((node) =>
    Object.keys(encodings).map((encoding) => ({ node: node as keyof typeof agentNodes, encoding })),
  );

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'encodings-'));
    port = await startFilledPort();
    await inParallel(
      cases.map((one) => async () => void sent.set(`${one.node} ${one.encoding}`, await report(one))),
      4,
    );
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await port.close();
  });

  /** What Port got: of the log more than is read at once, so that its tail is cut somewhere. */
  const report = async ({ node, encoding }: (typeof cases)[number]): Promise<string> => {
    const file = (name: string, text: string) => {
      const path = join(folder, `${node} ${encoding} ${name}`);
      writeFileSync(path, encodings[encoding]?.(text) ?? '');
      return path;
    };
    const many = Array.from({ length: 6000 }, (_, index) => line(`log ${index}`));
    const runId = await startRun(port);
    const process = await runTaskProcess('PortRunStatus', {
      node: agentNodes[node],
      inputs: {
        ...credentialsOf(port),
        ...{ runId, status: 'success', logTailLines: '3000' },
        logFile: file('a.log', many.join('\r\n')),
        summaryFile: file('s.md', `# Titel\r\n\r\n${line('summary')}\r\n`),
      },
      secrets: { 'Db.Password': secret },
    });
    assert.equal(process.result, 'Succeeded', process.output);
    const log = port.store.logsOf(runId).map(({ message }) => message);
    return [...log, JSON.stringify(port.store.run(runId))].join('\n');
  };

  for (const { node, encoding } of cases) {
    it(`is masked in ${encoding} on ${node}, and the other letters arrive`, () => {
      const text = sent.get(`${node} ${encoding}`) ?? '';
      assert.equal(text.match(/log \d+ Größe pw=\*\*\* end/g)?.length, 3000, text.slice(0, 300));
      assert.match(text, /summary Größe pw=\*\*\* end/);
      assert.doesNotMatch(text, /Geheim|\ufffd|\ufeff/);
    });
  }
});

import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type LocalPort, startPort } from '../local/port/index.ts';
import { measure } from './measure.ts';

/** Writing a catalog: PortUpsertEntity from a JSON Lines file, and one POST after another, against the same local Port. */

/** How long every answer takes, in ms: about that of Port from another continent. */
export const latency = 50;
const callsInFlight = 4;
const entitiesPerCall = 20;

/** One POST after another would take nine minutes for 10,000; its time is the same for each. */
const serialSample = 200;

export interface UpsertFigures {
  readonly entities: number;
  /** Of the whole process, in ms. */
  readonly wall: number;
  /** What calls x latency / in flight comes to, in ms. */
  readonly ideal: number;
  /** In MiB. */
  readonly peak: number;
  readonly calls: number;
  readonly tokens: number;
  /** One POST after another takes so many times as long. */
  readonly serialRatio: number;
}

export interface UpsertBenchOptions {
  readonly entities: number;
  /** The built task's index.js. */
  readonly task: string;
  readonly node: string;
}

export async function measureUpsert({ entities, task, node }: UpsertBenchOptions): Promise<UpsertFigures> {
  const port = await startPort();
  const folder = mkdtempSync(join(tmpdir(), 'upsert-'));
  try {
    await addBlueprint(port);
    port.faults.add({ match: { path: /entities/ }, fault: { kind: 'latency', ms: latency } });
    const file = join(folder, 'catalog.jsonl');
    await writeCatalog(file, entities);
    const { wall, peak, output } = await measure({
      file: node,
      args: [task],
      env: environmentOf(port, folder, file),
    });
    if (!output.includes('result=Succeeded')) throw new Error(`the task failed:\n${output}`);
    const calls = port.requests.filter(({ path }) => path.endsWith('/bulk')).length;
    const tokens = port.requests.filter(({ path }) => path.endsWith('/access_token')).length;
    const ideal = (Math.ceil(entities / entitiesPerCall) * latency) / callsInFlight;
    const serial = await timeSerially(port);
    return {
      ...{ entities, wall, ideal, calls, tokens, peak: peak / 1024 },
      serialRatio: ((serial / serialSample) * entities) / wall,
    };
  } finally {
    await port.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function addBlueprint(port: LocalPort): Promise<void> {
  const text = { type: 'string' };
  await post(port, '/v1/blueprints', {
    identifier: 'service',
    title: 'Service',
    schema: {
      properties: { url: text, language: text, version: text, replicas: { type: 'number' } },
      required: [],
    },
    relations: {},
  });
}

function entityAt(index: number): object {
  return {
    identifier: `service-${index}`,
    title: `Service number ${index}`,
    blueprint: 'service',
    properties: {
      url: `https://git.example.com/acme/service-${index}?ref=main`,
      language: ['TypeScript', 'Go', 'C#', 'Python'][index % 4],
      version: `1.${index % 100}.${index % 7}`,
      replicas: index % 12,
    },
    relations: {},
  };
}

async function writeCatalog(file: string, entities: number): Promise<void> {
  const stream = createWriteStream(file);
  for (let index = 0; index < entities; index++) {
    if (!stream.write(`${JSON.stringify(entityAt(index))}\n`)) {
      await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
    }
  }
  stream.end();
  await finished(stream);
}

function environmentOf({ url, clientId, clientSecret }: LocalPort, folder: string, file: string) {
  return {
    PATH: process.env.PATH ?? '',
    AGENT_TEMPDIRECTORY: folder,
    BUILD_SOURCESDIRECTORY: folder,
    INPUT_BASEURL: url,
    INPUT_CLIENTID: clientId,
    INPUT_CLIENTSECRET: clientSecret,
    INPUT_ENTITIESFILE: file,
  };
}

/** What a step does that sends one entity after another over one connection. */
async function timeSerially(port: LocalPort): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < serialSample; index++) {
    await post(port, '/v1/blueprints/service/entities?upsert=true&merge=true', entityAt(index));
  }
  return performance.now() - started;
}

async function post(port: LocalPort, path: string, body: unknown): Promise<void> {
  const authorization = `Bearer ${port.tokens.issue().accessToken}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const answer = await fetch(port.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Run by itself: `node bench/upsert.ts [built index.js] [node]`. */
if (import.meta.filename === process.argv[1]) {
  const root = join(import.meta.dirname, '..');
  const [task = join(root, 'build', 'tasks', 'PortUpsertEntity', 'index.js'), node = process.execPath] =
    process.argv.slice(2);
  for (const entities of [1000, 10_000, 100_000]) {
    const figures = await measureUpsert({ entities, task, node });
    const { wall, ideal, peak, calls, tokens, serialRatio } = figures;
    console.log(
      `${entities} entities: ${(wall / 1000).toFixed(2)} s, ${(wall / ideal).toFixed(2)} of the ideal, ${peak.toFixed(0)} MiB, ${calls} calls, ${tokens} token, one by one ${serialRatio.toFixed(0)} x as long`,
    );
  }
}

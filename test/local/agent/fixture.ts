import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import {
  type AgentOptions,
  type LocalAgent,
  type RunOutcome,
  type RunRequest,
  type TimelineRecord,
  createAgent,
  installExtension,
} from '../../../local/agent/index.ts';

/** A task of the fixture extension: its task.json over a small base, and the code of its targets. */
export interface FixtureTask {
  readonly name: string;
  readonly json?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
}

const bytes = (content: string) => new TextEncoder().encode(content);

/** Writes a package such as tfx makes and gives its path. */
export async function makeVsix(folder: string, tasks: readonly FixtureTask[]): Promise<string> {
  const contributions = tasks.map(({ name }) => ({
    id: name,
    type: 'ms.vss-distributed-task.task',
    targets: ['ms.vss-distributed-task.tasks'],
    properties: { name },
  }));
  const endpoint = {
    id: 'endpoint',
    type: 'ms.vss-endpoint.service-endpoint-type',
    properties: { name: 'fixture-api', displayName: 'Fixture' },
  };
  const files: Record<string, Uint8Array> = {
    'extension.vsixmanifest': bytes(
      '<PackageManifest><Metadata><Identity Language="en-US" Id="fixture" Version="1.2.3" Publisher="example"/></Metadata></PackageManifest>',
    ),
    'extension.vsomanifest': bytes(JSON.stringify({ contributions: [...contributions, endpoint] })),
  };
  for (const task of tasks) {
    files[`${task.name}/task.json`] = bytes(JSON.stringify(taskJson(task)));
    for (const [file, content] of Object.entries(task.files ?? {}))
      files[`${task.name}/${file}`] = bytes(content);
  }
  const path = join(folder, `${randomUUID()}.vsix`);
  await writeFile(path, zipSync(files));
  return path;
}

const ids: Record<string, string> = {};

function taskJson({ name, json, files }: FixtureTask): unknown {
  ids[name] ??= randomUUID();
  const execution = { Node20_1: { target: 'index.js' }, Node24: { target: 'index.js' } };
  return {
    id: ids[name],
    name,
    friendlyName: name,
    description: 'A task of a test',
    author: 'example',
    version: { Major: 1, Minor: 2, Patch: 3 },
    instanceNameFormat: name,
    inputs: [],
    ...(files?.['index.js'] === undefined ? {} : { execution }),
    ...json,
  };
}

/** Runs the code in its input `code`; `say(line)` prints a line. */
export const evalTask: FixtureTask = {
  name: 'Eval',
  json: { inputs: [{ name: 'code', type: 'multiLine', label: 'Code', required: true }] },
  files: {
    'index.js':
      "const say = (line) => console.log(line);\neval('(async () => {' + process.env.INPUT_CODE + '\\n})()');",
  },
};

/** What an observer was told. */
export interface Seen {
  readonly outcome: RunOutcome;
  readonly buildNumbers: readonly string[];
  readonly records: readonly TimelineRecord[];
  readonly attachments: readonly { recordId: string; type: string; name: string; content: Buffer }[];
  readonly tags: readonly string[];
  /** The record of a name; of a type where names repeat. */
  record(name: string, type?: TimelineRecord['type']): TimelineRecord;
  /** Lines of a step's log, without what the agent writes around them. */
  log(name: string): string[];
  readonly text: string;
}

export interface Bench {
  readonly folder: string;
  readonly agent: LocalAgent;
  run(yaml: string, request?: Partial<RunRequest>, control?: Control): Promise<Seen>;
  remove(): Promise<void>;
}

export interface Control {
  readonly signal?: AbortSignal;
  /** Called for each line of a log, to act when something is under way. */
  readonly onLine?: (line: string) => void;
  /** Called for each change of a record. */
  readonly onRecord?: (record: TimelineRecord) => void;
}

/** Short waits for tests; a minute of the YAML lasts a second. */
export const shortTimings = {
  sigint: 300,
  sigterm: 200,
  drain: 500,
  retryUnit: 5,
  minute: 1000,
  cancelMargin: 0,
};

export async function makeBench(
  tasks: readonly FixtureTask[] = [evalTask],
  options: Partial<AgentOptions> = {},
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'local-agent-'));
  const repository = join(folder, 'repository');
  await mkdir(repository);
  await writeFile(join(repository, 'README.md'), 'hello\n');
  const extension = await installExtension(await makeVsix(folder, tasks), join(folder, 'extensions'));
  const agent = createAgent({
    extensions: [extension],
    workDirectory: join(folder, 'agent'),
    timings: shortTimings,
    ...options,
  });
  let buildId = 0;
  const run = async (yaml: string, request: Partial<RunRequest> = {}, control: Control = {}) => {
    const pipelineFile = join(folder, 'pipeline.yml');
    await writeFile(pipelineFile, yaml);
    const whole = {
      ...baseRequest(),
      pipelineFile,
      repositoryDirectory: repository,
      buildId: ++buildId,
      ...request,
    };
    return observe(agent, whole, control);
  };
  return { folder, agent, run, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

async function observe(agent: LocalAgent, request: RunRequest, control: Control): Promise<Seen> {
  const records = new Map<string, TimelineRecord>();
  const logs = new Map<string, string[]>();
  const buildNumbers: string[] = [];
  const attachments: Seen['attachments'][number][] = [];
  const tags: string[] = [];
  const observer = {
    buildNumber: (number: string) => void buildNumbers.push(number),
    record: (record: TimelineRecord) => {
      records.set(record.id, record);
      control.onRecord?.(record);
    },
    log: (id: string, line: string) => {
      logs.set(id, [...(logs.get(id) ?? []), line]);
      control.onLine?.(line);
    },
    attachment: (one: Seen['attachments'][number]) => void attachments.push(one),
    tag: (tag: string) => void tags.push(tag),
  };
  const outcome = await agent.run(request, observer, control.signal ?? new AbortController().signal);
  const record = (name: string, type: TimelineRecord['type'] = 'Task') => {
    const found = [...records.values()].find((one) => one.name === name && one.type === type);
    if (found === undefined) throw new Error(`no ${type} record ${name}`);
    return found;
  };
  const log = (name: string) => {
    const lines = (logs.get(record(name).id) ?? []).slice(8, -1);
    return lines.slice(lines.findIndex((line) => line.includes('Starting Command Output')) + 1);
  };
  const text = [...logs.values()].flat().join('\n');
  return { outcome, buildNumbers, records: [...records.values()], attachments, tags, record, log, text };
}

const baseRequest = (): Omit<RunRequest, 'pipelineFile' | 'repositoryDirectory' | 'buildId'> => ({
  definitionId: 7,
  definitionName: 'fixture',
  project: { id: '11111111-1111-4111-8111-111111111111', name: 'demo' },
  repository: {
    id: '33333333-3333-4333-8333-333333333333',
    name: 'demo',
    type: 'TfsGit',
    url: 'http://127.0.0.1:1/org/demo/_git/demo',
  },
  collectionUrl: 'http://127.0.0.1:1/org/',
  reason: 'manual',
  requestedFor: {
    id: '22222222-2222-4222-8222-222222222222',
    displayName: 'Dev',
    uniqueName: 'dev@example.com',
  },
  sourceBranch: 'refs/heads/main',
  sourceVersion: '7e102347e102347e102347e102347e102347e102',
  sourceVersionMessage: 'Take cards',
  serviceConnections: [],
  accessToken: 'job-token-0123456789',
});

/** A step that runs JavaScript in the fixture task. */
export const evalStep = (
  code: string,
  more: Readonly<Record<string, string | number | boolean>> = {},
): string =>
  [
    '- task: Eval@1',
    ...Object.entries(more).map(([key, value]) => `  ${key}: ${value}`),
    '  inputs:',
    '    code: |',
    ...code.split('\n').map((line) => `      ${line}`),
  ].join('\n');

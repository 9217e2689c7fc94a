import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { isRecord } from '../tasks/common/json.ts';
import { organizationName, readOrganizationUrl } from './azure/organization.ts';
import { SetupError, messageOf } from './errors.ts';
import { readInputFile, requireYaml } from './input-file.ts';
import type { Json } from './json.ts';

export type NetEvent = 'ms.vss-pipelines.run-state-changed-event' | 'build.complete';

/** `port-azure.yml`: what the loop is made of. */
export interface Config {
  readonly file: string;
  readonly organizationUrl: string;
  readonly project: string;
  /** Name of the pipeline in Azure DevOps. */
  readonly pipeline: string;
  /** Its YAML file here, where it is to be checked. */
  readonly pipelineFile: string | undefined;
  /** The incoming webhook: the name Port calls it by, and the service connection that the YAML names. */
  readonly webhook: { readonly name: string; readonly connection: string };
  /** The service connection of the tasks; undefined where the pipeline has the credentials another way. */
  readonly portConnection: string | undefined;
  readonly port: {
    readonly url: string | undefined;
    readonly blueprints: readonly Json[];
    readonly actions: readonly Json[];
  };
  readonly net: { readonly event: NetEvent } | undefined;
}

class Reader {
  readonly problems: string[] = [];

  text(from: Json, name: string, isRequired: boolean): string | undefined {
    const value = from[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (value !== undefined && value !== null) this.problems.push(`${name} must be text.`);
    else if (isRequired) this.problems.push(`${name} is missing.`);
    return undefined;
  }

  section(from: Json, name: string): Json {
    const value = from[name];
    if (isRecord(value)) return value;
    if (value !== undefined && value !== null) this.problems.push(`${name} must be a mapping.`);
    return {};
  }

  texts(from: Json, name: string): string[] {
    const value = from[name] ?? [];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
    this.problems.push(`${name} must be a list of files.`);
    return [];
  }

  only(from: Json, names: readonly string[], where: string): void {
    for (const name of Object.keys(from)) {
      if (!names.includes(name))
        this.problems.push(`${where}${name} is not known; there are: ${names.join(', ')}.`);
    }
  }
}

async function readJson(file: string, reader: Reader): Promise<Json | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isRecord(parsed) && typeof parsed.identifier === 'string') return parsed;
    reader.problems.push(`${file} holds no object with an identifier.`);
  } catch (error) {
    reader.problems.push(`${file} cannot be read: ${messageOf(error)}.`);
  }
  return undefined;
}

async function readAll(files: readonly string[], folder: string, reader: Reader): Promise<Json[]> {
  const all = await Promise.all(files.map((file) => readJson(resolve(folder, file), reader)));
  return all.filter((each) => each !== undefined);
}

/** Whether a text in the payload, at any depth, is a template of the run's id. */
function carriesRunId(payload: unknown): boolean {
  if (typeof payload === 'string') return /\{\{[^}]*\.run\.id\b/.test(payload);
  return typeof payload === 'object' && payload !== null && Object.values(payload).some(carriesRunId);
}

/** The organization and webhook of an action are those of this file, so that one action file serves many organizations. */
function completeAction(
  action: Json,
  organizationUrl: string,
  { webhook, reader }: { webhook: string; reader: Reader },
): Json {
  const method = action.invocationMethod;
  if (!isRecord(method) || method.type !== 'AZURE_DEVOPS') return action;
  if (!carriesRunId(method.payload)) {
    reader.problems.push(
      `The action ${String(action.identifier)} sends no run id. Put "port_context": {"runId": "{{ .run.id }}"} into its payload.`,
    );
  }
  return { ...action, invocationMethod: { ...method, org: organizationName(organizationUrl), webhook } };
}

function readNet(value: unknown, reader: Reader): Config['net'] {
  if (value === undefined || value === null || value === false) return undefined;
  const event = isRecord(value) ? (value.event ?? 'run-state-changed') : 'run-state-changed';
  if (event === 'build.complete') return { event };
  if (event !== 'run-state-changed' && event !== 'ms.vss-pipelines.run-state-changed-event') {
    reader.problems.push('net.event must be run-state-changed or build.complete.');
  }
  return { event: 'ms.vss-pipelines.run-state-changed-event' };
}

function readUrl(text: string | undefined, reader: Reader): string {
  if (text === undefined) return '';
  try {
    return readOrganizationUrl(text);
  } catch (error) {
    reader.problems.push(messageOf(error));
    return '';
  }
}

async function parse(file: string): Promise<Json> {
  const document = parseDocument(await readInputFile(file, 'docs/setup.md shows what it holds.'));
  requireYaml(document, file);
  const value: unknown = document.toJS();
  if (!isRecord(value)) throw new SetupError(`${file} is empty. docs/setup.md shows what it holds.`);
  return value;
}

const members = [
  'organization',
  'project',
  'pipeline',
  'pipelineFile',
  'webhook',
  'portConnection',
  'port',
  'net',
];

/** @throws SetupError that lists every problem of the file */
export async function readConfig(file: string): Promise<Config> {
  const reader = new Reader();
  const root = await parse(file);
  const folder = dirname(resolve(file));
  const [webhook, port] = [reader.section(root, 'webhook'), reader.section(root, 'port')];
  reader.only(root, members, '');
  reader.only(webhook, ['name', 'connection'], 'webhook.');
  reader.only(port, ['url', 'blueprints', 'actions'], 'port.');
  const organizationUrl = readUrl(reader.text(root, 'organization', true), reader);
  const name = reader.text(webhook, 'name', true) ?? '';
  const actions = await readAll(reader.texts(port, 'actions'), folder, reader);
  const pipelineFile = reader.text(root, 'pipelineFile', false);
  const config: Config = {
    file,
    organizationUrl,
    project: reader.text(root, 'project', true) ?? '',
    pipeline: reader.text(root, 'pipeline', true) ?? '',
    pipelineFile: pipelineFile === undefined ? undefined : resolve(folder, pipelineFile),
    webhook: { name, connection: reader.text(webhook, 'connection', false) ?? name },
    portConnection: reader.text(root, 'portConnection', false),
    port: {
      url: reader.text(port, 'url', false),
      blueprints: await readAll(reader.texts(port, 'blueprints'), folder, reader),
      actions:
        organizationUrl === ''
          ? actions
          : actions.map((action) => completeAction(action, organizationUrl, { webhook: name, reader })),
    },
    net: readNet(root.net, reader),
  };
  if (reader.problems.length > 0) {
    throw new SetupError(`${file}:\n${reader.problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
  return config;
}

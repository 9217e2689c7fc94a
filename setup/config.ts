import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { isRecord } from '../tasks/common/json.ts';
import { describeTextProblem, readJson } from '../tasks/common/structured-text/parse.ts';
import { organizationName, readOrganizationUrl } from './azure/organization.ts';
import { Reader, type Section } from './config-reader.ts';
import { UsageError, messageOf } from './errors.ts';
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

/** What tells a file of Port's apart: a blueprint under `actions` would be refused by Port alone, with half of the loop made. */
const marks = { blueprints: 'schema', actions: 'invocationMethod' } as const;
type Kind = keyof typeof marks;

/** A byte order mark is no fault; comments and what else is no JSON are told with line and column. */
async function readDefinition(file: string, kind: Kind, reader: Reader): Promise<Json | undefined> {
  try {
    const { value, problems } = readJson(await readInputFile(file));
    if (problems !== undefined) {
      reader.problems.push(...problems.map((problem) => `${file}, ${describeTextProblem(problem)}.`));
    } else if (!isRecord(value) || typeof value.identifier !== 'string') {
      reader.problems.push(`${file} holds no object with an identifier.`);
    } else if (!isRecord(value[marks[kind]])) {
      const other = kind === 'actions' ? 'blueprints' : 'actions';
      const advice = isRecord(value[marks[other]]) ? ` List it under port.${other}.` : '';
      reader.problems.push(`${file} is none of port.${kind}: it has no ${marks[kind]}.${advice}`);
    } else return value;
  } catch (error) {
    reader.problems.push(messageOf(error));
  }
  return undefined;
}

async function readAll(
  port: Section,
  kind: Kind,
  { folder, reader }: { folder: string; reader: Reader },
): Promise<Json[]> {
  const files = reader.texts(port, kind);
  const all = await Promise.all(files.map((file) => readDefinition(resolve(folder, file), kind, reader)));
  return all.filter((each) => each !== undefined);
}

/** Whether a text in the payload, at any depth, is a template of the run's id. */
function carriesRunId(payload: unknown): boolean {
  if (typeof payload === 'string') return /\{\{[^}]*\.run\.id\b/.test(payload);
  return typeof payload === 'object' && payload !== null && Object.values(payload).some(carriesRunId);
}

/** Whether an action starts a pipeline: as an Azure DevOps action, or as a call of the organization's address. */
function callsAzure({ type, url }: Json, organizationUrl: string): boolean {
  if (type === 'AZURE_DEVOPS') return true;
  return (
    type === 'WEBHOOK' &&
    typeof url === 'string' &&
    (url.startsWith(`${organizationUrl}/`) ||
      /^https:\/\/(dev\.azure\.com|[^/]+\.visualstudio\.com)\//i.test(url))
  );
}

/** The organization and webhook of an action are those of this file, so that one action file serves many organizations. */
function completeAction(
  action: Json,
  organizationUrl: string,
  { webhook, reader }: { webhook: string; reader: Reader },
): Json {
  const method = action.invocationMethod;
  if (!isRecord(method) || !callsAzure(method, organizationUrl)) return action;
  const name = `The action ${String(action.identifier)}`;
  const isWebhook = method.type === 'WEBHOOK';
  if (!carriesRunId(isWebhook ? method.body : method.payload)) {
    reader.problems.push(
      `${name} sends no run id. Put "port_context": {"runId": "{{ .run.id }}"} into its ${isWebhook ? 'body' : 'payload'}.`,
    );
  }
  if (method.synchronized === true) {
    reader.problems.push(
      `${name} is synchronized: Port ends its run as soon as Azure DevOps answers, before the pipeline has begun. Set "synchronized": false in its invocationMethod.`,
    );
  }
  if (isWebhook) return action;
  return { ...action, invocationMethod: { ...method, org: organizationName(organizationUrl), webhook } };
}

function readNet(root: Section, reader: Reader): Config['net'] {
  const value = root[1].net ?? false;
  if (value === false) return undefined;
  if (value === true) return { event: 'ms.vss-pipelines.run-state-changed-event' };
  if (!isRecord(value)) {
    reader.problems.push(
      `net is ${JSON.stringify(value)}. It must be true, false, or a mapping such as {event: build.complete}; YAML 1.2 takes yes, no, on and off for text.`,
    );
    return undefined;
  }
  const [, { event = 'run-state-changed' }] = reader.section(root, 'net', ['event']);
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
  if (!isRecord(value)) throw new UsageError(`${file} is empty. docs/setup.md shows what it holds.`);
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

/** @throws UsageError that lists every problem of the file */
export async function readConfig(file: string): Promise<Config> {
  const reader = new Reader();
  const root: Section = ['', await parse(file)];
  const folder = dirname(resolve(file));
  reader.only(root, members);
  const webhook = reader.section(root, 'webhook', ['name', 'connection']);
  const port = reader.section(root, 'port', ['url', 'blueprints', 'actions']);
  const organizationUrl = readUrl(reader.text(root, 'organization', true), reader);
  const name = reader.text(webhook, 'name', true) ?? '';
  const actions = await readAll(port, 'actions', { folder, reader });
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
      blueprints: await readAll(port, 'blueprints', { folder, reader }),
      actions:
        organizationUrl === ''
          ? actions
          : actions.map((action) => completeAction(action, organizationUrl, { webhook: name, reader })),
    },
    net: readNet(root, reader),
  };
  if (reader.problems.length > 0) {
    throw new UsageError(`${file}:\n${reader.problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
  return config;
}

import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { isRecord } from '../tasks/common/json.ts';
import { readOrganizationUrl } from './azure/organization.ts';
import { completeAction, readDefinitions } from './config-definitions.ts';
import { checkAgainstSchema } from './config-problems.ts';
import { UsageError, messageOf } from './errors.ts';
import { readInputFile, requireYaml } from './input-file.ts';
import { type Json, recordOf, recordsOf, textOf } from './json.ts';

/** What closes runs whose pipeline died. */
export interface NetConfig {
  /** The event that tells of the end. */
  readonly event: 'ms.vss-pipelines.run-state-changed-event' | 'build.complete';
  /** How closely Port's run follows the pipeline on its way there; undefined for not at all. */
  readonly progress: 'stages' | 'jobs' | undefined;
}

export const approvalEvents = [
  'ms.vss-pipelinechecks-events.approval-pending',
  'ms.vss-pipelinechecks-events.approval-completed',
] as const;
export type ApprovalEvent = (typeof approvalEvents)[number];

/** Which approvals are given in Port, by whom, and in whose name. */
export interface Approvals {
  /** Names of environments in Azure DevOps; at least one. */
  readonly environments: readonly string[];
  /** The secret in Port that holds an approver's token. */
  readonly secret: string;
  /** Who may decide in Port besides administrators. */
  readonly teams: readonly string[];
  readonly users: readonly string[];
}

/** One pipeline of the loop. */
export interface PipelineConfig {
  /** Its name in Azure DevOps. */
  readonly name: string;
  /** Its YAML file here, where it is to be checked. */
  readonly file: string | undefined;
}

/** A service account in Port. */
export interface PortAccount {
  /** Its address, such as `pipelines@serviceaccounts.getport.io`. */
  readonly identifier: string;
  readonly role: string;
  readonly teams: readonly string[];
}

/** `port-azure.yml`: what the loop is made of. */
export interface Config {
  readonly file: string;
  readonly organizationUrl: string;
  readonly project: string;
  /** All that the webhook starts; at least one. */
  readonly pipelines: readonly PipelineConfig[];
  /** The incoming webhook: the name Port calls it by, and the service connection that the YAML names. */
  readonly webhook: { readonly name: string; readonly connection: string };
  /** The service connection of the tasks; undefined where the pipelines have the credentials another way. */
  readonly portConnection: string | undefined;
  /** Whose credentials that one holds; undefined for the organization's own. */
  readonly portAccount: PortAccount | undefined;
  readonly port: {
    readonly url: string | undefined;
    readonly blueprints: readonly Json[];
    readonly actions: readonly Json[];
  };
  readonly net: NetConfig | undefined;
  readonly approvals: Approvals | undefined;
}

/** A member's text. What the schema refuses reads as empty, so that the rest of the file is looked at as well. */
const textAt = (from: Json, member: string): string => textOf(from[member]).trim();

const optionalAt = (from: Json, member: string): string | undefined => textAt(from, member) || undefined;

const textsAt = (from: Json, member: string): string[] =>
  [from[member]].flat().filter((each) => typeof each === 'string');

function netOf(net: unknown): Config['net'] {
  if (net === undefined || net === false) return undefined;
  const { event, progress } = recordOf(net);
  return {
    event: event === 'build.complete' ? event : 'ms.vss-pipelines.run-state-changed-event',
    progress:
      progress === 'jobs' ? 'jobs' : progress === true || progress === 'stages' ? 'stages' : undefined,
  };
}

function approvalsOf(value: unknown): Config['approvals'] {
  if (value === undefined) return undefined;
  const approvals = recordOf(value);
  return {
    environments: textsAt(approvals, 'environments'),
    secret: optionalAt(approvals, 'secret') ?? 'AZURE_DEVOPS_APPROVER',
    teams: textsAt(approvals, 'teams'),
    users: textsAt(approvals, 'users'),
  };
}

function accountOf(value: unknown): PortAccount | undefined {
  if (value === undefined) return undefined;
  const account = recordOf(value);
  const role = optionalAt(account, 'role') ?? 'Member';
  return { identifier: textAt(account, 'identifier'), role, teams: textsAt(account, 'teams') };
}

function pipelinesOf(content: Json, folder: string): PipelineConfig[] {
  const all = content.pipelines === undefined ? [content] : recordsOf(content.pipelines);
  return all.map((each) => {
    const file = optionalAt(each, 'pipelineFile');
    return { name: textAt(each, 'pipeline'), file: file && resolve(folder, file) };
  });
}

function organizationOf(text: string, problems: string[]): string {
  try {
    return text === '' ? '' : readOrganizationUrl(text);
  } catch (error) {
    problems.push(messageOf(error));
    return '';
  }
}

async function parse(file: string): Promise<Json> {
  const document = parseDocument(
    await readInputFile(
      file,
      'Name yours with --file; "setup init" writes one, and docs/setup.md shows what it holds.',
    ),
  );
  requireYaml(document, file);
  const value: unknown = document.toJS();
  if (!isRecord(value)) throw new UsageError(`${file} is empty. docs/setup.md shows what it holds.`);
  return value;
}

interface Place {
  readonly file: string;
  readonly problems: string[];
}

async function configOf(content: Json, { file, problems }: Place): Promise<Config> {
  const [webhook, port] = [recordOf(content.webhook), recordOf(content.port)];
  const folder = dirname(resolve(file));
  const name = textAt(webhook, 'name');
  const organizationUrl = organizationOf(textAt(content, 'organization'), problems);
  const actions = await readDefinitions(textsAt(port, 'actions'), 'actions', { folder, problems });
  const context = { organizationUrl, webhook: name, problems };
  return {
    file,
    organizationUrl,
    project: textAt(content, 'project'),
    pipelines: pipelinesOf(content, folder),
    webhook: { name, connection: optionalAt(webhook, 'connection') ?? name },
    portConnection: optionalAt(content, 'portConnection'),
    portAccount: accountOf(content.portAccount),
    port: {
      url: optionalAt(port, 'url'),
      blueprints: await readDefinitions(textsAt(port, 'blueprints'), 'blueprints', { folder, problems }),
      actions: actions.map((action) => completeAction(action, context)),
    },
    net: netOf(content.net),
    approvals: approvalsOf(content.approvals),
  };
}

/** @throws UsageError that lists every problem of the file */
export async function readConfig(file: string): Promise<Config> {
  const { value, problems } = checkAgainstSchema(await parse(file));
  const config = await configOf(value, { file, problems });
  if (problems.length > 0) {
    throw new UsageError(`${file}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
  return config;
}

import { resolve } from 'node:path';
import { isRecord } from '../tasks/common/json.ts';
import { describeTextProblem, readJson } from '../tasks/common/structured-text/parse.ts';
import { organizationName } from './azure/organization.ts';
import { messageOf } from './errors.ts';
import { readInputFile } from './input-file.ts';
import { type Json, recordOf } from './json.ts';

/** What tells a file of Port's apart: a blueprint under `actions` would be refused by Port alone, with half of the loop made. */
const marks = { blueprints: 'schema', actions: 'invocationMethod' } as const;
type Kind = keyof typeof marks;

/** A byte order mark is no fault; comments and what else is no JSON are told with line and column. */
async function readDefinition(file: string, kind: Kind, problems: string[]): Promise<Json | undefined> {
  try {
    const json = readJson(await readInputFile(file));
    const { value } = json;
    if (json.problems !== undefined) {
      problems.push(...json.problems.map((problem) => `${file}, ${describeTextProblem(problem)}.`));
    } else if (!isRecord(value) || typeof value.identifier !== 'string') {
      problems.push(`${file} holds no object with an identifier.`);
    } else if (!isRecord(value[marks[kind]])) {
      const other = kind === 'actions' ? 'blueprints' : 'actions';
      const advice = isRecord(value[marks[other]]) ? ` List it under port.${other}.` : '';
      problems.push(`${file} is none of port.${kind}: it has no ${marks[kind]}.${advice}`);
    } else return value;
  } catch (error) {
    problems.push(messageOf(error));
  }
  return undefined;
}

/** Port's blueprints or actions in these files of the folder; what is no such thing is a problem. */
export async function readDefinitions(
  files: readonly string[],
  kind: Kind,
  { folder, problems }: { folder: string; problems: string[] },
): Promise<Json[]> {
  const all = await Promise.all(files.map((file) => readDefinition(resolve(folder, file), kind, problems)));
  return all.filter((each) => each !== undefined);
}

/** Whether a text in the payload, at any depth, is a template of the run's id. */
function carriesRunId(payload: unknown): boolean {
  if (typeof payload === 'string') return /\{\{[^}]*\.run\.id\b/.test(payload);
  return typeof payload === 'object' && payload !== null && Object.values(payload).some(carriesRunId);
}

/**
 * Whether an action can start a pipeline run: as an Azure DevOps action, or by a POST, which Port sends where no method is
 * named. One that changes a run, cancels it say, starts none.
 */
export function startsRuns(action: Json): boolean {
  const { type, method = 'POST' } = recordOf(action.invocationMethod);
  return type !== 'WEBHOOK' || String(method).toUpperCase() === 'POST';
}

/** Whether it calls Azure DevOps: as an Azure DevOps action, or at the organization's address. */
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
export function completeAction(
  action: Json,
  { organizationUrl, webhook, problems }: { organizationUrl: string; webhook: string; problems: string[] },
): Json {
  const method = action.invocationMethod;
  if (organizationUrl === '' || !isRecord(method) || !callsAzure(method, organizationUrl)) return action;
  if (!startsRuns(action)) return action;
  const name = `The action ${String(action.identifier)}`;
  const isWebhook = method.type === 'WEBHOOK';
  if (!carriesRunId(isWebhook ? method.body : method.payload)) {
    problems.push(
      `${name} sends no run id. Put "port_context": {"runId": "{{ .run.id }}"} into its ${isWebhook ? 'body' : 'payload'}.`,
    );
  }
  if (method.synchronized === true) {
    problems.push(
      `${name} is synchronized: Port ends its run as soon as Azure DevOps answers, before the pipeline has begun. Set "synchronized": false in its invocationMethod.`,
    );
  }
  if (isWebhook) return action;
  return { ...action, invocationMethod: { ...method, org: organizationName(organizationUrl), webhook } };
}

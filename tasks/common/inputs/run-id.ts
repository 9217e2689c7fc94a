import type { Host } from '../agent/host.ts';
import { isRecord, syntaxErrorWords, valueAt } from '../json.ts';
import { isUnresolved, oneLine } from '../text/plain-text.ts';
import { InputReader } from './input-reader.ts';

/** `action`: a run of a self-service action or automation (`r_…`). `workflowNode`: a node's run in a workflow (`wfnr_…`). */
export interface RunId {
  readonly kind: 'action' | 'workflowNode';
  readonly id: string;
}

/** Where a webhook payload holds the run id: Port's documented templates first, then what its older guides use. */
const payloadPaths = [
  ['port_context', 'runId'],
  ['port_context', 'run_id'],
  ['context', 'runId'],
  ['run', 'id'],
  ['runId'],
] as const;

/** The variable that carries the id between steps, and into pipelines that are started through the runs API. */
export const runIdVariable = 'PORT_RUN_ID';

/**
 * Group `id` is the run id inside a run number (`name: $(Date:yyyyMMdd)$(Rev:.r) $(PORT_RUN_ID)`); the two groups around it
 * keep longer words out. Written for JavaScript and for jq, because Port finds the id of a lost run by it too.
 */
export const runIdPattern =
  '(^|[^A-Za-z0-9_])(?<id>r_[A-Za-z0-9]{16,}|wfnr_[A-Za-z0-9]{8,})([^A-Za-z0-9_]|$)';

/** The first run id inside a run number; undefined where it holds none. */
export function runIdInText(text: string): string | undefined {
  return new RegExp(runIdPattern).exec(text)?.groups?.id;
}

/**
 * Finds the Port run that this pipeline run belongs to: input `runId`, input `payload`, variable PORT_RUN_ID, then the name of a
 * classic release, then the run number, which in a release is that of the build that it deploys. Undefined where none gives
 * one. A wrong id or payload is a problem; the next one counts.
 */
export function readRunId(reader: InputReader, host: Host): RunId | undefined {
  const candidates: readonly (readonly [source: string, text: () => string | undefined])[] = [
    ['Input runId', () => reader.text('runId')],
    ['The run id of input payload', () => runIdInPayload(reader)],
    [`Variable ${runIdVariable}`, () => host.variable(runIdVariable)],
    ['The name of the release', () => runIdInText(host.variable('Release.ReleaseName') ?? '')],
    ['The run number', () => runIdInRunNumber(host)],
  ];
  for (const [source, textOf] of candidates) {
    const text = textOf()?.trim();
    if (text === undefined || text === '' || isUnresolved(text)) continue;
    const runId = parseRunId(text, source, reader);
    if (runId !== undefined) return runId;
  }
  return undefined;
}

/**
 * Reads input `ifNoRunId`: a problem where it demands a run id and there is none.
 * @param consequence what skipping means, as the end of a sentence.
 */
export function checkRunIdDemand(reader: InputReader, runId: RunId | undefined, consequence: string): void {
  if (reader.choice('ifNoRunId', ['skip', 'fail'], 'skip') === 'skip' || runId !== undefined) return;
  reader.problem(
    `There is no Port run id: inputs runId and payload, the variable PORT_RUN_ID and the run number give none. Pass runId, or set ifNoRunId to skip: ${consequence}.`,
  );
}

/**
 * The id inside the run number, unless whoever named a branch can have put it there: then the run may be somebody else's. The log says
 * which of the two it was.
 */
function runIdInRunNumber(host: Host): string | undefined {
  const id = runIdInText(host.variable('Build.BuildNumber') ?? '');
  if (id === undefined) return undefined;
  const branches = ['Build.SourceBranch', 'Build.SourceBranchName', 'System.PullRequest.SourceBranch'];
  const isPullRequest = host.variable('Build.Reason')?.trim().toLowerCase() === 'pullrequest';
  // A sign that a run number may not have becomes "_" in it: branch x-r/1 makes the number x-r_1.
  const asInNumber = (text: string) => text.replace(/[^A-Za-z0-9]/g, '_').toLowerCase();
  const branch = branches.find((name) => asInNumber(host.variable(name) ?? '').includes(id.toLowerCase()));
  if (!isPullRequest && branch === undefined) {
    host.info(`The Port run id ${id} is taken from the run number.`);
    return id;
  }
  const reason = isPullRequest ? 'this is the build of a pull request' : `${branch} holds it too`;
  host.info(
    `The Port run id ${id} in the run number is not taken: ${reason}. Pass input runId, or the variable ${runIdVariable}.`,
  );
  return undefined;
}

function parseRunId(text: string, source: string, reader: InputReader): RunId | undefined {
  if (text.startsWith('wfr_')) {
    reader.problem(
      `${source} is "${oneLine(text, 60)}", which is the id of a whole workflow run. Pass the id of the node's run instead: {{ .workflowNodeRun.identifier }} (it starts with wfnr_).`,
    );
    return undefined;
  }
  if (/^wfnr_[A-Za-z0-9_-]+$/.test(text)) return { kind: 'workflowNode', id: text };
  if (/^r_[A-Za-z0-9_-]+$/.test(text)) return { kind: 'action', id: text };
  reader.problem(
    `${source} is "${oneLine(text, 60)}", which is not a Port run id. Ids start with r_ (action run, {{ .run.id }}) or wfnr_ (workflow node run).`,
  );
  return undefined;
}

/** The payload as an object; undefined where the input is absent, unresolved or empty (a manual run). */
export function readPayload(reader: InputReader): Readonly<Record<string, unknown>> | undefined {
  const text = reader.text('payload');
  if (text === undefined || text === 'null' || text === '""') return undefined;
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    if (/^\$\(|^\$\{\{/.test(text)) return undefined;
    reader.problem(
      `Input payload is not JSON (${syntaxErrorWords(error)}). Pass \${{ convertToJson(parameters.<webhook alias>) }}, as a block scalar (payload: |).`,
    );
    return undefined;
  }
  return isRecord(payload) ? payload : undefined;
}

function runIdInPayload(reader: InputReader): string | undefined {
  const payload = readPayload(reader);
  for (const path of payloadPaths) {
    const value = valueAt(payload, path);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** What a payload has to hold for the tasks to find its run. */
const missingJson = '"port_context": { "runId": "{{ .run.id }}" }';

/**
 * Why a pipeline run without a run id was started by Port all the same, what was found, and what to set; undefined in a run that
 * nobody says to come from Port.
 */
export function missingRunId(host: Pick<Host, 'input' | 'variable'>): string | undefined {
  const payload = readPayload(new InputReader(host));
  const keys = payload === undefined ? [] : keysOf(payload);
  if (keys.length === 0 && !isStartedByWebhook(host)) return undefined;
  const found =
    keys.length === 0
      ? 'A webhook started this pipeline run, but nothing gives the id of its run in Port'
      : `The payload holds no run id; its keys are ${keys.join(', ')}`;
  return `${found}. The run stays open in Port. Add ${missingJson} to the payload of the action in Port (invocationMethod), and PORT_RUN_ID: \${{ parameters.<webhook alias>.port_context.runId }} to the variables of the pipeline.`;
}

/** A pipeline that ended starts others for the same reason, and then names its build. */
function isStartedByWebhook(host: Pick<Host, 'variable'>): boolean {
  return (
    host.variable('Build.Reason') === 'ResourceTrigger' && !host.variable('Build.TriggeredBy.BuildId')?.trim()
  );
}

const mostKeys = 20;

/** Names, never values: of the payload, and of the objects in which a run id is looked for. */
function keysOf(payload: Readonly<Record<string, unknown>>): readonly string[] {
  const keys = Object.entries(payload).flatMap(([key, value]) => {
    const isLookedInto = payloadPaths.some((path) => path.length > 1 && path[0] === key.toLowerCase());
    const inner = isLookedInto && isRecord(value) ? Object.keys(value) : [];
    return [key, ...inner.map((name) => `${key}.${name}`)];
  });
  const shown = keys.slice(0, mostKeys).map((key) => oneLine(key, 60));
  return keys.length > mostKeys ? [...shown, '…'] : shown;
}

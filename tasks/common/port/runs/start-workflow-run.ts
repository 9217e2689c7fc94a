import { TaskError } from '../../errors.ts';
import { isRecord, listOf, valueAt } from '../../json.ts';
import { oneLine } from '../../text/plain-text.ts';
import type { PortClient } from '../client/client.ts';
import { holds, identifierOf, isMadeSince, mostLookedAt } from './same-run.ts';
import { type WorkflowRun, nodeOf, parseWorkflowRun, workflowRunIn } from './workflow-run.ts';

/** A workflow, as far as the tasks look at it. */
export interface WorkflowDefinition {
  /** The node that a start by API or by a person begins with. */
  readonly trigger: string | undefined;
  /** The JSON schemas of its inputs, by name. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** By identifier. */
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
}

export interface WorkflowNode {
  readonly title: string | undefined;
  /** SELF_SERVE_TRIGGER, WEBHOOK, INPUT …: Port publishes no closed list. */
  readonly type: string | undefined;
}

/** A run of a workflow that is to be started. */
export interface NewWorkflowRun {
  readonly workflow: string;
  readonly definition: WorkflowDefinition;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export async function getWorkflow(port: PortClient, workflow: string): Promise<WorkflowDefinition> {
  const answer = await port.call('getWorkflow', { parameters: { workflow } });
  const nodes = new Map<string, WorkflowNode>();
  let trigger: string | undefined;
  let inputs: unknown;
  for (const node of listOf(valueAt(answer.workflow, ['nodes']))) {
    const identifier = identifierOf(node);
    if (!isRecord(node) || identifier === undefined) continue;
    const type = valueAt(node, ['config', 'type']);
    nodes.set(identifier, {
      title: typeof node.title === 'string' ? node.title : undefined,
      type: typeof type === 'string' ? type : undefined,
    });
    if (type !== 'SELF_SERVE_TRIGGER' || trigger !== undefined) continue;
    trigger = identifier;
    inputs = valueAt(node, ['config', 'userInputs', 'properties']);
  }
  return { trigger, inputs: isRecord(inputs) ? inputs : {}, nodes };
}

/** Starts a run. The call is repeated only where it certainly did not arrive: twice would be two runs. */
export async function startWorkflowRun(
  port: PortClient,
  { workflow, inputs }: NewWorkflowRun,
): Promise<WorkflowRun> {
  const answer = await port.call('startWorkflowRun', { parameters: { workflow }, body: { inputs } });
  return parseWorkflowRun(workflowRunIn(answer), 'start the workflow');
}

/**
 * Runs that may be the one that was to be started: of the same workflow, with the same inputs, made since a time in ms. The list can
 * be asked for one workflow alone, and shows no inputs; each run does.
 * @throws TaskError where Port does not show the inputs of one, so that nobody can tell whether it is the one.
 */
export async function findStartedWorkflowRuns(
  port: PortClient,
  wanted: NewWorkflowRun,
  since: number,
): Promise<readonly WorkflowRun[]> {
  const query = { workflowIdentifiers: wanted.workflow, limit: mostLookedAt };
  const answer = await port.call('findWorkflowRuns', { query });
  const found: WorkflowRun[] = [];
  for (const listed of listOf(answer.workflowRuns ?? answer.runs)) {
    const runId = identifierOf(listed);
    if (runId === undefined || !isOfWorkflow(listed, wanted.workflow) || !isMadeSince(listed, since))
      continue;
    const run = workflowRunIn(await port.call('getWorkflowRun', { parameters: { runId } }));
    if (isSame(run, wanted)) found.push(parseWorkflowRun(run, 'look for the workflow run'));
  }
  return found;
}

/** The list was asked for this workflow alone, so what names none is of it. */
function isOfWorkflow(run: unknown, workflow: string): boolean {
  const named =
    identifierOf(valueAt(run, ['workflow'])) ??
    identifierOf(valueAt(run, ['workflowVersion', 'workflow'])) ??
    workflow;
  return named === workflow;
}

/** What the trigger gave to the nodes after it is what the run was started with. Port shows encrypted inputs in another form. */
function isSame(run: unknown, { definition, inputs }: NewWorkflowRun): boolean {
  if (hasOtherTrigger(run, definition)) return false;
  const comparable = Object.entries(inputs).filter(([name]) => !isEncrypted(definition.inputs[name]));
  if (comparable.length === 0) return true;
  const shown = triggerOutput(run, definition.trigger);
  if (shown === undefined || isMapped(shown, definition)) throw hiddenInputs(run);
  return holds(shown, Object.fromEntries(comparable));
}

/** A trigger may hand on what its definition makes of the inputs, instead of them. */
function isMapped(shown: Readonly<Record<string, unknown>>, { inputs }: WorkflowDefinition): boolean {
  const names = Object.keys(shown);
  return names.length > 0 && !names.some((name) => Object.hasOwn(inputs, name));
}

function hasOtherTrigger(run: unknown, { nodes, trigger }: WorkflowDefinition): boolean {
  return listOf(valueAt(run, ['nodeRuns'])).some((nodeRun) => {
    const node = nodeOf(nodeRun) ?? '';
    return node !== trigger && isTrigger(nodes.get(node));
  });
}

export function isTrigger(node: Pick<WorkflowNode, 'type'> | undefined): boolean {
  return node?.type?.endsWith('_TRIGGER') === true;
}

/** Port keeps it under the identifier of the node, which its examples call `trigger`, and in the node's run. */
export function triggerOutput(
  run: unknown,
  trigger = 'trigger',
): Readonly<Record<string, unknown>> | undefined {
  const own = listOf(valueAt(run, ['nodeRuns'])).find((nodeRun) => nodeOf(nodeRun) === trigger);
  return [
    valueAt(run, ['variables', 'outputs', trigger]),
    valueAt(run, ['variables', 'outputs', 'trigger']),
    valueAt(own, ['output']),
  ].find(isRecord);
}

function isEncrypted(schema: unknown): boolean {
  return isRecord(schema) && schema.encryption !== undefined;
}

function hiddenInputs(run: unknown): TaskError {
  return new TaskError(
    'PORT_ACTION',
    `Port does not show with which inputs workflow run ${oneLine(identifierOf(run) ?? '', 60)} was started.`,
  );
}

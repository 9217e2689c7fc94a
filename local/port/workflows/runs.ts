import type { Context } from '../context.ts';
import { newId } from '../ids.ts';
import type { JsonObject, NodeRun, NodeRunLog, Workflow, WorkflowNode, WorkflowRun } from '../model.ts';
import { Problem, invalidRequest } from '../problem.ts';
import { startNode } from './nodes.ts';

/** What starts a run: a trigger node, and what it hands to the nodes after it as `.outputs.trigger`. */
export interface Trigger {
  readonly node: WorkflowNode;
  readonly output: JsonObject;
  readonly by: string;
}

export function startWorkflow(context: Context, workflow: Workflow, trigger: Trigger): WorkflowRun {
  const run = newWorkflowRun(context, workflow.identifier, trigger);
  advance(context, run, trigger.node.identifier);
  return run;
}

export function newWorkflowRun(
  context: Context,
  workflow: string,
  { output, by }: Pick<Trigger, 'output' | 'by'>,
): WorkflowRun {
  const at = context.now().toISOString();
  const run: WorkflowRun = {
    identifier: newId('wfr_'),
    workflow: { identifier: workflow },
    status: 'IN_PROGRESS',
    result: null,
    variables: { outputs: { trigger: output } },
    ...{ createdAt: at, createdBy: by, updatedAt: at, completedAt: null },
  };
  context.store.workflowRuns.set(run.identifier, run);
  context.changed({ resource: 'workflowRun', identifier: run.identifier });
  return run;
}

/** Goes on to the node after this one, or ends the run where there is none, or where it is being cancelled. */
function advance(context: Context, run: WorkflowRun, from: string, outlet?: string): void {
  if (run.status === 'CANCELLING') return endRun(context, run, 'CANCELLED');
  const workflow = context.store.workflows.get(run.workflow.identifier);
  const next = workflow?.connections.find(
    (connection) => connection.sourceIdentifier === from && connection.sourceOutletIdentifier === outlet,
  );
  const node = workflow?.nodes.find(({ identifier }) => identifier === next?.targetIdentifier);
  if (!node) return endRun(context, run, 'SUCCESS');
  const nodeRun = newNodeRun(context, run, { nodeIdentifier: node.identifier });
  context.background.start(async () => {
    const change = await startNode(context, { run, node, nodeRun });
    if (change && nodeRun.status !== 'COMPLETED') updateNodeRun(context, nodeRun, change);
  });
}

export function newNodeRun(
  context: Context,
  run: WorkflowRun,
  node: Pick<NodeRun, 'nodeIdentifier'> & Partial<NodeRun>,
): NodeRun {
  const at = context.now().toISOString();
  const nodeRun: NodeRun = {
    identifier: newId('wfnr_'),
    workflowRunIdentifier: run.identifier,
    node: { identifier: node.nodeIdentifier },
    status: 'IN_PROGRESS',
    output: {},
    links: [],
    logs: [],
    ...{ createdAt: at, updatedAt: at, completedAt: null },
    ...node,
  };
  context.store.nodeRuns.set(nodeRun.identifier, nodeRun);
  context.changed({ resource: 'nodeRun', identifier: nodeRun.identifier });
  return nodeRun;
}

export type NodeRunChange = Partial<
  Pick<NodeRun, 'status' | 'result' | 'statusLabel' | 'output' | 'externalRunId' | 'links'>
> & { readonly logs?: readonly NewLog[]; readonly outlet?: string };

type NewLog = Omit<NodeRunLog, 'createdAt'>;

/** Changes a node run; each key replaces what was there. The end of a node takes its workflow on, or ends it. */
export function updateNodeRun(context: Context, nodeRun: NodeRun, change: NodeRunChange): void {
  const { identifier, workflowRunIdentifier, nodeIdentifier } = nodeRun;
  if (nodeRun.status === 'COMPLETED')
    throw new Problem(422, 'invalid_request', `Node run "${identifier}" is already completed`);
  const { logs = [], outlet, ...changes } = change;
  const at = context.now().toISOString();
  addNodeLogs(context, nodeRun, logs);
  Object.assign(nodeRun, changes, { updatedAt: at });
  if (change.status === 'COMPLETED') nodeRun.completedAt = at;
  context.changed({ resource: 'nodeRun', identifier });
  if (change.status !== 'COMPLETED') return;
  const run = context.store.workflowRun(workflowRunIdentifier);
  run.variables.outputs[nodeIdentifier] = nodeRun.output;
  if (run.status !== 'COMPLETED') goOn(context, run, { nodeRun, outlet });
}

/** Adds lines to a node's log, and gives them back as they are kept. */
export function addNodeLogs(context: Context, nodeRun: NodeRun, logs: readonly NewLog[]): NodeRunLog[] {
  const kept = logs.map((log) => ({ ...log, createdAt: context.now().toISOString() }));
  nodeRun.logs.push(...kept);
  context.changed({ resource: 'nodeRun', identifier: nodeRun.identifier });
  return kept;
}

function goOn(
  context: Context,
  run: WorkflowRun,
  { nodeRun, outlet }: { readonly nodeRun: NodeRun; readonly outlet: string | undefined },
): void {
  const { nodeIdentifier, result = 'SUCCESS' } = nodeRun;
  const { nodes = [] } = context.store.workflows.get(run.workflow.identifier) ?? {};
  const node = nodes.find(({ identifier }) => identifier === nodeIdentifier);
  const isPassed = result === 'SUCCESS' || (result === 'FAILED' && node?.config.onFailure === 'continue');
  if (isPassed || run.status === 'CANCELLING') advance(context, run, nodeIdentifier, outlet);
  else endRun(context, run, result);
}

/**
 * Cancels a run: it starts no further node, and ends when the running one has; 422 where it has ended. With `force`,
 * the running nodes fail and the run ends at once.
 */
export function cancelRun(context: Context, run: WorkflowRun, force: boolean): void {
  if (run.status === 'COMPLETED') throw invalidRequest(`Run "${run.identifier}" is already completed`);
  setStatus(context, run, { status: 'CANCELLING' });
  const running = context.store.nodeRunsOf(run).filter(({ status }) => status !== 'COMPLETED');
  if (force)
    for (const nodeRun of running) updateNodeRun(context, nodeRun, { status: 'COMPLETED', result: 'FAILED' });
  else if (running.length === 0) endRun(context, run, 'CANCELLED');
}

function endRun(context: Context, run: WorkflowRun, result: NonNullable<WorkflowRun['result']>): void {
  setStatus(context, run, { status: 'COMPLETED', result, completedAt: context.now().toISOString() });
}

function setStatus(context: Context, run: WorkflowRun, change: Partial<WorkflowRun>): void {
  Object.assign(run, change, { updatedAt: context.now().toISOString() });
  context.changed({ resource: 'workflowRun', identifier: run.identifier });
}

/** Somebody answers an input node with one of its buttons, as Port's page lets them. */
export function answerInput(
  context: Context,
  nodeRun: NodeRun,
  answer: { readonly button: string; readonly inputs?: JsonObject },
): void {
  const { button, inputs = {} } = answer;
  const responses = [{ inputs, submitterInfo: { submittedBy: context.userEmail } }];
  const output = { selectedOutlet: { identifier: button }, responses };
  updateNodeRun(context, nodeRun, { status: 'COMPLETED', result: 'SUCCESS', output, outlet: button });
}

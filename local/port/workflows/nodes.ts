import { parsed, reasonOf, send, webhookCall } from '../actions/call.ts';
import { fillString } from '../actions/template.ts';
import type { Context } from '../context.ts';
import type { JsonObject, NodeRun, WorkflowNode, WorkflowRun } from '../model.ts';

/** A node of a run that has its turn. */
export interface NodeTurn {
  readonly run: WorkflowRun;
  readonly node: WorkflowNode;
  readonly nodeRun: NodeRun;
}

/** How a node ends that ends by itself. */
export interface NodeEnd {
  readonly status: 'COMPLETED';
  readonly result: 'SUCCESS' | 'FAILED';
  readonly output?: JsonObject;
  readonly logs?: readonly { readonly level: 'ERROR'; readonly message: string }[];
}

/**
 * Starts a node. A synchronized webhook, Port's default, ends with its answer; all others wait until somebody
 * reports on them or answers them.
 */
export async function startNode(context: Context, turn: NodeTurn): Promise<NodeEnd | undefined> {
  const { node, nodeRun } = turn;
  const data = templateData(context, turn);
  try {
    for (const link of node.links ?? []) nodeRun.links.push(await fillString(link, data));
    if (node.config.type !== 'WEBHOOK') return undefined;
    const call = await webhookCall(context, node.config, data);
    const answer = await send(context, call, true);
    if (answer.status >= 300) throw new Error(`${call.method} ${call.url} answered ${answer.status}`);
    if (node.config.synchronized === false) return undefined;
    const response = { status: answer.status, data: parsed(answer.body) };
    return { status: 'COMPLETED', result: 'SUCCESS', output: { response } };
  } catch (error) {
    return { status: 'COMPLETED', result: 'FAILED', logs: [{ level: 'ERROR', message: reasonOf(error) }] };
  }
}

function templateData({ store }: Context, { run, nodeRun }: NodeTurn): JsonObject {
  const by = { email: run.createdBy };
  return {
    outputs: run.variables.outputs,
    workflowRun: { ...run, trigger: { by, at: run.createdAt } },
    workflowNodeRun: nodeRun,
    secrets: Object.fromEntries(store.secrets),
  };
}

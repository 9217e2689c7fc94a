import type { Handlers } from '../extension/task-definition.ts';

/** Handlers that the local agent knows, best first, and the agent's folders of their Node. Others are ignored. */
const folders = { Node24: 'node24', Node20_1: 'node20_1' } as const;
const priorities = ['Node24', 'Node20_1'] as const;

export interface ChosenHandler {
  readonly target: string;
  readonly workingDirectory: string;
  /** The agent's folder of the Node that runs the target. */
  readonly nodeFolder: string;
}

/**
 * The handler with the best priority, and the Node that runs it. Where an organization has switched
 * `AGENT_USE_NODE24_WITH_HANDLER_DATA` off, a Node24 target runs on Node 20: NodeHandler.cs, GetNodeLocationLegacy.
 */
export function chooseHandler(handlers: Handlers, usesNode24: boolean): ChosenHandler {
  const name = priorities.find((one) => Object.hasOwn(handlers, one));
  const handler = name === undefined ? undefined : handlers[name];
  if (name === undefined || handler === undefined) {
    const names = Object.keys(handlers).join(', ');
    throw new Error(`the local agent does not know a task that has no handler but ${names}`);
  }
  return { ...handler, nodeFolder: folders[usesNode24 ? name : 'Node20_1'] };
}

import type { Handlers } from '../extension/task-definition.ts';

/** Handlers that are Node, best first: the agent's priorities. Other keys are ignored. */
const priorities = ['Node24', 'Node20_1', 'Node16', 'Node10', 'Node'] as const;
type NodeHandler = (typeof priorities)[number];

const folders: Readonly<Record<NodeHandler, string>> = {
  Node24: 'node24',
  Node20_1: 'node20_1',
  Node16: 'node16',
  Node10: 'node10',
  Node: 'node',
};

export interface ChosenHandler {
  readonly name: NodeHandler;
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
  if (name === undefined || handler === undefined) throw new Error(noHandler);
  return { name, ...handler, nodeFolder: folders[name === 'Node24' && !usesNode24 ? 'Node20_1' : name] };
}

const noHandler =
  process.platform === 'win32'
    ? 'A supported task execution handler was not found. The task does not carry an implementation that is ' +
      'compatible with your current operating system.'
    : 'The current operating system is not capable of running this task. That typically means the task was ' +
      'written for Windows only. For example, written for Windows Desktop PowerShell.';

/** Whether the task has none of the Node versions that the agent still supports. */
export const isEndOfLife = (handlers: Handlers) =>
  !Object.hasOwn(handlers, 'Node24') && !Object.hasOwn(handlers, 'Node20_1');

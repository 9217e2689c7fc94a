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

export type Knob = (name: string) => boolean;

/**
 * The handler with the best priority, and the Node that runs it. A Node24 target runs on Node 20 unless
 * `AGENT_USE_NODE24_WITH_HANDLER_DATA` is on: NodeHandler.cs, GetNodeLocationLegacy.
 */
export function chooseHandler(handlers: Handlers, isOn: Knob): ChosenHandler {
  const name = priorities.find((one) => Object.hasOwn(handlers, one));
  const handler = name === undefined ? undefined : handlers[name];
  if (name === undefined || handler === undefined) throw new Error(noHandler);
  return { name, ...handler, nodeFolder: nodeFolder(name, isOn) };
}

function nodeFolder(name: NodeHandler, isOn: Knob): string {
  if (isOn('AGENT_USE_NODE24')) return 'node24';
  if (isOn('AGENT_USE_NODE20_1')) return 'node20_1';
  if (name === 'Node24' && !isOn('AGENT_USE_NODE24_WITH_HANDLER_DATA')) return 'node20_1';
  return folders[name];
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

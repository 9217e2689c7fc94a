import { type WorkflowNode, isTrigger } from '../common/port/runs/start-workflow-run.ts';
import type { WorkflowNodeLog, WorkflowNodeRun } from '../common/port/runs/workflow-run.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { logLines } from './log-lines.ts';

/** Tells of a workflow run's nodes what was not told before: each state, label and log entry once. */
export class NodeNews {
  readonly #page: string;
  /** What was told of a node last, by the id of its run. */
  readonly #states = new Map<string, string>();
  /** How often an entry was told, by node run, mark and text: it is the same whichever way Port sorts them. */
  readonly #entries = new Map<string, number>();

  /** @param page the run's page, where a person answers a node that waits for input. */
  constructor(page: string) {
    this.#page = page;
  }

  linesOf(nodeRuns: readonly WorkflowNodeRun[], nodes: ReadonlyMap<string, WorkflowNode>): readonly string[] {
    return nodeRuns.flatMap((nodeRun) => {
      const known = nodes.get(nodeRun.node);
      const { title = known?.title, type = known?.type } = nodeRun;
      if (isTrigger({ type })) return [];
      const name = `Node "${oneLine(title ?? nodeRun.node, 60)}"`;
      return [...this.#state(nodeRun, name, type), ...this.#newLogs(nodeRun).map(logText)];
    });
  }

  #state(
    { id, status, statusLabel, isFinished }: WorkflowNodeRun,
    name: string,
    type: string | undefined,
  ): readonly string[] {
    const label = statusLabel === undefined ? '' : ` "${oneLine(statusLabel)}"`;
    const isWaiting = type === 'INPUT' && !isFinished;
    const state = isWaiting
      ? `waits for somebody's input${label}: ${this.#page}`
      : `is ${oneLine(status, 60)}${label}.`;
    if (this.#states.get(id) === state) return [];
    this.#states.set(id, state);
    return [`${name} ${state}`];
  }

  #newLogs({ id, logs }: WorkflowNodeRun): readonly WorkflowNodeLog[] {
    const seen = new Map<string, number>();
    return logs.filter(({ level, message, mark }) => {
      const key = JSON.stringify([id, mark, level, message]);
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      if (count <= (this.#entries.get(key) ?? 0)) return false;
      this.#entries.set(key, count);
      return true;
    });
  }
}

function logText({ level = 'INFO', message }: WorkflowNodeLog): string {
  return logLines(level === 'INFO' ? message : `${oneLine(level, 20)}: ${message}`);
}

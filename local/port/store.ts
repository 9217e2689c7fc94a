import { newId } from './ids.ts';
import type { Action, Blueprint, Delivery, Entity, NodeRun, Run, RunLog, Webhook } from './model.ts';
import { notFound } from './problem.ts';

/** An entity that was written or deleted with a `run_id`. */
export interface RunEntity {
  readonly blueprint: string;
  readonly identifier: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
}

/** Everything the local Port knows. Tests read it; only the routes write to it. */
export class Store {
  readonly blueprints = new Map<string, Blueprint>();
  readonly entities = new Map<string, Map<string, Entity>>();
  readonly actions = new Map<string, Action>();
  readonly runs = new Map<string, Run>();
  readonly logs = new Map<string, RunLog[]>();
  readonly runEntities = new Map<string, RunEntity[]>();
  readonly nodeRuns = new Map<string, NodeRun>();
  readonly webhooks = new Map<string, Webhook>();
  readonly deliveries: Delivery[] = [];
  readonly secrets = new Map<string, string>();

  entitiesOf(blueprint: string): Map<string, Entity> {
    let entities = this.entities.get(blueprint);
    if (!entities) this.entities.set(blueprint, (entities = new Map<string, Entity>()));
    return entities;
  }

  entity(blueprint: string, identifier: string): Entity | undefined {
    return this.entities.get(blueprint)?.get(identifier);
  }

  blueprint(identifier: string): Blueprint {
    return found('Blueprint', identifier, this.blueprints);
  }

  action(identifier: string): Action {
    return found('Action', identifier, this.actions);
  }

  run(id: string): Run {
    return found('Run', id, this.runs);
  }

  nodeRun(identifier: string): NodeRun {
    return found('Workflow node run', identifier, this.nodeRuns);
  }

  webhook(identifier: string): Webhook {
    return found('Webhook', identifier, this.webhooks);
  }

  logsOf(runId: string): RunLog[] {
    let logs = this.logs.get(runId);
    if (!logs) this.logs.set(runId, (logs = []));
    return logs;
  }

  /** Remembers that an entity was written on behalf of a run. */
  tie(runId: string, entry: RunEntity): void {
    const entries = this.runEntities.get(runId);
    if (entries) entries.push(entry);
    else this.runEntities.set(runId, [entry]);
  }

  /** Puts a workflow node run there that waits for its end, as a workflow would. */
  addNodeRun(at: Date, node: Partial<Pick<NodeRun, 'nodeIdentifier' | 'externalRunId'>> = {}): NodeRun {
    const nodeRun: NodeRun = {
      identifier: newId('wfnr_'),
      workflowRunIdentifier: newId('wfr_'),
      nodeIdentifier: 'run-pipeline',
      status: 'IN_PROGRESS',
      output: {},
      links: [],
      logs: [],
      createdAt: at.toISOString(),
      updatedAt: at.toISOString(),
      ...node,
    };
    this.nodeRuns.set(nodeRun.identifier, nodeRun);
    return nodeRun;
  }
}

function found<T>(what: string, identifier: string, map: ReadonlyMap<string, T>): T {
  const value = map.get(identifier);
  if (value === undefined) throw notFound(what, identifier);
  return value;
}

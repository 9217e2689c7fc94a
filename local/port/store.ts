import type {
  Action,
  Blueprint,
  Delivery,
  Entity,
  ExecutePermissions,
  NodeRun,
  Run,
  RunLog,
  Scorecard,
  Webhook,
  Workflow,
  WorkflowRun,
} from './model.ts';
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
  readonly scorecards = new Map<string, Map<string, Scorecard>>();
  readonly actions = new Map<string, Action>();
  /** By action; absent where nobody has set any. */
  readonly permissions = new Map<string, ExecutePermissions>();
  readonly runs = new Map<string, Run>();
  readonly logs = new Map<string, RunLog[]>();
  readonly runEntities = new Map<string, RunEntity[]>();
  readonly workflows = new Map<string, Workflow>();
  readonly workflowRuns = new Map<string, WorkflowRun>();
  readonly nodeRuns = new Map<string, NodeRun>();
  readonly webhooks = new Map<string, Webhook>();
  readonly deliveries: Delivery[] = [];
  readonly secrets = new Map<string, string>();
  /** Of service accounts, by client id. */
  readonly credentials = new Map<string, { readonly user: string; readonly clientSecret: string }>();

  entitiesOf(blueprint: string): Map<string, Entity> {
    return kept(this.entities, blueprint, () => new Map<string, Entity>());
  }

  scorecardsOf(blueprint: string): Map<string, Scorecard> {
    return kept(this.scorecards, blueprint, () => new Map<string, Scorecard>());
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

  workflow(identifier: string): Workflow {
    return found('Workflow', identifier, this.workflows);
  }

  workflowRun(identifier: string): WorkflowRun {
    return found('Workflow run', identifier, this.workflowRuns);
  }

  nodeRunsOf(run: WorkflowRun): NodeRun[] {
    return [...this.nodeRuns.values()].filter((node) => node.workflowRunIdentifier === run.identifier);
  }

  webhook(identifier: string): Webhook {
    return found('Webhook', identifier, this.webhooks);
  }

  logsOf(runId: string): RunLog[] {
    return kept(this.logs, runId, () => []);
  }

  /** Remembers that an entity was written on behalf of a run. */
  tie(runId: string, entry: RunEntity): void {
    kept(this.runEntities, runId, (): RunEntity[] => []).push(entry);
  }
}

/** The value of a key; a new one is put there where there is none. */
function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function found<T>(what: string, identifier: string, map: ReadonlyMap<string, T>): T {
  const value = map.get(identifier);
  if (value === undefined) throw notFound(what, identifier);
  return value;
}

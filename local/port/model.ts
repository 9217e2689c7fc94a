/** `create` refuses what exists, `replace` drops what is not sent, `merge` keeps it. */
export type WriteMode = 'create' | 'replace' | 'merge';

export interface WriteOptions {
  readonly mode: WriteMode;
  readonly validateOnly?: boolean;
  readonly createMissing?: boolean;
  /** An action run that is in progress. */
  readonly runId?: string | undefined;
  readonly author: Author;
}

export interface Author {
  readonly id: string;
  readonly datasource: string;
}
/** Any JSON object; its values are looked at by a schema or a guard before they are used. */
export type JsonObject = Record<string, unknown>;

/** A related entity of a blueprint. */
export interface Relation {
  readonly target: string;
  readonly required: boolean;
  readonly many: boolean;
  readonly title?: string;
}

/** Who wrote something, and when (ISO 8601, UTC). */
export interface Audit {
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
}

export interface Blueprint extends Audit {
  readonly identifier: string;
  readonly title: string;
  readonly icon?: string;
  readonly schema: {
    readonly properties: Readonly<Record<string, JsonObject>>;
    readonly required?: readonly string[];
  };
  readonly relations?: Readonly<Record<string, Relation>>;
}

export type RelationValue = string | string[] | null;

export interface Entity extends Audit {
  readonly identifier: string;
  readonly blueprint: string;
  readonly title?: string;
  readonly icon?: string;
  readonly team?: string | string[];
  readonly properties: JsonObject;
  readonly relations: Record<string, RelationValue>;
  /** How its scorecards stand; only in answers and events. */
  readonly scorecards?: Readonly<Record<string, ScorecardResult>>;
  /** The User-Agent of the last writer, as Port shows it. */
  readonly $datasource?: string;
}

export interface ScorecardQuery {
  readonly combinator: 'and' | 'or';
  readonly conditions: readonly JsonObject[];
}

export interface Scorecard extends Audit {
  readonly identifier: string;
  readonly title: string;
  readonly blueprint: string;
  /** Which entities are evaluated; all of them when left out. */
  readonly filter?: ScorecardQuery;
  /** From the lowest, which every entity holds and which has no rules. */
  readonly levels: readonly { readonly title: string; readonly color?: string }[];
  readonly rules: readonly {
    readonly identifier: string;
    readonly title: string;
    readonly description?: string;
    readonly level: string;
    readonly query: ScorecardQuery;
  }[];
}

/** How an entity stands with a scorecard: the title of the level that it holds, and each rule. */
export interface ScorecardResult {
  readonly level: string;
  readonly rules: readonly {
    readonly identifier: string;
    readonly status: 'SUCCESS' | 'FAILURE';
    readonly level: string;
  }[];
}

export interface Action extends Audit {
  readonly identifier: string;
  readonly title?: string;
  readonly icon?: string;
  readonly trigger: ActionTrigger;
  readonly invocationMethod: InvocationMethod;
  readonly requiredApproval?: boolean | { readonly type: string };
  readonly publish?: boolean;
}

/** The fields of both kinds of trigger, `self-service` and `automation`. */
export interface ActionTrigger {
  readonly type: 'self-service' | 'automation';
  readonly operation?: 'CREATE' | 'DAY-2' | 'DELETE';
  readonly blueprintIdentifier?: string;
  readonly userInputs?: {
    readonly properties: Readonly<Record<string, JsonObject>>;
    readonly required?: unknown;
  };
  readonly event?: {
    readonly type: string;
    readonly blueprintIdentifier?: string;
    readonly actionIdentifier?: string;
    readonly propertyIdentifier?: string;
  };
  /** JQ over an event, or rules that the entity of a self-service action has to pass. */
  readonly condition?: {
    readonly type: string;
    readonly expressions?: readonly string[];
    readonly rules?: readonly JsonObject[];
    readonly combinator?: string;
  };
}

/** Who may execute an action: any one of these is enough. */
export interface ExecutePermissions {
  readonly roles: readonly string[];
  readonly users: readonly string[];
  readonly teams: readonly string[];
  readonly ownedByTeam: boolean;
}

/** The fields of the invocation methods that the local Port can carry out; the others are kept as they are. */
export interface InvocationMethod {
  readonly type: string;
  readonly org?: string;
  readonly webhook?: string;
  readonly payload?: unknown;
  readonly url?: string;
  readonly method?: string;
  readonly synchronized?: boolean | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Run extends Audit {
  readonly id: string;
  readonly action: string;
  readonly blueprint?: string;
  readonly entity?: string;
  readonly properties: JsonObject;
  readonly source: 'UI' | 'API' | 'AUTOMATION';
  readonly requiredApproval: boolean | { readonly type: string };
  /** IN_PROGRESS, SUCCESS, FAILURE, WAITING_FOR_APPROVAL or DECLINED. */
  status: string;
  statusLabel: string | null;
  link?: string | string[];
  summary?: string;
  externalRunId?: string;
  message?: JsonObject;
  approval: { state: string; userId: string | null; description?: string } | null;
  /** The invocation as it was sent, its templates filled in; `synchronized` is read by clients. */
  payload: JsonObject | null;
  response?: unknown;
  endedAt?: string;
}

export interface RunLog {
  readonly id: string;
  readonly runId: string;
  readonly message: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** A Port workflow: nodes, and which of them comes after which. There is no published schema of it. */
export interface Workflow extends Audit {
  readonly identifier: string;
  readonly title?: string;
  readonly nodes: readonly WorkflowNode[];
  readonly connections: readonly {
    readonly sourceIdentifier: string;
    readonly targetIdentifier: string;
    readonly sourceOutletIdentifier?: string;
  }[];
}

export interface WorkflowNode {
  readonly identifier: string;
  readonly links?: readonly string[];
  readonly config: Omit<InvocationMethod, 'org' | 'webhook'> & {
    /** `terminate`, the default, ends the run when the node fails. */
    readonly onFailure?: 'terminate' | 'continue';
    readonly published?: boolean;
    readonly event?: ActionTrigger['event'];
    readonly condition?: ActionTrigger['condition'];
    readonly userInputs?: ActionTrigger['userInputs'] & { readonly buttons?: readonly JsonObject[] };
  };
}

type Ended = 'SUCCESS' | 'FAILED' | 'CANCELLED';

export interface WorkflowRun {
  readonly identifier: string;
  readonly workflow: { readonly identifier: string };
  status: 'IN_PROGRESS' | 'CANCELLING' | 'COMPLETED';
  result: Ended | null;
  /** What the nodes gave so far, by node; `trigger` is what started the run. */
  readonly variables: { readonly outputs: JsonObject };
  readonly createdAt: string;
  readonly createdBy: string;
  updatedAt: string;
  completedAt: string | null;
}

/** A node run of a Port workflow, as Port's own clients and pages know it. */
export interface NodeRun {
  readonly identifier: string;
  readonly workflowRunIdentifier: string;
  readonly nodeIdentifier: string;
  readonly node: { readonly identifier: string };
  status: 'IN_PROGRESS' | 'COMPLETED';
  result?: Ended;
  statusLabel?: string;
  output: JsonObject;
  externalRunId?: string;
  links: string[];
  readonly logs: NodeRunLog[];
  readonly createdAt: string;
  updatedAt: string;
  completedAt: string | null;
}

export interface NodeRunLog {
  readonly level: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG';
  readonly message: string;
  readonly createdAt: string;
}

export interface Webhook extends Audit {
  readonly identifier: string;
  readonly title: string;
  readonly enabled: boolean;
  readonly webhookKey: string;
  readonly url: string;
  readonly mappings: readonly WebhookMapping[];
  readonly security: WebhookSecurity;
}

export interface WebhookSecurity {
  readonly secret?: string | null;
  readonly signatureHeaderName?: string | null;
  readonly signatureAlgorithm?: 'plain' | null;
  readonly requestIdentifierPath?: string | null;
}

/** One mapping of an incoming webhook; all texts but `blueprint` and `icon` are JQ. */
export interface WebhookMapping {
  readonly blueprint: string;
  readonly operation?: 'create' | 'delete';
  readonly filter?: string;
  readonly entity: {
    readonly identifier: unknown;
    readonly title?: string;
    readonly icon?: string;
    readonly team?: unknown;
    readonly properties?: JsonObject;
    readonly relations?: JsonObject;
  };
}

/** What became of one call to an incoming webhook; its sender is told 202 whatever happens. */
export interface Delivery {
  readonly webhook: string;
  readonly outcome: 'mapped' | 'disabled' | 'bad-signature' | 'duplicate';
  readonly written: string[];
  readonly errors: string[];
}

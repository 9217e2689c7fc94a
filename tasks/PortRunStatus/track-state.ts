import type { Host } from '../common/agent/host.ts';
import type { Connection } from '../common/inputs/connection.ts';
import type { RunId } from '../common/inputs/run-id.ts';
import { isSeal, sealOf } from '../common/inputs/seal.ts';
import type { Detail } from './report/report.ts';

/**
 * How far the main step came. `unseen`: it never started, or was killed before it could say so. `unreadable`: its inputs were wrong, so
 * that it could not tell which run. `disarmed`: the post-job step has nothing to do.
 */
export type MainStep = 'unseen' | 'armed' | 'unreadable' | 'disarmed';

/**
 * What the main step leaves for the post-job step of the same task instance, in task variables: no other step can read or write
 * them.
 */
export interface TrackState {
  mark(state: Exclude<MainStep, 'unseen'>): void;
  remember(runId: RunId): void;
  /** The address of Port's API to which the credentials were sent. */
  rememberAddress(apiUrl: string): void;
  /** The details that Port took or refused at the start, so that the end need not send them again. */
  rememberSettled(details: readonly Detail[]): void;
  readonly state: MainStep;
  readonly runId: RunId | undefined;
  readonly address: string | undefined;
  readonly settled: ReadonlySet<string>;
}

const stateVariable = 'PORT_TRACK';
const runVariable = 'PORT_TRACK_RUN';
const addressVariable = 'PORT_TRACK_ADDRESS';
const settledVariable = 'PORT_TRACK_SETTLED';

export function trackState(host: Pick<Host, 'taskVariable' | 'setTaskVariable'>): TrackState {
  return {
    mark: (state) => host.setTaskVariable(stateVariable, state),
    remember: ({ kind, id }) => host.setTaskVariable(runVariable, `${kind} ${id}`),
    rememberAddress: (apiUrl) => host.setTaskVariable(addressVariable, apiUrl),
    rememberSettled: (details) => host.setTaskVariable(settledVariable, details.join(' ')),
    get state() {
      const state = host.taskVariable(stateVariable);
      return state === 'armed' || state === 'unreadable' || state === 'disarmed' ? state : 'unseen';
    },
    get runId(): RunId | undefined {
      const [kind, id] = host.taskVariable(runVariable)?.split(' ') ?? [];
      if (id === undefined) return undefined;
      return { kind: kind === 'workflowNode' ? 'workflowNode' : 'action', id };
    },
    get address() {
      return host.taskVariable(addressVariable) || undefined;
    },
    get settled() {
      return new Set(host.taskVariable(settledVariable)?.split(' '));
    },
  };
}

/**
 * The variable by which a step that ends a run tells the post-job steps of the same job: "r_… SUCCESS <seal>". Any step can set it; the
 * seal, made with the client secret, shows that one of ours did.
 */
const endedVariable = 'PORT_RUN_ENDED';

/** A variable that is there and not of ours may have been given when the run was queued: writing it would fail the step. */
export function rememberEnd(
  host: Pick<Host, 'variable' | 'hasVariable' | 'setVariable'>,
  connection: Connection,
  { runId, status }: { runId: RunId; status: string },
): void {
  const isOurs = ownWord(host, connection) !== undefined;
  if (isOurs || !host.hasVariable(endedVariable))
    host.setVariable(
      endedVariable,
      `${runId.id} ${status} ${sealOf(connection, endedVariable, `${runId.id} ${status}`)}`,
    );
}

/** The status with which a step of this job has ended the run. */
export function rememberedEnd(
  host: Pick<Host, 'variable'>,
  connection: Connection,
  runId: RunId,
): string | undefined {
  const word = ownWord(host, connection);
  return word?.id === runId.id ? word.status : undefined;
}

function ownWord(
  host: Pick<Host, 'variable'>,
  connection: Connection,
): { id: string; status: string } | undefined {
  const [id = '', status = '', seal = ''] = host.variable(endedVariable)?.split(' ') ?? [];
  const isOurs = isSeal(connection, { purpose: endedVariable, text: `${id} ${status}`, seal });
  return isOurs ? { id, status } : undefined;
}

import type { Host } from '../common/agent/host.ts';
import type { RunId } from '../common/inputs/run-id.ts';

/** What the main step leaves for the post-job step of the same task instance. */
export interface TrackState {
  arm(): void;
  /** The post-job step has nothing to do: the step did not track, or nothing can be reported. */
  disarm(): void;
  remember(runId: RunId): void;
  /** `unseen`: the main step never started. */
  readonly state: 'unseen' | 'armed' | 'disarmed';
  readonly runId: RunId | undefined;
}

const stateVariable = 'PORT_TRACK';
const runVariable = 'PORT_TRACK_RUN';

export function trackState(host: Host): TrackState {
  return {
    arm: () => host.setTaskVariable(stateVariable, 'armed'),
    disarm: () => host.setTaskVariable(stateVariable, 'disarmed'),
    remember: ({ kind, id }) => host.setTaskVariable(runVariable, `${kind} ${id}`),
    get state() {
      const state = host.taskVariable(stateVariable);
      return state === 'armed' || state === 'disarmed' ? state : 'unseen';
    },
    get runId(): RunId | undefined {
      const [kind, id] = host.taskVariable(runVariable)?.split(' ') ?? [];
      if (id === undefined) return undefined;
      return { kind: kind === 'workflowNode' ? 'workflowNode' : 'action', id };
    },
  };
}

/** The variable by which a step that ends a run tells the post-job steps of the same job: "r_… SUCCESS". */
const endedVariable = 'PORT_RUN_ENDED';

export function rememberEnd(host: Host, runId: RunId, status: string): void {
  host.setVariable(endedVariable, `${runId.id} ${status}`);
}

/** The status with which a step of this job has ended the run. */
export function rememberedEnd(host: Host, runId: RunId): string | undefined {
  const [id, status] = host.variable(endedVariable)?.split(' ') ?? [];
  return id === runId.id ? status : undefined;
}

import { randomUUID } from 'node:crypto';
import type {
  BuildRunner,
  RunObserver,
  RunOutcome,
  RunRequest,
  TimelineRecord,
} from '../../../local/agent/types.ts';

/** A record of a job that is under way; the rest by hand. */
export const record = (over: Partial<TimelineRecord> = {}): TimelineRecord => ({
  id: randomUUID(),
  parentId: null,
  type: 'Job',
  name: 'Deploy',
  identifier: 'Deploy.Job1.__default',
  order: 1,
  attempt: 1,
  previousAttempts: [],
  state: 'inProgress',
  result: null,
  startTime: new Date().toISOString(),
  finishTime: null,
  errorCount: 0,
  warningCount: 0,
  issues: [],
  task: null,
  log: null,
  ...over,
});

type Script = (
  request: RunRequest,
  observer: RunObserver,
  signal: AbortSignal,
) => Promise<RunOutcome> | RunOutcome;

export interface FakeRunner extends BuildRunner {
  readonly seen: RunRequest[];
}

export const succeed: Script = (request) => ({ result: 'succeeded', buildNumber: `n${request.buildId}` });

/** Runs until it is cancelled. */
export const untilCancelled: Script = (_request, _observer, signal) =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve({ result: 'canceled', buildNumber: 'cancelled' })),
  );

/** A runner that does what a script says and remembers what it was asked. */
export function fakeRunner(script: Script = succeed): FakeRunner {
  const seen: RunRequest[] = [];
  const losses = new Map<number, () => void>();
  return {
    seen,
    run: async (request, observer, signal) => {
      seen.push(request);
      const lost = new Promise<never>((_resolve, reject) =>
        losses.set(request.buildId, () => reject(new Error('The agent is lost'))),
      );
      return Promise.race([script(request, observer, signal), lost]);
    },
    lose: (buildId) => losses.get(buildId)?.(),
  };
}

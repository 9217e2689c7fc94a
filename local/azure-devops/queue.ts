import type { RunObserver, RunOutcome } from '../agent/types.ts';
import { buildOf, createBuild, issueToken } from './builds.ts';
import { cancelApprovals } from './checks/approvals.ts';
import { passChecks } from './checks/pass-checks.ts';
import { badRequest } from './errors.ts';
import type { Build, Change, QueueRequest } from './model.ts';
import type { State } from './state.ts';

const now = (): string => new Date().toISOString();

/** Queues runs, gives them to agents, and keeps what the agents tell. */
export class BuildQueue {
  readonly #state: State;
  readonly #notify: (change: Change) => void;
  readonly #waiting: Build[] = [];
  readonly #running = new Map<number, AbortController>();
  readonly #watchers = new Set<() => void>();
  #isPaused = false;

  constructor(state: State, notify: (change: Change) => void) {
    this.#state = state;
    this.#notify = notify;
  }

  async queue(given: QueueRequest): Promise<Build> {
    const build = await createBuild(this.#state, given);
    this.#waiting.push(build);
    this.#notify({ kind: 'run', build });
    this.#next();
    return build;
  }

  /** Keeps new runs waiting, as when no agent is online. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Cancels as a user does; a run that no agent has yet ends at once. */
  cancel(buildId: number): void {
    const build = buildOf(this.#state, buildId);
    if (build.status === 'completed') return;
    const place = this.#waiting.indexOf(build);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      this.#finish(build, { result: 'canceled', buildNumber: build.number });
      return;
    }
    if (build.status === 'cancelling') return;
    build.status = 'cancelling';
    this.#notify({ kind: 'run', build });
    this.#running.get(buildId)?.abort();
    cancelApprovals(this.#state, build);
  }

  /** The agent's machine is gone. */
  loseAgent(buildId: number): void {
    if (!this.#running.has(buildId)) throw badRequest(`Build ${buildId} has no agent.`);
    this.#state.options.runner.lose(buildId);
  }

  /** Runs what failed again, in the same build. @throws AzureError 400 for a run that goes on or did not fail */
  rerunFailedStages(buildId: number): Build {
    const build = buildOf(this.#state, buildId);
    if (build.status !== 'completed' || build.result === 'succeeded') {
      throw badRequest(
        `Build ${buildId} has no failed stage to run again.`,
        'InvalidBuildOperationException',
      );
    }
    build.attempt += 1;
    build.status = 'notStarted';
    build.result = null;
    build.finishTime = null;
    this.#waiting.push(build);
    this.#next();
    return build;
  }

  /** Resolves with the build when it has ended. */
  async whenCompleted(buildId: number): Promise<Build> {
    const build = buildOf(this.#state, buildId);
    while (build.status !== 'completed') await this.#change();
    return build;
  }

  /** Resolves when no run waits or goes on. A paused queue with waiting runs is never idle. */
  async idle(): Promise<void> {
    while (this.#waiting.length + this.#running.size > 0) await this.#change();
  }

  /** Cancels everything, for the end of the server. */
  async close(): Promise<void> {
    for (const build of [...this.#waiting]) this.cancel(build.id);
    for (const id of this.#running.keys()) this.cancel(id);
    await this.idle();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.add(resolve));
  }

  #next(): void {
    if (this.#isPaused) return;
    for (const build of this.#waiting.splice(0)) void this.#carryOut(build);
  }

  async #carryOut(build: Build): Promise<void> {
    const controller = new AbortController();
    this.#running.set(build.id, controller);
    build.status = 'inProgress';
    build.startTime ??= now();
    const outcome = await this.#run(build, controller.signal);
    this.#running.delete(build.id);
    this.#finish(build, outcome);
    this.#next();
  }

  async #run(build: Build, signal: AbortSignal): Promise<RunOutcome> {
    const rerun = { attempt: build.attempt, records: [...build.records.values()] };
    const request =
      build.attempt === 1
        ? build.request
        : { ...build.request, accessToken: issueToken(this.#state, build.id), rerun };
    try {
      return await this.#state.options.runner.run(request, this.#observer(build), signal);
    } catch (error) {
      build.validationErrors.push(error instanceof Error ? error.message : String(error));
      return { result: 'failed', buildNumber: build.number };
    }
  }

  /** Once the run has ended, what an agent still says is not heard. */
  #observer(build: Build): RunObserver {
    const isHeard = (): boolean => build.status !== 'completed';
    return {
      buildNumber: (number) => {
        if (isHeard()) build.number = number;
      },
      record: (record) => {
        if (!isHeard()) return;
        const before = build.records.get(record.id);
        build.records.set(record.id, record);
        const kind = record.type === 'Stage' ? 'stage' : record.type === 'Job' ? 'job' : undefined;
        if (kind !== undefined && before?.state !== record.state) this.#notify({ kind, build, record });
      },
      log: (recordId, line) => {
        const lines = build.logs.get(recordId) ?? [];
        if (isHeard()) build.logs.set(recordId, [...lines, line]);
      },
      attachment: (attachment) => {
        if (isHeard()) build.attachments.push(attachment);
      },
      tag: (tag) => {
        if (isHeard()) build.tags.add(tag);
      },
      passChecks: async (stageId, environments, extended) => {
        const stage = build.records.get(stageId);
        if (stage === undefined) return undefined;
        const world = { state: this.#state, notify: this.#notify };
        return passChecks(world, { build, stage, environments, extended });
      },
    };
  }

  #finish(build: Build, outcome: RunOutcome): void {
    build.status = 'completed';
    build.result = outcome.result;
    build.number = outcome.buildNumber;
    build.finishTime = now();
    this.#notify({ kind: 'build', build });
    this.#notify({ kind: 'run', build });
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const resolve of watchers) resolve();
  }
}

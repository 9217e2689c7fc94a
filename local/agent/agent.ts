import { compileRun } from './compile.ts';
import { makeSettings, type AgentOptions } from './settings.ts';
import { buildResult } from './results.ts';
import { keptIdentifiers } from './rerun.ts';
import type { RunContext } from './run-context.ts';
import { checkRunNumber } from './run-number.ts';
import { runStages } from './run-pipeline.ts';
import { Slots } from './slots.ts';
import { guid, Timeline } from './timeline.ts';
import type { BuildRunner, RunObserver, RunOutcome, RunRequest, Variable } from './types.ts';

export interface LocalAgent extends BuildRunner {
  /**
   * The machines that run jobs of this build are gone at once: their processes are killed, nothing of them is run
   * or told any more. Their jobs end as abandoned when `timings.agentLost` is over.
   */
  lose(buildId: number): void;
}

/** What is remembered of a build for its next attempt. */
interface BuildMemory {
  buildNumber: string;
  readonly outputs: Map<string, ReadonlyMap<string, Variable>>;
}

/** Makes an agent (with `parallelism` places). `run` rejects with `PipelineError` when the run cannot be created. */
export function createAgent(options: AgentOptions): LocalAgent {
  const settings = makeSettings(options);
  const slots = new Slots(settings.parallelism);
  const revisions = new Map<string, number>();
  const memory = new Map<number, BuildMemory>();
  const losses = new Map<number, Set<() => void>>();

  const compile = (request: RunRequest) =>
    compileRun(request, settings, (prefix) => {
      const key = `${request.definitionId}/${prefix}`;
      const next = (revisions.get(key) ?? 0) + 1;
      revisions.set(key, next);
      return next;
    });

  const run = async (
    request: RunRequest,
    observer: RunObserver,
    canceled: AbortSignal,
  ): Promise<RunOutcome> => {
    const compiled = compile(request);
    const old = request.rerun === undefined ? undefined : memory.get(request.buildId);
    const build = old ?? { buildNumber: compiled.buildNumber, outputs: new Map() };
    memory.set(request.buildId, build);
    const planId = guid(`${settings.workDirectory}/${request.collectionUrl}/${request.buildId}`);
    const timeline = new Timeline(
      observer,
      planId,
      request.rerun?.records ?? [],
      request.rerun?.attempt ?? 1,
    );
    const own = new Set<() => void>();
    losses.set(request.buildId, own);
    observer.buildNumber(build.buildNumber);
    const context: RunContext = {
      ...{ request, observer, settings, compiled, timeline, planId, canceled, slots },
      outputs: build.outputs,
      losses: own,
      kept: request.rerun === undefined ? new Set() : keptIdentifiers(compiled.pipeline, timeline),
      buildNumber: () => build.buildNumber,
      setBuildNumber: (number) => {
        checkRunNumber(number, compiled.fileName);
        build.buildNumber = number;
        observer.buildNumber(number);
      },
    };
    const stages = await runStages(context);
    losses.delete(request.buildId);
    const result = buildResult(
      stages.map((stage) => stage.result),
      canceled.aborted,
    );
    return { result, buildNumber: build.buildNumber };
  };
  return { run, lose: (buildId) => losses.get(buildId)?.forEach((lose) => lose()) };
}

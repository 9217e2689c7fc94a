import { compileRun } from './compile/compile-run.ts';
import { checkRunNumber } from './compile/run-number.ts';
import { keptIdentifiers } from './jobs/rerun.ts';
import { runStages } from './jobs/run-pipeline.ts';
import { type AgentOptions, makeSettings } from './settings.ts';
import { buildResult } from './state/results.ts';
import type { RunContext } from './state/run-context.ts';
import { Slots } from './state/slots.ts';
import { Timeline } from './state/timeline.ts';
import type { BuildRunner, RunObserver, RunRequest, Variable } from './types.ts';
import { guid } from './variables/guid.ts';

export interface LocalAgent extends BuildRunner {
  /** The run's number (`name:` of the pipeline), as it stands while the run is still queued. Throws as `run` rejects. */
  runNumber(request: RunRequest): string;
  /** The YAML after compilation, of a run that is not made. Throws as `run` rejects. */
  preview(request: RunRequest): string;
}

/** Jobs that run at the same time, of all runs together. */
const places = 2;

/** What is remembered of a build for its next attempt. */
interface BuildMemory {
  buildNumber: string;
  readonly outputs: Map<string, ReadonlyMap<string, Variable>>;
}

/**
 * Makes an agent, the only user of its work directory; it runs two jobs at a time. `run` rejects with
 * `PipelineError` when the run cannot be created; nothing was told to the observer then.
 */
export function createAgent(options: AgentOptions): LocalAgent {
  const settings = makeSettings(options);
  const slots = new Slots(places);
  const nextRevision = countRevisions();
  const compile = (request: RunRequest) => compileRun(request, settings, nextRevision(request));
  const memory = new Map<number, BuildMemory>();
  const losses = new Map<number, Set<() => void>>();

  return {
    runNumber: (request) => compile(request).buildNumber,
    preview: (request) => compile(request).finalYaml,
    lose: (buildId) => losses.get(buildId)?.forEach((lose) => lose()),
    run: async (request, observer, canceled) => {
      const compiled = compile(request);
      const old = request.rerun === undefined ? undefined : memory.get(request.buildId);
      const build = old ?? { buildNumber: compiled.buildNumber, outputs: new Map() };
      const own = new Set<() => void>();
      memory.set(request.buildId, build);
      losses.set(request.buildId, own);
      observer.buildNumber(build.buildNumber);
      const parts = { request, observer, settings, compiled, canceled, slots, losses: own };
      const stages = await runStages(makeContext(parts, build));
      losses.delete(request.buildId);
      const results = stages.map((stage) => stage.result);
      return { result: buildResult(results, canceled.aborted), buildNumber: build.buildNumber };
    },
  };
}

/**
 * `$(Rev:r)` counts for each pipeline and the rest of its number. A run keeps its count: the server asks for the number while
 * the run is queued, the agent when it starts.
 */
function countRevisions(): (request: RunRequest) => (prefix: string) => number {
  const counts = new Map<string, number>();
  const taken = new Map<string, number>();
  return ({ definitionId, buildId }) =>
    (prefix) => {
      const key = `${definitionId}/${prefix}`;
      const own = `${buildId}/${prefix}`;
      const revision = taken.get(own) ?? (counts.get(key) ?? 0) + 1;
      taken.set(own, revision);
      counts.set(key, Math.max(revision, counts.get(key) ?? 0));
      return revision;
    };
}

type ContextParts = Pick<
  RunContext,
  'request' | 'observer' | 'settings' | 'compiled' | 'canceled' | 'slots' | 'losses'
>;

function makeContext(parts: ContextParts, build: BuildMemory): RunContext {
  const { request, observer, settings, compiled } = parts;
  const planId = guid(`${settings.workDirectory}/${request.collectionUrl}/${request.buildId}`);
  const timeline = makeTimeline(request, observer, planId);
  return {
    ...parts,
    planId,
    timeline,
    outputs: build.outputs,
    kept: request.rerun === undefined ? new Set() : keptIdentifiers(compiled.pipeline, timeline),
    buildNumber: () => build.buildNumber,
    setBuildNumber: (number) => {
      checkRunNumber(number, compiled.fileName);
      build.buildNumber = number;
      observer.buildNumber(number);
    },
  };
}

const makeTimeline = ({ rerun }: RunRequest, observer: RunObserver, planId: string) =>
  new Timeline(observer, planId, rerun?.records ?? [], rerun?.attempt ?? 1);

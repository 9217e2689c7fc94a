import {
  type JobOutcome,
  type StageOutcome,
  stageDependencies,
  stageJobDependencies,
} from '../state/outcomes.ts';
import { rollUp } from '../state/results.ts';
import type { RunContext } from '../state/run-context.ts';
import { type RecordHandle, phaseIdentifier } from '../state/timeline.ts';
import type { TaskResult } from '../types.ts';
import type { Job, Stage } from '../yaml/pipeline.ts';
import { conditionHolds } from './graph-condition.ts';
import { runGraph } from './graph.ts';
import { runPhase } from './run-phase.ts';

type Records = ReadonlyMap<Stage | Job, RecordHandle>;

/** Runs all stages and gives their outcomes. */
export function runStages(run: RunContext): Promise<StageOutcome[]> {
  const { stages } = run.compiled.pipeline;
  const records: Records = new Map(stages.flatMap((stage, index) => addRecords(stage, index + 1, run)));
  return runGraph<Stage, StageOutcome>(stages, (stage, before) => {
    const record = records.get(stage);
    return record === undefined
      ? Promise.resolve(keptStage(stage, run))
      : runStage({ stage, record, records, before, run });
  });
}

/** A stage and its phases are there from the start; a job only when it starts. What an earlier attempt left has records. */
function addRecords(stage: Stage, order: number, run: RunContext): (readonly [Stage | Job, RecordHandle])[] {
  if (run.kept.has(stage.name)) return [];
  const { name, displayName } = stage;
  const record = run.timeline.add({
    parent: null,
    type: 'Stage',
    name: displayName,
    identifier: name,
    refName: name,
    order,
  });
  const phases = stage.jobs.flatMap((job, index) => {
    const identifier = phaseIdentifier(stage, job);
    if (run.kept.has(identifier)) return [];
    const about = { name: job.displayName, identifier, refName: job.name, order: index + 1 };
    return [[job, run.timeline.add({ parent: record, type: 'Phase', ...about })] as const];
  });
  return [[stage, record], ...phases];
}

function keptStage(stage: Stage, run: RunContext): StageOutcome {
  const jobs = stage.jobs.map((job) => keptJob(phaseIdentifier(stage, job), job.name, run));
  return { name: stage.name, result: run.timeline.earlier(stage.name)?.result ?? 'succeeded', jobs };
}

const keptJob = (identifier: string, name: string, run: RunContext): JobOutcome => ({
  name,
  result: run.timeline.earlier(identifier)?.result ?? 'skipped',
  outputs: run.outputs.get(identifier) ?? new Map(),
});

interface StageRun {
  readonly stage: Stage;
  readonly record: RecordHandle;
  readonly records: Records;
  readonly before: ReadonlyMap<string, StageOutcome>;
  readonly run: RunContext;
}

async function runStage({ stage, record, records, before, run }: StageRun): Promise<StageOutcome> {
  const direct = stage.dependsOn.flatMap((name) => before.get(name) ?? []);
  const verdict = conditionHolds({
    condition: stage.condition,
    before,
    names: { dependencies: stageDependencies(direct), stagedependencies: stageJobDependencies(direct) },
    run,
    record,
  });
  const end = verdict === true ? await passChecks(stage, record, run) : verdict;
  if (end !== undefined) {
    stage.jobs.forEach((job) => records.get(job)?.complete(end));
    record.complete(end);
    const jobs = stage.jobs.map(({ name }) => ({ name, result: end, outputs: new Map() }));
    return { name: stage.name, result: end, jobs };
  }
  record.start();
  const jobs = await runGraph(stage.jobs, (job, earlier: ReadonlyMap<string, JobOutcome>) => {
    const own = records.get(job);
    return own === undefined
      ? Promise.resolve(keptJob(phaseIdentifier(stage, job), job.name, run))
      : runPhase({ stage, job, stageRecord: record, record: own, before: earlier, stages: direct, run });
  });
  const result = rollUp(jobs.map((job) => job.result));
  record.complete(result);
  return { name: stage.name, result, jobs };
}

/** Waits for the checks of the environments that the stage deploys to; a resource of one (`name.resource`) has its checks. */
function passChecks(stage: Stage, record: RecordHandle, run: RunContext): Promise<TaskResult | undefined> {
  const names = stage.jobs.flatMap(({ environment }) => environment?.split('.')[0] ?? []);
  return (
    run.observer.passChecks?.(record.id, [...new Set(names)], run.compiled.extended) ??
    Promise.resolve(undefined)
  );
}

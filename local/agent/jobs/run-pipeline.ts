import { type JobOutcome, type StageOutcome, stageDependencies } from '../state/outcomes.ts';
import { rollUp } from '../state/results.ts';
import type { RunContext } from '../state/run-context.ts';
import { type RecordHandle, phaseIdentifier } from '../state/timeline.ts';
import type { Stage } from '../yaml/pipeline.ts';
import { conditionHolds } from './graph-condition.ts';
import { runGraph } from './graph.ts';
import { runPhase } from './run-phase.ts';

/** Runs all stages and gives their outcomes. */
export function runStages(run: RunContext): Promise<StageOutcome[]> {
  const { stages } = run.compiled.pipeline;
  const records = new Map(
    stages.flatMap((stage, index) =>
      run.kept.has(stage.name) ? [] : [[stage.name, addStageRecord(stage, index + 1, run)] as const],
    ),
  );
  return runGraph<Stage, StageOutcome>(stages, (stage, before) => {
    const record = records.get(stage.name);
    return record === undefined
      ? Promise.resolve(keptStage(stage, run))
      : runStage({ stage, record, before, run });
  });
}

const addStageRecord = (stage: Stage, order: number, run: RunContext): RecordHandle =>
  run.timeline.add({
    parent: null,
    type: 'Stage',
    name: stage.displayName,
    identifier: stage.name,
    refName: stage.name,
    order,
  });

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
  readonly before: ReadonlyMap<string, StageOutcome>;
  readonly run: RunContext;
}

async function runStage({ stage, record, before, run }: StageRun): Promise<StageOutcome> {
  const direct = stage.dependsOn.flatMap((name) => before.get(name) ?? []);
  const verdict = conditionHolds({
    condition: stage.condition,
    before,
    names: { dependencies: stageDependencies(direct) },
    run,
    record,
  });
  if (verdict !== true) {
    record.complete(verdict);
    const jobs = stage.jobs.map(({ name }) => ({ name, result: verdict, outputs: new Map() }));
    return { name: stage.name, result: verdict, jobs };
  }
  record.start();
  const jobs = await runGraph(stage.jobs, (job, earlier: ReadonlyMap<string, JobOutcome>) => {
    const identifier = phaseIdentifier(stage, job);
    if (run.kept.has(identifier)) return Promise.resolve(keptJob(identifier, job.name, run));
    return runPhase({ stage, job, stageRecord: record, before: earlier, stages: direct, run });
  });
  const result = rollUp(jobs.map((job) => job.result));
  record.complete(result);
  return { name: stage.name, result, jobs };
}

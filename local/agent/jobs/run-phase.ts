import { messageOf } from '../errors.ts';
import { type Leg, expandLegs } from '../state/matrix.ts';
import { type JobOutcome, jobDependencies, stageJobDependencies } from '../state/outcomes.ts';
import { rollUp } from '../state/results.ts';
import type { LegRun, PhaseRun } from '../state/run-context.ts';
import { Slots } from '../state/slots.ts';
import { phaseIdentifier } from '../state/timeline.ts';
import { conditionHolds } from './graph-condition.ts';
import { type LegEnd, runLeg } from './run-agent-job.ts';
import { runHooks } from './run-hooks.ts';

/** Runs a job of the YAML: one agent job, or one for each leg of its matrix. */
export async function runPhase(phase: PhaseRun): Promise<JobOutcome> {
  const { stage, job, run, before, record } = phase;
  const direct = job.dependsOn.flatMap((name) => before.get(name) ?? []);
  const names = {
    dependencies: jobDependencies(direct),
    stagedependencies: stageJobDependencies(phase.stages),
  };
  const variables = [...stage.variables, ...job.variables];
  const verdict = conditionHolds({ condition: job.condition, before, names, variables, run, record });
  if (verdict !== true) {
    record.complete(verdict);
    return { name: job.name, result: verdict, outputs: new Map() };
  }
  record.start();
  // A job that starts although the run is canceled is not canceled itself.
  const canceled = run.canceled.aborted ? new AbortController().signal : run.canceled;
  const { result, outputs } = job.isDeployment
    ? await runHooks(phase, names, canceled)
    : await runMatrix(phase, names, canceled);
  record.complete(result);
  run.outputs.set(phaseIdentifier(stage, job), outputs);
  return { name: job.name, result, outputs };
}

type Names = LegRun['names'];

async function runMatrix(phase: PhaseRun, names: Names, canceled: AbortSignal): Promise<LegEnd> {
  const legs = legsOf(phase, names);
  const ends = legs === undefined ? [] : await runLegs(phase, legs, { names, canceled });
  const result = legs === undefined ? 'failed' : rollUp(ends.map((end) => end.result));
  return { result, outputs: new Map(ends.flatMap((end) => [...end.outputs])) };
}

function legsOf({ job, record }: PhaseRun, names: Names): readonly Leg[] | undefined {
  try {
    return expandLegs(job, names);
  } catch (error) {
    record.issue({ type: 'error', category: 'General', message: messageOf(error) });
    return undefined;
  }
}

async function runLegs(
  phase: PhaseRun,
  legs: readonly Leg[],
  common: Pick<LegRun, 'names' | 'canceled'>,
): Promise<LegEnd[]> {
  const { maxParallel = 0 } = phase.job.matrix ?? {};
  const gate = new Slots(maxParallel > 0 ? maxParallel : legs.length);
  return Promise.all(
    legs.map(async (leg, index) => {
      const place = await gate.take(new AbortController().signal);
      try {
        return await runLeg({ ...common, phase, leg, position: index + 1, count: legs.length });
      } finally {
        if (place !== undefined) gate.giveBack(place);
      }
    }),
  );
}

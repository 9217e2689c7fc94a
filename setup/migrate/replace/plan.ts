import { type ReadScript, isLeft, isReport } from '../calls.ts';
import type { PipelineFile } from '../read/scripts.ts';
import { runIdOf, stepFor } from './call-steps.ts';
import { conditionInPlace, conditionOfReport, localized, ownCondition } from './conditions.ts';
import { type Job, readJobs } from './jobs.ts';
import { type Report, isBare, reportStep, reportsIn } from './reports.ts';
import type { TaskStep } from './task-step.ts';

/** A job with the steps that take the place of its calls. */
export interface JobPlan {
  readonly job: Job;
  /** At the top of the job. */
  readonly top: readonly TaskStep[];
  /** In the place of a script's calls. */
  readonly inPlace: ReadonlyMap<ReadScript, readonly TaskStep[]>;
  /** Behind the job's own steps. */
  readonly end: readonly TaskStep[];
  /** Nothing is left for it to do. */
  readonly isRemoved: boolean;
}

export interface Plan {
  readonly jobs: readonly JobPlan[];
  /** For a stage or job of its own behind all others, which reports the result of the whole pipeline. */
  readonly last: TaskStep | undefined;
  readonly hasStages: boolean;
}

/** Replaces the calls of a pipeline. */
class Planner {
  readonly #jobs: readonly Job[];
  readonly #runId: string | undefined;
  readonly #isOneJob: boolean;
  readonly #file: PipelineFile;

  constructor(file: PipelineFile, scripts: readonly ReadScript[]) {
    this.#file = file;
    this.#jobs = readJobs(file, scripts);
    this.#isOneJob = this.#jobs.filter(({ hasWork }) => hasWork).length <= 1;
    const ids = scripts.flatMap(({ calls }) => calls.filter(isReport)).map(runIdOf);
    this.#runId = ids.find((id) => id !== undefined);
  }

  plan(): Plan {
    const working = this.#jobs.filter(({ hasWork }) => hasWork);
    const target =
      working[0] ??
      this.#jobs.find(({ scripts }) =>
        scripts.some(({ calls }) => calls.some((call) => stepFor(call, this.#none) !== undefined)),
      ) ??
      this.#jobs[0];
    const hasStages = this.#file.document.has('stages');
    if (target === undefined) return { jobs: [], last: undefined, hasStages };
    if (!this.#isOneJob) return { ...this.#several(), hasStages };
    return {
      jobs: this.#jobs.map((job) => (job === target ? this.#only(job) : removed(job))),
      last: undefined,
      hasStages,
    };
  }

  get #none() {
    return { runId: this.#runId, condition: undefined };
  }

  #reports(): readonly Report[] {
    return this.#jobs
      .flatMap(({ scripts }) => scripts.flatMap(({ calls }) => reportsIn(calls)))
      .filter((each) => 'calls' in each);
  }

  #hasEnd(): boolean {
    return this.#reports().some(({ end }) => end !== undefined);
  }

  /** One job does the work: the others only talked to Port, and go; what they said is said at its end. */
  #only(target: Job): JobPlan {
    const hasEnd = this.#hasEnd();
    const [track, taken] = hasEnd ? this.#track(target) : [undefined, undefined];
    const inPlace = new Map(target.scripts.map((script) => [script, this.#steps(script, taken)] as const));
    const end = this.#jobs
      .filter((job) => job !== target)
      .flatMap(({ scripts }) => scripts)
      .flatMap((script) => this.#steps(script, taken).map((step) => localized(step, script)));
    return { job: target, top: track === undefined ? [] : [track], inPlace, end, isRemoved: false };
  }

  /** The step that follows the job; it says what the job's first script says of the run. */
  #track(target: Job): [TaskStep, Report | undefined] {
    const [first] = target.scripts;
    const isFirst =
      first !== undefined &&
      first.script.place.steps?.items.find((item) => item === first.script.place.step) ===
        first.script.place.steps?.items[0] &&
      first.reading.work.length === 0;
    const report = isFirst ? reportsIn(first.calls.filter(({ kind }) => kind !== 'token'))[0] : undefined;
    if (
      report !== undefined &&
      'calls' in report &&
      report.end === undefined &&
      report.status === undefined &&
      !report.calls.some(({ isConditional }) => isConditional)
    )
      return [reportStep(report, this.#runId, { status: 'track' }), report];
    const [any] = this.#reports();
    const calls = any?.calls ?? [];
    return [
      reportStep({ calls, end: undefined, status: undefined, inputs: {}, missing: [] }, this.#runId, {
        status: 'track',
      }),
      undefined,
    ];
  }

  /** @param taken a report that stands in another step already */
  #steps(script: ReadScript, taken: Report | undefined): readonly TaskStep[] {
    return reportsIn(script.calls).flatMap((each): TaskStep[] => {
      if ('calls' in each) return this.#reported(each, script, taken);
      const step = stepFor(each, { runId: this.#runId, condition: ownCondition(script) });
      return step === undefined ? [] : [step];
    });
  }

  #reported(report: Report, script: ReadScript, taken: Report | undefined): TaskStep[] {
    if (taken?.calls[0] === report.calls[0]) return [];
    if (report.end === undefined && isBare(report))
      return Object.keys(report.inputs).length === 0 ? [] : [reportStep(report, this.#runId)];
    if (report.end !== undefined && isBare(report)) return [];
    return [
      reportStep(report, this.#runId, {
        condition: this.#isOneJob ? conditionOfReport(report, script) : conditionInPlace(report, script),
        ...(report.end === 'either' && !this.#isOneJob && { scope: 'pipeline' }),
      }),
    ];
  }

  /** Several jobs work: each says what it said, and a last one the result of them all. */
  #several(): Pick<Plan, 'jobs' | 'last'> {
    const jobs = this.#jobs.map((job): JobPlan => {
      const inPlace = new Map(job.scripts.map((script) => [script, this.#steps(script, undefined)] as const));
      const isEmpty = [...inPlace.values()].every((steps) => steps.length === 0);
      const keeps = job.scripts.some(({ calls }) => calls.some(isLeft));
      return { job, top: [], inPlace, end: [], isRemoved: !job.hasWork && isEmpty && !keeps };
    });
    // A report of either end judges the pipeline itself, and stands behind all others already.
    const isJudged = jobs.some(({ inPlace }) =>
      [...inPlace.values()].flat().some(({ inputs }) => inputs.scope === 'pipeline'),
    );
    if (!this.#hasEnd() || isJudged) return { jobs, last: undefined };
    const [first] = this.#reports();
    const report = { calls: first?.calls ?? [], end: undefined, status: undefined, inputs: {}, missing: [] };
    return { jobs, last: reportStep(report, this.#runId, { status: 'auto', scope: 'pipeline' }) };
  }
}

const removed = (job: Job): JobPlan => ({ job, top: [], inPlace: new Map(), end: [], isRemoved: true });

export function planFor(file: PipelineFile, scripts: readonly ReadScript[]): Plan {
  return new Planner(file, scripts).plan();
}

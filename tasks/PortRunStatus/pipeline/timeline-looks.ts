import { type TimelineAnswer, readTimeline } from '../../common/azure-devops/timeline.ts';
import type { TaskContext } from '../../common/main.ts';

/** Time for one read, in ms. */
const longestPatience = 10_000;

/** Looks into the timeline of this pipeline run. Half of the step's time is for them; the other half is for the report to Port. */
export class TimelineLooks {
  readonly #context: TaskContext;
  readonly #end: number;
  #last: TimelineAnswer | undefined;

  /** @param budget the time of the step, in ms. */
  constructor(context: TaskContext, budget: number) {
    this.#context = context;
    this.#end = context.clock.elapsed() + budget / 2;
  }

  /** What the last look gave. */
  get last(): TimelineAnswer | undefined {
    return this.#last;
  }

  get isTimeOver(): boolean {
    return this.#context.clock.elapsed() > this.#end;
  }

  /** Time for one more question to Azure DevOps, in ms. */
  patience(): number {
    return Math.max(1, Math.min(longestPatience, this.#end - this.#context.clock.elapsed()));
  }

  async look(): Promise<TimelineAnswer> {
    this.#last = await readTimeline(this.#context, this.patience());
    return this.#last;
  }
}

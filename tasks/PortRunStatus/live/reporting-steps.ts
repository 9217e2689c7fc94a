import type { TimelineRecord } from '../../common/azure-devops/timeline.ts';
import { isOfThisTask } from '../pipeline/records.ts';

/** Tells whether a step of this pipeline run, in any job of it, can have ended the run: then it was nobody in Port. */
export class ReportingSteps {
  readonly #ownStep: string | undefined;
  #done: ReadonlySet<string> = new Set();

  /** @param ownStep the id of the record of the step that asks */
  constructor(ownStep: string | undefined) {
    this.#ownStep = ownStep;
  }

  /** The run was seen open after these records were read: what had ended by then has not ended it. */
  rememberOpen(records: readonly TimelineRecord[]): void {
    this.#done = new Set(
      this.#steps(records)
        .filter(({ state }) => state === 'completed')
        .map(({ id }) => id),
    );
  }

  /** @param records read after the run was seen at its end */
  canHaveEndedIt(records: readonly TimelineRecord[]): boolean {
    return this.#steps(records).some(({ id, state }) => state !== 'pending' && !this.#done.has(id));
  }

  /** The steps of this task and their post-job parts, which have the name of their step and no task. */
  #steps(records: readonly TimelineRecord[]): readonly TimelineRecord[] {
    const keyOf = ({ parentId, refName }: TimelineRecord) => `${parentId ?? ''} ${refName}`;
    const keys = new Set(records.filter(isOfThisTask).map(keyOf));
    return records.filter(
      (record) =>
        record.id !== this.#ownStep &&
        record.type === 'Task' &&
        (isOfThisTask(record) ||
          (record.taskName === undefined && record.refName !== '' && keys.has(keyOf(record)))),
    );
  }
}

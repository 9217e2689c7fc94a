import type { Host } from '../../agent/host.ts';
import { PortApiError } from '../../errors.ts';
import type { RunId } from '../../inputs/run-id.ts';

/**
 * The run that entities are tied to. Port ties them only while the run is in progress; after that the entities are still
 * written, without it.
 */
export class RunTie {
  readonly #host: Pick<Host, 'warning'>;
  #runId: string | undefined;

  constructor(host: Pick<Host, 'warning' | 'info'>, runId: RunId | undefined) {
    this.#host = host;
    if (runId?.kind === 'workflowNode') {
      host.info(`Port ties entities to action runs only, not to the workflow node's run ${runId.id}.`);
    } else this.#runId = runId?.id;
  }

  get runId(): string | undefined {
    return this.#runId;
  }

  /** Writes with the tie, and once more without it where the run turns out to be finished. */
  async write<T>(write: (runId: string | undefined) => Promise<T>): Promise<T> {
    const used = this.#runId;
    try {
      return await write(used);
    } catch (error) {
      if (used === undefined || !isFinishedRun(error)) throw error;
      if (this.#runId !== undefined) {
        this.#runId = undefined;
        this.#host.warning(
          `Run ${used} is finished already, so what is written now cannot be tied to it. Write entities before the run ends: before the last PortRunStatus step.`,
        );
      }
      return write(undefined);
    }
  }
}

function isFinishedRun(error: unknown): boolean {
  return error instanceof PortApiError && error.portCode === 'run_exhausted';
}

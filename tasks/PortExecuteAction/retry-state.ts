import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Host } from '../common/agent/host.ts';
import type { ActionInputs } from './inputs.ts';

/** How an earlier try of the step left its run. */
export type EarlierTry =
  /** The answer to a start at this time (the agent's clock, in ms) was lost. */
  | { readonly unansweredSince: number; readonly runId?: undefined }
  /** The run was started, and had not ended when the step did. */
  | { readonly runId: string; readonly unansweredSince?: undefined };

/**
 * What a step leaves for its next try: `retryCountOnTaskFailure` runs the task again with the same environment, and it must not
 * start a second run beside one that is, or may be, under way. It is a file in the agent's temporary directory, which lives as
 * long as the job.
 */
export class RetryState {
  readonly #host: Pick<Host, 'variable' | 'debug'>;
  readonly #file: string | undefined;

  constructor(host: Pick<Host, 'variable' | 'debug'>, { action, entity, properties }: ActionInputs) {
    this.#host = host;
    const folder = host.variable('Agent.TempDirectory');
    const step = host.variable('System.TaskInstanceId');
    const hash = createHash('sha256').update(JSON.stringify([step, action, entity, properties]));
    this.#file =
      folder === undefined ? undefined : join(folder, `port-start-${hash.digest('hex').slice(0, 32)}`);
  }

  load(): EarlierTry | undefined {
    if (this.#file === undefined) return undefined;
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as EarlierTry;
    } catch {
      return undefined;
    }
  }

  /** A file that cannot be written is no reason to fail: there may be no retries at all. */
  save(earlier: EarlierTry): void {
    if (this.#file === undefined) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, JSON.stringify(earlier));
    } catch (error) {
      this.#host.debug(`a retry of this step will not know of its run: ${String(error)}`);
    }
  }

  clear(): void {
    if (this.#file !== undefined) rmSync(this.#file, { force: true });
  }
}

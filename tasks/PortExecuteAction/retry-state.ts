import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isSeal, sealOf } from '../common/inputs/seal.ts';
import { isRecord } from '../common/json.ts';
import type { TaskContext } from '../common/main.ts';
import { putInPlace } from '../common/outputs/result-writing.ts';
import type { ExecuteInputs } from './inputs.ts';

/** How an earlier try of the step left its run. */
export type EarlierTry =
  /** A start was sent at this time (the agent's clock, in ms), and no answer to it is known. */
  | { readonly unansweredSince: number; readonly runId?: undefined }
  /** The run was started, and had not ended when the step did. */
  | {
      readonly runId: string;
      /** As in StartedRun. */
      readonly isFound?: boolean | undefined;
      readonly unansweredSince?: undefined;
    };

/** In ms: a step waits for seven days at the most. */
const oldest = 8 * 24 * 3_600_000;

/** In bytes; ours are much smaller. */
const largest = 4096;

/**
 * What a step leaves for its next try: `retryCountOnTaskFailure` runs the task again with the same environment, and it must not
 * start a second run beside one that is, or may be, under way. It is a file in the agent's temporary directory, which lives as
 * long as the job. Every script of the job can write there, so the file is sealed.
 */
export class RetryState {
  readonly #context: Pick<TaskContext, 'host' | 'clock' | 'signal'>;
  readonly #inputs: ExecuteInputs;
  readonly #file: string | undefined;

  constructor(context: Pick<TaskContext, 'host' | 'clock' | 'signal'>, inputs: ExecuteInputs) {
    this.#context = context;
    this.#inputs = inputs;
    const { kind, identifier, entity, properties, runAs, connection } = inputs;
    const folder = context.host.variable('Agent.TempDirectory');
    const step = context.host.variable('System.TaskInstanceId');
    const own = [
      ...[step, kind, identifier, entity, properties, runAs],
      ...[connection.apiUrl, connection.clientId],
    ];
    const hash = createHash('sha256').update(JSON.stringify(own)).digest('hex');
    this.#file = folder === undefined ? undefined : join(folder, `port-start-${hash.slice(0, 32)}`);
  }

  load(): EarlierTry | undefined {
    const file = this.#file;
    if (file === undefined) return undefined;
    try {
      const found = lstatSync(file, { throwIfNoEntry: false });
      if (found === undefined) return undefined;
      if (!found.isFile() || found.size > largest) throw new Error('it is no file of this task');
      return this.#parse(readFileSync(file, 'utf8'), file);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.host.info(`Left out what ${file} says of an earlier try of this step: ${reason}.`);
      return undefined;
    }
  }

  /** A file that cannot be written is no reason to fail: there may be no retries at all. */
  async save(earlier: EarlierTry): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    const text = JSON.stringify({ ...earlier, savedAt: this.#context.clock.now() });
    const part = `${file}.${randomUUID()}`;
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(part, `${sealOf(this.#inputs.connection, basename(file), text)}\n${text}`, {
        mode: 0o600,
        flag: 'wx',
      });
      await putInPlace(this.#context, part, file);
    } catch (error) {
      rmSync(part, { force: true });
      this.#context.host.debug(`a retry of this step will not know of its run: ${String(error)}`);
    }
  }

  /** What cannot be removed was not written by this task. */
  clear(): void {
    if (this.#file === undefined) return;
    try {
      rmSync(this.#file, { force: true });
    } catch (error) {
      this.#context.host.debug(`what a retry would know of the run stays: ${String(error)}`);
    }
  }

  /** @throws Error where the text is not what this step has saved. */
  #parse(content: string, file: string): EarlierTry {
    const [seal = '', text = ''] = content.split('\n');
    if (!isSeal(this.#inputs.connection, { purpose: basename(file), text, seal }))
      throw new Error('its seal is not of this step');
    const { savedAt, runId, isFound, unansweredSince } = recordIn(text);
    if (!isTime(savedAt) || Math.abs(this.#context.clock.now() - savedAt) > oldest)
      throw new Error('it is too old');
    if (typeof runId === 'string') return { runId, isFound: isFound === true };
    if (!isTime(unansweredSince)) throw new Error('it holds neither a run nor a start');
    return { unansweredSince };
  }
}

function recordIn(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? value : {};
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

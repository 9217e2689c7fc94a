import type { PortClient } from '../common/port/client/client.ts';
import { type RunLogEntry, readRunLogs } from '../common/port/runs/run-logs.ts';

/** Gives each entry of a run's log once, the oldest first, whichever way Port sorts them. */
export class LogReader {
  readonly #port: PortClient;
  readonly #runId: string;
  readonly #seen = new Set<string>();

  constructor(port: PortClient, runId: string) {
    this.#port = port;
    this.#runId = runId;
  }

  /** What came since the last call. */
  async next(): Promise<readonly RunLogEntry[]> {
    const fresh = new Map<string, RunLogEntry>();
    const meetsSeen = await this.#collect(this.#seen.size, fresh);
    // As many as were seen were skipped. If seen ones follow nevertheless, the new ones stand at the beginning.
    if (meetsSeen) await this.#collect(0, fresh);
    for (const id of fresh.keys()) this.#seen.add(id);
    return [...fresh.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  /** Reads until the log's end or an entry that was seen; says which. */
  async #collect(skipped: number, fresh: Map<string, RunLogEntry>): Promise<boolean> {
    for await (const page of readRunLogs(this.#port, this.#runId, { skipped })) {
      const unseen = page.filter(({ id }) => !this.#seen.has(id));
      for (const entry of unseen) fresh.set(entry.id, entry);
      if (unseen.length < page.length) return true;
    }
    return false;
  }
}

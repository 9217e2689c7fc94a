import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalPort, startPort } from '../../../local/port/index.ts';
import { run as runWith } from '../../../tasks/PortUpsertEntity/run.ts';
import type { Clock } from '../../../tasks/common/clock.ts';
import type { Outcome, TaskContext } from '../../../tasks/common/main.ts';
import { FakeHost, type FakeHostOptions, findFiles, runTask } from '../../support/fake-host.ts';

/** The task, with the finding of files that tests have. */
export const run = (context: TaskContext): Promise<Outcome> => runWith(context, findFiles);

/** A local Port, a sources directory, and the task with credentials for it. */
export interface Setting {
  readonly port: LocalPort;
  readonly folder: string;
  /** Adds a file to the sources directory and returns its name. */
  file(name: string, content: string | Buffer): string;
  /** Runs the task; its retries do not really wait. */
  upsert(inputs: Readonly<Record<string, string>>, options?: UpsertOptions): Promise<Ran>;
  /** Blueprint `thing` with these property types, and relations to other blueprints. */
  addBlueprint(
    identifier: string,
    types: Readonly<Record<string, unknown>>,
    relations?: Relations,
  ): Promise<void>;
  /** Method and path of every request but the sign-in. */
  calls(): readonly string[];
  close(): Promise<void>;
}

export interface UpsertOptions extends FakeHostOptions {
  /** Cancels the step. */
  readonly signal?: AbortSignal;
}

export type Relations = Readonly<Record<string, { target: string; many?: boolean; required?: boolean }>>;

export interface Ran {
  readonly host: FakeHost;
  readonly result: string;
  readonly message: string;
  readonly summary: string;
}

export interface ResultRecord {
  readonly index: number;
  readonly identifier: string;
  readonly blueprint: string;
  readonly created: boolean | null;
  readonly error: { readonly status: number; readonly code: string; readonly message: string } | null;
}

export async function startSetting(clock: Clock = patientClock()): Promise<Setting> {
  const port = await startPort();
  // Created or updated is told by dates that Port shows, though its API document does not list them.
  port.quirks.hasEntityMeta = true;
  const folder = mkdtempSync(join(tmpdir(), 'sources-'));
  const variables = { 'Build.SourcesDirectory': folder, 'Agent.TempDirectory': join(folder, '_temp') };
  return {
    port,
    folder,
    file(name, content) {
      writeFileSync(join(folder, name), content);
      return name;
    },
    async upsert(inputs, { signal, ...options } = {}) {
      const { clientId, clientSecret, url: baseUrl } = port;
      const host = new FakeHost({
        ...options,
        inputs: { clientId, clientSecret, baseUrl, ...inputs },
        variables: { ...variables, ...options.variables },
      });
      const { result, message } = await runTask(run, host, {
        clock,
        ...(signal !== undefined && { signal }),
      });
      const [summaryFile] = host.summaries;
      return {
        host,
        result,
        message,
        summary: summaryFile === undefined ? '' : readFileSync(summaryFile, 'utf8'),
      };
    },
    addBlueprint: (identifier, types, relations = {}) => addBlueprint(port, { identifier, types, relations }),
    calls: () =>
      port.requests
        .map(({ method, path }) => `${method} ${path}`)
        .filter((call) => !call.endsWith('/auth/access_token') && call !== 'POST /v1/blueprints'),
    async close() {
      await port.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Time passes when somebody sleeps, and not otherwise noticeably. */
export function patientClock(): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => Date.now() + clock.slept,
    elapsed: () => performance.now() + clock.slept,
    random: () => 0.5,
    sleep: (milliseconds: number) => {
      clock.slept += milliseconds;
      return Promise.resolve();
    },
  };
  return clock;
}

interface NewBlueprint {
  readonly identifier: string;
  readonly types: Readonly<Record<string, unknown>>;
  readonly relations: Relations;
}

async function addBlueprint(port: LocalPort, { identifier, types, relations }: NewBlueprint): Promise<void> {
  const properties = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [
      name,
      typeof type === 'string' ? { type, title: name } : type,
    ]),
  );
  const full = Object.fromEntries(
    Object.entries(relations).map(([name, relation]) => [
      name,
      { many: false, required: false, ...relation },
    ]),
  );
  const { accessToken } = port.tokens.issue();
  const answer = await fetch(`${port.url}/v1/blueprints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      identifier,
      title: identifier,
      schema: { properties, required: [] },
      relations: full,
    }),
  });
  if (!answer.ok) throw new Error(`blueprint ${identifier}: ${await answer.text()}`);
}

/** The records of the result file that a run of the task wrote. */
export function resultsOf({ host }: Ran): readonly ResultRecord[] {
  return JSON.parse(readFileSync(host.outputs.resultFile ?? '', 'utf8')) as ResultRecord[];
}

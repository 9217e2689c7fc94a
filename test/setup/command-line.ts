import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAzureDevOps } from '../../local/azure-devops/index.ts';

const root = join(import.meta.dirname, '..', '..');
const bundle = join(root, 'dist', 'cli', 'port-azure-pipelines.mjs');

const changedIn = (folder: string): number[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(root, folder, name)).mtimeMs,
  );

/** The bundle starts three times as fast, but only one that is newer than all that goes into it says what the sources do. */
const isBuilt =
  existsSync(bundle) &&
  Math.max(...['setup', 'tasks', 'scripts/command-line'].flatMap(changedIn)) < statSync(bundle).mtimeMs;

/** The file that Node runs. */
export const main = isBuilt ? bundle : join(root, 'setup', 'main.ts');

export interface Ended {
  readonly code: number | null;
  /** Undefined where it ended by itself. */
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON. */
  readonly json: () => unknown;
}

export type Variables = Readonly<Record<string, string>>;

/** Starts the command line as a person does, as a process of its own with no more environment than is given. */
export function startCommand(
  args: readonly string[],
  environment: Variables = {},
  cwd = process.cwd(),
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    env: { PATH, HOME, NO_COLOR: '1', ...environment },
    cwd,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code,
        signal: signal ?? undefined,
        stdout,
        stderr,
        json: () => JSON.parse(stdout) as unknown,
      }),
    );
  });
  return { child, ended };
}

/** Runs it to its end. */
export const runCommand = (...command: Parameters<typeof startCommand>): Promise<Ended> =>
  startCommand(...command).ended;

/** What a command writes to stderr whose reader closes the pipe at once. */
export async function runPiped(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args]);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await once(child, 'close');
  return stderr;
}

export const pat: Variables = { AZURE_DEVOPS_EXT_PAT: 'pat' };

/** `hooks create …` against a local organization. */
export const hooks = (ado: LocalAzureDevOps, command: string, ...args: string[]): Promise<Ended> =>
  runCommand(['hooks', command, ...args, '--organization', ado.organizationUrl], pat);

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interrupt } from '../../local/agent/steps/interrupt.ts';
import { environmentName } from '../../local/agent/variables/variables.ts';
import { startStopwatch } from './stopwatch.ts';

const root = join(import.meta.dirname, '..', '..');

/** Tasks that were built, or unpacked, to another place are tried by its name in TASKS_DIRECTORY. */
const tasksDirectory = process.env.TASKS_DIRECTORY ?? join(root, 'build', 'tasks');

/** The whole suite is tried on another Node by its path in TASKS_NODE. */
const node = process.env.TASKS_NODE ?? process.execPath;

/** The file that the agent would start; the tasks have to be built. */
export function builtTask(task: string, entry = 'index'): string {
  const file = join(tasksDirectory, task, `${entry}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first.`);
  return file;
}

export interface TaskProcessOptions {
  readonly entry?: 'index' | 'finish';
  /** Path of the Node to run it on; default: TASKS_NODE, or the one that runs the tests. */
  readonly node?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Plain environment variables, such as HTTPS_PROXY. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with everything that the process has written so far, whenever that grows. */
  readonly onOutput?: (output: string, process: { kill(signal: NodeJS.Signals): void }) => void;
  /** The process is killed when it takes longer, in ms. */
  readonly limit?: number;
}

export interface TaskProcess {
  /** From the `task.complete` command; undefined where there was none. */
  readonly result: string | undefined;
  readonly message: string;
  /** How often the result was set. */
  readonly completions: number;
  readonly exitCode: number | null;
  readonly output: string;
  /** The output without the commands that register a secret. */
  readonly shown: string;
  /** The texts of what was attached to the summary page. */
  readonly summaries: readonly string[];
  /** In ms, as a stopwatch measures. */
  readonly duration: number;
  /** From the first signal to the end, in ms, as a stopwatch measures; undefined where there was none. */
  readonly durationFromSignal: number | undefined;
}

/** Runs a built task as a process of its own, with the environment that the agent gives to one. */
export async function runTaskProcess(task: string, options: TaskProcessOptions = {}): Promise<TaskProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'task-'));
  const child = spawn(options.node ?? node, [builtTask(task, options.entry)], {
    cwd: folder,
    env: environmentOf(options, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const elapsed = startStopwatch(child.pid);
  let sinceSignal: (() => number) | undefined;
  const kill = (signal: NodeJS.Signals): void => {
    sinceSignal ??= startStopwatch(child.pid);
    // As the agent does it: on Windows a signal would end the process at once.
    if (signal === 'SIGINT') interrupt(child);
    else child.kill(signal);
  };
  let output = '';
  const onChunk = (chunk: string) => {
    output += chunk;
    options.onOutput?.(output, { kill });
  };
  child.stdout.setEncoding('utf8').on('data', onChunk);
  child.stderr.setEncoding('utf8').on('data', onChunk);
  const timer = setTimeout(() => child.kill('SIGKILL'), options.limit ?? 30_000);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const durations = { duration: elapsed(), durationFromSignal: sinceSignal?.() };
  clearTimeout(timer);
  const summaries = readSummaries(folder);
  // On Windows, what shows the process's console may still stand in it.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  return { ...outcomeOf(output), exitCode, output, summaries, ...durations };
}

function environmentOf(options: TaskProcessOptions, folder: string): Record<string, string> {
  const { inputs = {}, variables = {}, secrets = {}, environment = {} } = options;
  const named = (prefix: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [prefix + environmentName(name), value]),
    );
  return {
    PATH: process.env.PATH ?? '',
    AGENT_TEMPDIRECTORY: folder,
    AGENT_VERSION: '4.248.0',
    TF_BUILD: 'True',
    ...named('INPUT_', inputs),
    ...named('', variables),
    ...named('SECRET_', secrets),
    VSTS_PUBLIC_VARIABLES: JSON.stringify(Object.keys(variables)),
    VSTS_SECRET_VARIABLES: JSON.stringify(Object.keys(secrets)),
    ...environment,
  };
}

function outcomeOf(output: string): Pick<TaskProcess, 'result' | 'message' | 'completions' | 'shown'> {
  const completions = [...output.matchAll(/^##vso\[task\.complete result=(\w*);?\](.*)$/gm)];
  const [, result, message = ''] = completions.at(-1) ?? [];
  return {
    result,
    message: unescaped(message),
    completions: completions.length,
    shown: output.replace(/^##vso\[task\.setsecret\].*$/gm, ''),
  };
}

/** The agent's escapes of what stands behind a command. */
function unescaped(text: string): string {
  return text
    .replace(/%0D/g, '\r')
    .replace(/%0A/g, '\n')
    .replace(/%AZP25/g, '%');
}

function readSummaries(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

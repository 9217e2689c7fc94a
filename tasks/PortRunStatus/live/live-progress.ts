import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { lstatSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from '../../common/agent/host.ts';
import { messageOf } from '../../common/errors.ts';
import type { TaskContext } from '../../common/main.ts';
import { backgroundNode } from './background-node.ts';
import { takeCancelNote } from './cancel-note.ts';
import { type ProgressOrder, progressVariables } from './progress-order.ts';

/** Where the main step leaves the background process for the post-job step: its number, and the name of its file. */
const processVariable = 'PORT_TRACK_PROGRESS';

/** The file in the temporary folder that says that the process lives; a UUID makes its name. */
const filePrefix = 'port-progress-';
const processWord = new RegExp(
  `^([1-9]\\d{0,9}) (${filePrefix}[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`,
);

/** The timeline is read this often at the most, in ms. */
const interval = 5000;

/** The run whose label follows the job's steps. */
export type FollowedRun = Pick<ProgressOrder, 'connection' | 'runId' | 'isCanceledWithPort'>;

/**
 * Starts the background process that follows the job's steps. What it must know goes through its standard input: arguments and
 * environment of a process can be read by others on the machine.
 */
export function startLiveProgress(context: TaskContext, followed: FollowedRun): void {
  try {
    start(context, followed);
  } catch (error) {
    // A full disk, say: the job and its report go on.
    context.host.warning(`Live progress cannot be shown: ${messageOf(error)}. Everything else is reported.`);
  }
}

function start(context: TaskContext, followed: FollowedRun): void {
  const { host, environment } = context;
  const name = `${filePrefix}${randomUUID()}`;
  const aliveFile = join(temporaryFolder(host), name);
  writeFileSync(aliveFile, '');
  const script = join(dirname(process.argv[1] ?? ''), 'background.js');
  const { args, cwd, env } = backgroundNode(script, environment, process.execArgv);
  const child = spawn(process.execPath, args, {
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd,
    env,
  });
  child.on('error', (error) => host.warning(`Live progress cannot be shown: ${error.message}`));
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(orderOf(host, followed, aliveFile)));
  child.unref();
  if (child.pid === undefined) rmSync(aliveFile);
  else host.setTaskVariable(processVariable, `${child.pid} ${name}`);
}

function temporaryFolder(host: Pick<Host, 'variable'>): string {
  return host.variable('Agent.TempDirectory') ?? tmpdir();
}

function orderOf(host: Host, followed: FollowedRun, aliveFile: string): ProgressOrder {
  return {
    ...followed,
    aliveFile,
    interval,
    jobConnection: host.jobConnection(),
    variables: Object.fromEntries(progressVariables.map((name) => [name, host.variable(name)])),
    secrets: host.secretValues(),
    proxy: host.proxy(),
    certificates: host.certificates(),
  };
}

/**
 * Ends the background process, so that nothing moves the label after the end is reported.
 * @returns what it has to say about the pipeline run, if anything.
 */
export async function stopLiveProgress(host: Host): Promise<string | undefined> {
  const word = host.taskVariable(processVariable);
  if (word === undefined || word === '') return undefined;
  const own = ownProcess(host, word);
  if (own === undefined) {
    host.info(
      `Nothing was done about the process of the live progress: the task variable ${processVariable} names none of this step.`,
    );
    return undefined;
  }
  if (own.isThere) await endProcess(own);
  return takeCancelNote(own.aliveFile);
}

interface OwnProcess {
  readonly pid: number;
  readonly aliveFile: string;
  /** The process removes its file when it ends: where that is gone, the number may belong to another process by now. */
  readonly isThere: boolean;
}

async function endProcess({ pid, aliveFile }: OwnProcess): Promise<void> {
  stop(pid, 'SIGTERM');
  for (let waited = 0; waited < 2000 && isAlive(pid); waited += 50) await delay(50);
  stop(pid, 'SIGKILL');
  try {
    rmSync(aliveFile);
  } catch {
    // The process has done it, or, on Windows, somebody has it open; the agent empties its temporary folder after the job.
  }
}

/** Undefined where text and file are not as the main step leaves them. */
function ownProcess(host: Host, word: string): OwnProcess | undefined {
  const [, digits, name = ''] = processWord.exec(word) ?? [];
  const pid = Number(digits);
  if (!(pid > 1)) return undefined;
  const aliveFile = join(temporaryFolder(host), name);
  try {
    const found = lstatSync(aliveFile, { throwIfNoEntry: false });
    if (found === undefined) return { pid, aliveFile, isThere: false };
    // Windows knows no user ids.
    const owner = process.getuid?.() ?? found.uid;
    return found.isFile() && found.uid === owner ? { pid, aliveFile, isThere: true } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  return stop(pid, 0);
}

/** Whether the signal could be sent. */
function stop(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { interrupt } from './interrupt.ts';
import { killTree } from './process-tree.ts';

export interface ChildRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Cancels the process: SIGINT, then SIGTERM, then the tree is killed. */
  readonly cancel: AbortSignal;
  /** Kills the tree at once. */
  readonly kill: AbortSignal;
  /** The task said that it is done: stops waiting for the process. */
  readonly done: AbortSignal;
  /** Milliseconds; a `sigint` of 0 kills the tree at once. */
  readonly timings: ChildTimings;
}

export interface ChildTimings {
  /** How long a process may go on after SIGINT. */
  readonly sigint: number;
  /** How long after SIGTERM. */
  readonly sigterm: number;
  /** How long open output is read after the process has gone, and how long `done` waits. */
  readonly drain: number;
}

/** Runs a process to its end and gives its exit code; 128 and the signal's number where a signal ended it. */
export async function runChild(request: ChildRequest): Promise<number> {
  const child = spawn(request.file, request.args, {
    cwd: request.cwd,
    env: request.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  readLines(child, 'stdout', request.onLine);
  readLines(child, 'stderr', request.onLine);
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, act: () => void) => timers.add(setTimeout(act, ms));
  const stop = () => stopChild(child, request.timings, after);
  const kill = () => killTree(child.pid);
  listen(request.cancel, stop);
  listen(request.kill, kill);
  try {
    return await waitFor(child, request, after);
  } finally {
    // What still holds the output open is not heard any more.
    child.stdout.destroy();
    child.stderr.destroy();
    timers.forEach(clearTimeout);
    request.cancel.removeEventListener('abort', stop);
    request.kill.removeEventListener('abort', kill);
  }
}

function listen(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

type After = (ms: number, act: () => void) => void;

function stopChild(child: ChildProcess, timings: ChildTimings, after: After): void {
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  if (timings.sigint === 0) {
    killTree(child.pid);
    return;
  }
  interrupt(child);
  after(timings.sigint, () => {
    if (isGone()) return;
    child.kill('SIGTERM');
    after(timings.sigterm, () => {
      if (!isGone()) killTree(child.pid);
    });
  });
}

function waitFor(child: ChildProcess, request: ChildRequest, after: After): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(exitCode(code, signal)));
    child.once('exit', (code, signal) => {
      // A grandchild may hold the output open: it gets a moment, then it is killed and forgotten.
      after(request.timings.drain, () => {
        killTree(child.pid);
        resolve(exitCode(code, signal));
      });
    });
    listen(request.done, () => after(request.timings.drain, () => resolve(0)));
  });
}

const exitCode = (code: number | null, signal: NodeJS.Signals | null) =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

/** A line ends with CRLF, LF or CR. A CR at the end of a chunk may be half of a CRLF. */
function readLines(child: ChildProcess, name: 'stdout' | 'stderr', onLine: ChildRequest['onLine']): void {
  let rest = '';
  const stream = child[name];
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    lines.forEach((line) => onLine(line, name));
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest.replace(/\r$/, ''), name);
  });
}

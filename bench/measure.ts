import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One whole process, from its start until it is gone. */
export interface Sample {
  /** In ms. */
  readonly wall: number;
  /** User and system time of the process and its children, in ms; NaN where there is no /proc. */
  readonly cpu: number;
  /** Largest resident set of the process itself, in KiB; NaN where there is no /proc. */
  readonly peak: number;
  readonly output: string;
}

/** How often the peak is looked at, in ms. The kernel keeps the peak, so only what comes in the last moment is missed. */
const lookEvery = 2;

/** Linux counts the time of processes in hundredths of a second; over many runs the rounding cancels out. */
const tick = 10;

/** @throws Error with the output where the process fails. */
export function measure({ file, args, env }: Command): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const cpuBefore = childrenTime();
    const started = performance.now();
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let wall = 0;
    let peak = Number.NaN;
    let output = '';
    const look = setInterval(() => (peak = peakOf(child.pid) ?? peak), lookEvery);
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', () => {
      wall = performance.now() - started;
      clearInterval(look);
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ wall, cpu: childrenTime() - cpuBefore, peak, output });
      else reject(new Error(`${file} ${args.join(' ')} ended with ${String(code)}:\n${output}`));
    });
  });
}

/** Time of all children that have ended, in ms: fields 16 and 17 of /proc/self/stat. */
function childrenTime(): number {
  const fields = readProc('self', 'stat')
    ?.replace(/^.*\) /, '')
    .split(' ');
  return fields === undefined ? Number.NaN : (Number(fields[13]) + Number(fields[14])) * tick;
}

function peakOf(pid: number | undefined): number | undefined {
  const line = /^VmHWM:\s+(\d+) kB/m.exec(readProc(String(pid), 'status') ?? '');
  return line === null ? undefined : Number(line[1]);
}

function readProc(process: string, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${process}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

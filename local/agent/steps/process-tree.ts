import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
}

/** Kills a process and all that descend from it. */
export function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    quietly(() => execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }));
    return;
  }
  const all = process.platform === 'linux' ? linuxProcesses() : unixProcesses();
  descendants(pid, all).forEach(killOne);
}

function descendants(pid: number, all: readonly ProcessEntry[]): number[] {
  return [pid, ...all.filter(({ parent }) => parent === pid).flatMap((one) => descendants(one.pid, all))];
}

function linuxPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function linuxProcesses(): ProcessEntry[] {
  return linuxPids().flatMap((pid) => {
    // After the command's name in brackets: the state, then the parent.
    const stat = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return parent === undefined ? [] : [{ pid, parent: Number(parent) }];
  });
}

function unixProcesses(): ProcessEntry[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return rows.map((row) => {
    const [pid = 0, parent = 0] = row.trim().split(/\s+/).map(Number);
    return { pid, parent };
  });
}

const killOne = (pid: number): void => {
  quietly(() => process.kill(pid, 'SIGKILL'));
};

/**
 * Ends what a job left behind, found by the variable that the agent puts into the environment of all its
 * processes, and gives the process ids. Linux only.
 */
export function killOrphans(lookupId: string): number[] {
  if (process.platform !== 'linux') return [];
  const orphans = linuxPids().filter((pid) => {
    const environment = quietly(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    return environment?.split('\0').includes(`VSTS_PROCESS_LOOKUP_ID=${lookupId}`) ?? false;
  });
  orphans.forEach(killOne);
  return orphans;
}

function quietly<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type AddTest = (name: string, run: Mocha.AsyncFunc | Mocha.Func) => void;

/** `it` for what not every machine has. Where it is missing, a line says which test was not run, and why. */
function where(isHere: boolean, why: string): AddTest {
  if (isHere) return (name, run) => void it(name, run as Mocha.Func);
  return (name) => void process.stdout.write(`  Not run here: ${name}. ${why}\n`);
}

export const isWindows = process.platform === 'win32';
export const canLink = canMakeLinks();

/** Signals, `/proc`, pipes with names and modes of files. */
export const itOnPosix = where(!isWindows, 'Windows has nothing of the kind.');
/** An answer that comes before the whole body was sent. */
export const itWithEarlyAnswers = where(
  !isWindows,
  'Windows throws such an answer away when the connection is reset.',
);
/** What is run by `sh` or `bash` itself, and not by the local agent. */
export const itWithBash = where(
  spawnSync('bash', ['-c', 'exit 7']).status === 7,
  'There is no bash on the PATH.',
);
/** `/proc`. */
export const itOnLinux = where(process.platform === 'linux', 'Only Linux has it.');
/** A file of another user. */
export const itAsRoot = where(process.getuid?.() === 0, 'Only root can give a file to another user.');
/** On Windows they need the developer mode. */
export const itWithLinks = where(canLink, 'No symbolic link can be made here.');

/**
 * How the agent asks a process to end. On Windows a signal would end it at once: Ctrl+C stands in for SIGINT, and nothing
 * for SIGTERM.
 */
export const cancelSignals: readonly ('SIGINT' | 'SIGTERM')[] = isWindows
  ? ['SIGINT']
  : ['SIGINT', 'SIGTERM'];

/** `npm` and `npx` are scripts of cmd on Windows. */
export const npmOptions = { shell: isWindows } as const;

function canMakeLinks(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  try {
    symlinkSync('nothing', join(folder, 'link'));
    return lstatSync(join(folder, 'link')).isSymbolicLink();
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

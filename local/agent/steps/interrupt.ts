import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * Asks a process to end: SIGINT; on Windows, where a signal ends a process at once, Ctrl+C of its console, as
 * ProcessInvoker.cs does it. The process was started with `windowsHide`, so its console is its own.
 */
export function interrupt(child: ChildProcess): void {
  if (process.platform !== 'win32') child.kill('SIGINT');
  else
    spawn(process.execPath, [join(import.meta.dirname, 'ctrl-c.ts'), String(child.pid)], {
      windowsHide: true,
    });
}

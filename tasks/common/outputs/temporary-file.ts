import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../agent/host.ts';

/** The path of a new file in a folder of its own in the agent's temporary directory, which is emptied after the job. */
export function temporaryFile(host: Pick<Host, 'variable'>, prefix: string, name: string): string {
  const base = host.variable('Agent.TempDirectory') ?? tmpdir();
  mkdirSync(base, { recursive: true });
  return join(mkdtempSync(join(base, prefix)), name);
}

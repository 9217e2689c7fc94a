import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isRecord } from '../../common/json.ts';

/** What the background process did about the pipeline run, for the post-job step: it cannot write into the job's log itself. */
export interface CancelNote {
  /** Why the pipeline run was to be canceled, or why the run cannot be watched: a sentence without its full stop. */
  readonly reason: string;
  readonly outcome: 'asked' | 'canceled' | 'refused' | 'blind';
  /** Why Azure DevOps did not cancel it. */
  readonly problem?: string;
}

/** In characters; ours are much shorter. */
const longest = 8192;

const fileOf = (aliveFile: string): string => `${aliveFile}.note`;

/** A disk without room for the note is no reason to leave undone what it tells of. */
export function writeCancelNote(aliveFile: string, note: CancelNote): void {
  try {
    writeFileSync(fileOf(aliveFile), JSON.stringify(note), { mode: 0o600 });
  } catch {
    // The post-job step has nothing to say then.
  }
}

/** What the post-job step says of it, once; undefined where there is nothing to say. */
export function takeCancelNote(aliveFile: string): string | undefined {
  const file = fileOf(aliveFile);
  try {
    const found = lstatSync(file);
    if (!found.isFile() || found.size > longest) return undefined;
    const note: unknown = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    return isRecord(note) && typeof note.reason === 'string' ? textOf(note.reason, note) : undefined;
  } catch {
    // There is none, another process has it open, or it is none of ours: the report does not depend on it.
    return undefined;
  }
}

function textOf(reason: string, { outcome, problem }: Readonly<Record<string, unknown>>): string {
  if (outcome === 'canceled') return `${reason}, so this pipeline run was canceled (cancelWithPort).`;
  if (outcome === 'asked')
    return `${reason}, so Azure DevOps was asked to cancel this pipeline run (cancelWithPort); its answer was not waited for.`;
  if (outcome === 'blind') return `${reason} So cancelWithPort had no effect.`;
  return `${reason}, but this pipeline run was not canceled (cancelWithPort): ${String(problem)}.`;
}

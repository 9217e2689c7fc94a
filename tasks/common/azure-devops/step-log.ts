import { isRecord, listOf, valueAt } from '../json.ts';
import {
  type JobApiContext,
  type Problem,
  buildApiVersion,
  isProblem,
  ownBuild,
  withJobApi,
} from './job-api.ts';

/** Before each line Azure DevOps writes when it came: `2026-03-02T10:00:00.1234567Z `. */
const stamp = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z /;

/**
 * Reads the last lines of a log of this pipeline run with the job's own token. A log may be long, so that Azure DevOps is first asked
 * how long it is. Never throws for what Azure DevOps answers.
 * @param logId as the timeline names it.
 * @param patience the time for it, repeated tries included, in ms.
 * @throws CanceledError
 */
export async function readLogTail(
  context: JobApiContext,
  { logId, lines }: { logId: number; lines: number },
  patience: number,
): Promise<readonly string[] | Problem> {
  const build = ownBuild(context.host);
  if (isProblem(build)) return build;
  const logs = `${build}/logs`;
  const what = 'the logs of this run';
  return withJobApi(context, patience, async (api) => {
    const length = await api.ask({ path: `${logs}?api-version=${buildApiVersion}`, what }, (answer) =>
      lengthOf(answer, logId),
    );
    if (isProblem(length)) return length;
    // Whether lines are counted from 0 or 1 is not documented: one too many does no harm.
    const path = `${logs}/${logId}?startLine=${Math.max(0, length - lines)}&api-version=${buildApiVersion}`;
    const tail = await api.ask({ path, what }, linesOf);
    return isProblem(tail) ? tail : tail.slice(-lines);
  });
}

function lengthOf(answer: unknown, logId: number): number | Problem {
  const logs = listOf(valueAt(answer, ['value'])).filter(isRecord);
  const log = logs.find(({ id }) => id === logId);
  return typeof log?.lineCount === 'number' ? log.lineCount : { problem: 'its log is not there yet' };
}

function linesOf(answer: unknown): readonly string[] | Problem {
  const lines = valueAt(answer, ['value']);
  if (!Array.isArray(lines)) return { problem: 'Azure DevOps gave no lines of it' };
  return lines.filter((line) => typeof line === 'string').map((line) => line.replace(stamp, ''));
}

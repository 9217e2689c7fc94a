import { AzureRequestError } from '../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../json.ts';
import type { Azure } from './client.ts';
import { type Project, pathOf } from './projects.ts';

/** A run of a pipeline. */
export interface PipelineRun {
  readonly id: number;
  readonly number: string;
  /** notStarted, inProgress, cancelling, completed … */
  readonly status: string;
  /** succeeded, partiallySucceeded, failed, canceled; empty while it goes on. */
  readonly result: string;
  /** ISO 8601; empty while it goes on. */
  readonly finishedAt: string;
  /** resourceTrigger where a webhook started it. */
  readonly reason: string;
  /** Its page. */
  readonly url: string;
}

const readRun = (build: Json): PipelineRun => ({
  id: Number(build.id),
  number: textOf(build.buildNumber),
  status: textOf(build.status),
  result: textOf(build.result),
  finishedAt: textOf(build.finishTime),
  reason: textOf(build.reason),
  url: textOf(recordOf(recordOf(build._links).web).href),
});

/** Its number, and how it ended or stands. */
export const described = ({ number, result, status }: PipelineRun): string =>
  `${number}: ${result === '' ? status : result}`;

const pathIn = (project: Project, path: string): string => pathOf(project, `build/builds${path}`);

/** Runs of these pipelines, the newest first. @param since ISO 8601: none that was queued before */
export async function newestRuns(
  azure: Azure,
  project: Project,
  { pipelines, since, atMost }: { pipelines: readonly number[]; since?: string; atMost: number },
): Promise<PipelineRun[]> {
  const time = since === undefined ? '' : `&minTime=${encodeURIComponent(since)}`;
  const query = `?definitions=${pipelines.join(',')}&queryOrder=queueTimeDescending${time}&$top=${atMost}&api-version=7.1`;
  const answer = await azure.call('GET', pathIn(project, query), { does: 'look for runs of the pipeline' });
  return recordsOf(answer.value).map(readRun);
}

/** A run by its id; undefined where it is gone. */
export async function findRun(azure: Azure, project: Project, id: number): Promise<PipelineRun | undefined> {
  try {
    return readRun(
      await azure.call('GET', pathIn(project, `/${id}?api-version=7.1`), { does: `read run ${id}` }),
    );
  } catch (error) {
    if (error instanceof AzureRequestError && error.status === 404) return undefined;
    throw error;
  }
}

/** The errors that a run shows on its page. */
export async function errorsOf(azure: Azure, project: Project, { id }: PipelineRun): Promise<string[]> {
  const path = pathIn(project, `/${id}/timeline?api-version=7.1`);
  const { records } = await azure.call('GET', path, { does: `read what became of run ${id}` });
  return recordsOf(records)
    .flatMap(({ issues }) => recordsOf(issues))
    .filter(({ type }) => type === 'error')
    .map(({ message }) => textOf(message));
}

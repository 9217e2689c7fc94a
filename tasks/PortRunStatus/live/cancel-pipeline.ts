import {
  type JobApiContext,
  buildApiVersion,
  isProblem,
  ownBuild,
  withJobApi,
} from '../../common/azure-devops/job-api.ts';
import { type CancelNote, writeCancelNote } from './cancel-note.ts';

/** In ms, tries included: the job goes on meanwhile. */
const patience = 60_000;

/** Cancels this pipeline run with the job's own token, and leaves word of it to the post-job step. */
export async function cancelPipeline(
  context: JobApiContext,
  aliveFile: string,
  reason: string,
): Promise<void> {
  const build = ownBuild(context.host);
  // The cancellation may end this process before the answer is here.
  writeCancelNote(aliveFile, { reason, outcome: 'asked' });
  const answer = isProblem(build)
    ? build
    : await withJobApi(context, patience, (api) =>
        api.ask(
          {
            path: `${build}?api-version=${buildApiVersion}`,
            method: 'PATCH',
            body: { status: 'cancelling' },
            what: 'this run',
            denied:
              "the job's token may not stop it; give the build service of the project the permission Stop builds (Pipelines > the pipeline > Manage security)",
          },
          () => undefined,
        ),
      );
  const note: CancelNote = isProblem(answer)
    ? { reason, outcome: 'refused', problem: answer.problem }
    : { reason, outcome: 'canceled' };
  writeCancelNote(aliveFile, note);
}

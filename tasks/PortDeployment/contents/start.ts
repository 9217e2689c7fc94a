import { type JobApi, type Problem, isProblem } from '../../common/azure-devops/job-api.ts';
import { listIn } from './commits.ts';

/** Where contents begin: after a build, after the newest build of a commit, or with this build's own changes. */
export type Start =
  | { readonly kind: 'build'; readonly id: number }
  | { readonly kind: 'commit'; readonly id: string }
  | { readonly kind: 'own' };

/** So many of the pipeline's builds are looked through for one of a commit. */
const mostBuilds = 200;

/**
 * The id of the build to begin after; undefined for this build's own changes.
 * @param definition of the pipeline whose builds may have built a commit.
 * @throws CanceledError
 */
export async function startBuild(
  api: JobApi,
  start: Start,
  definition: string | undefined,
): Promise<number | undefined | Problem> {
  if (start.kind === 'own') return undefined;
  if (start.kind === 'build') return start.id;
  const path = `build/builds?definitions=${encodeURIComponent(definition ?? '')}&$top=${mostBuilds}&api-version=5.0`;
  const builds = await api.ask({ path, what: 'the builds of this pipeline' }, listIn);
  if (isProblem(builds)) return builds;
  const wanted = start.id.toLowerCase();
  const build = builds.find(({ sourceVersion }) => String(sourceVersion).toLowerCase().startsWith(wanted));
  return typeof build?.id === 'number'
    ? build.id
    : { problem: `of the last ${mostBuilds} builds of this pipeline, none is of commit ${start.id}` };
}

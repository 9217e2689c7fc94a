import { basename } from 'node:path';
import { PipelineError } from '../../errors.ts';
import type { RepositoryFolder, RunRequest } from '../../types.ts';
import { type RepositoryResource, readRepositories } from '../../yaml/read-repositories.ts';
import type { Node } from '../../yaml/tree.ts';

/** A repository under the name by which templates refer to it. */
export interface SourceRepository extends RepositoryFolder {
  /** Undefined for the pipeline's own, `self`. */
  readonly alias: string | undefined;
}

/** The pipeline's own is the first. */
export type Repositories = readonly [SourceRepository, ...SourceRepository[]];

/** The pipeline's own repository, then those of its `resources`. Throws `PipelineError` for one that is not there. */
export function findRepositories(request: RunRequest, root: Node): Repositories {
  const self: SourceRepository = {
    alias: undefined,
    type: request.repository.type === 'GitHub' ? 'github' : 'git',
    name: wholeName(request.repository.name, request),
    ref: request.sourceBranch,
    version: request.sourceVersion,
    url: request.repository.url,
    directory: request.repositoryDirectory,
  };
  return [self, ...readRepositories(root).map((resource) => findRepository(resource, self, request))];
}

function findRepository(
  { alias, name, ref }: RepositoryResource,
  self: SourceRepository,
  request: RunRequest,
): SourceRepository {
  const wanted = wholeName(name, request).toLowerCase();
  const known = [self, ...(request.repositories ?? [])].filter((each) => each.name.toLowerCase() === wanted);
  const found = known.find((each) => each.ref === ref);
  if (found !== undefined) return { ...found, alias };
  throw new PipelineError(
    `${basename(request.pipelineFile)}: ` +
      (known.length === 0
        ? `The repository ${name} in project ${request.project.id} could not be retrieved. Verify the name and ` +
          'credentials being used and permissions.'
        : `Could not get the latest source version for repository ${name} hosted on Azure Repos using ref ${ref}.`),
  );
}

/** At GitHub a name has its owner already. */
const wholeName = (name: string, { project }: RunRequest) =>
  name.includes('/') ? name : `${project.name}/${name}`;

import { refuse } from '../errors.ts';
import { Fields } from './fields.ts';
import { refuseExpressions } from './read-parameters.ts';
import { type Node, entryOf } from './tree.ts';

/** A repository that a pipeline names, to read templates from it. */
export interface RepositoryResource {
  readonly at: string;
  readonly alias: string;
  /** `repository`, or `project/repository`. */
  readonly name: string;
  /** `refs/heads/main`. */
  readonly ref: string;
}

/** Reads `resources.repositories`. Throws `PipelineError`. */
export function readRepositories(root: Node): RepositoryResource[] {
  const resources = entryOf(root, 'resources');
  if (resources !== undefined) refuseExpressions(resources);
  const repositories = resources === undefined ? undefined : entryOf(resources, 'repositories');
  if (repositories === undefined) return [];
  if (repositories.kind !== 'sequence') return refuse(repositories.at, "'repositories' must be a list");
  return repositories.items.map(readRepository);
}

function readRepository(node: Node): RepositoryResource {
  const fields = new Fields(node, 'a repository');
  const alias = fields.text('repository') ?? refuse(node.at, "a repository needs 'repository'");
  const type = fields.text('type') ?? 'git';
  if (type !== 'git') refuse(node.at, `the local agent does not know the type '${type}' of a repository`);
  const name = fields.text('name') ?? refuse(node.at, "a repository needs 'name'");
  const ref = fields.text('ref') ?? 'refs/heads/main';
  fields.ignore('trigger');
  fields.end();
  return { at: node.at, alias, name, ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}` };
}

import { TaskError } from '../../common/errors.ts';
import { type BlueprintLookup } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { type EntityKey, entityExists } from '../../common/port/entities/get-entity.ts';
import { searchEntities } from '../../common/port/entities/search-entities.ts';
import { oneLine } from '../../common/text/plain-text.ts';

export interface Repository {
  /** A GUID in Azure Repos, `owner/name` at GitHub. */
  readonly id: string | undefined;
  readonly name: string | undefined;
}

/** The property in which Port's Azure DevOps integration keeps the id of a service's repository. */
const idProperty = 'ado_repository_id';

/**
 * The service whose repository this is: by the id of the repository, where the blueprint has it, else by its name as title.
 * @throws TaskError where none is found, or more than one.
 */
export async function findService(
  port: PortClient,
  lookUp: BlueprintLookup,
  { blueprint, repository }: { blueprint: string; repository: Repository },
): Promise<string> {
  const { properties } = await lookUp(blueprint);
  const { id, name = '' } = repository;
  const shortName = name.split('/').at(-1) ?? '';
  const rules = [
    ...(Object.hasOwn(properties, idProperty) && id !== undefined
      ? [{ property: idProperty, operator: '=', value: id }]
      : []),
    ...(name === '' ? [] : [{ property: '$title', operator: 'in', value: [...new Set([name, shortName])] }]),
  ];
  for (const rule of rules) {
    const found = await search(port, blueprint, rule);
    const [first, second] = found;
    if (second !== undefined)
      throw problem(blueprint, repository, `is that of ${found.join(', ')} and maybe more`);
    if (first !== undefined) return first;
  }
  throw problem(blueprint, repository, 'is that of none');
}

/** @throws TaskError where Port has no such service: it would refuse the deployment at the end. */
export async function requireService(port: PortClient, key: EntityKey): Promise<void> {
  if (await entityExists(port, key)) return;
  throw new TaskError(
    'PORT_ENTITIES',
    `There is no ${oneLine(key.blueprint)} "${oneLine(key.identifier)}" in Port, so no deployment can relate to it. Set input service to the identifier of one.`,
  );
}

async function search(port: PortClient, blueprint: string, rule: object): Promise<readonly string[]> {
  const query = { combinator: 'and', rules: [rule] };
  const found: string[] = [];
  for await (const { entities } of searchEntities(port, {
    blueprint,
    query,
    include: ['identifier'],
    limit: 3,
  }))
    found.push(...entities.map(({ identifier }) => oneLine(String(identifier), 60)));
  return found;
}

function problem(blueprint: string, { name, id }: Repository, what: string): TaskError {
  const repository = oneLine(name ?? id ?? 'of this pipeline', 100);
  return new TaskError(
    'PORT_ENTITIES',
    `Which ${oneLine(blueprint)} is deployed cannot be told: of those in Port, the repository ${repository} ${what} (looked for by ${idProperty} and title). Set input service to its identifier.`,
  );
}

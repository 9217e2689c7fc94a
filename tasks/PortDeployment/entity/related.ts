import { allOf } from '../../common/parallel.ts';
import type { Blueprint } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { searchEntities } from '../../common/port/entities/search-entities.ts';
import type { Contents } from '../contents/read-contents.ts';
import type { Names, RelationKey } from './names.ts';

/** What a relation is to hold, the most telling first: a relation to one entity holds that. */
type Wanted = readonly (readonly [key: RelationKey, identifiers: readonly string[]])[];

export interface Related {
  readonly relations: Readonly<Record<string, unknown>>;
  /** Names of relations that the blueprint lacks. */
  readonly lacking: readonly string[];
  /** What is not in Port, each a sentence. */
  readonly remarks: readonly string[];
}

/** Identifiers as Port's Azure DevOps integration makes them. */
export function wantedRelations(
  service: string | undefined,
  contents: Pick<Contents, 'workItems' | 'pullRequests'> | undefined,
  repository: string | undefined,
): Wanted {
  const { workItems = [], pullRequests = [] } = contents ?? {};
  return [
    ['service', service === undefined ? [] : [service]],
    ['pullRequest', repository === undefined ? [] : pullRequests.map(({ id }) => `${repository}/${id}`)],
    ['workItem', workItems.map(({ id }) => String(id))],
  ];
}

/** The relations that the blueprint has, to what is in Port: it refuses an entity that relates to what is not. */
export async function relationsOf(
  port: PortClient,
  { relationTargets, listRelations }: Blueprint,
  { wanted, names }: { wanted: Wanted; names: Names<RelationKey> },
): Promise<Related> {
  const relations: Record<string, unknown> = {};
  const lacking: string[] = [];
  const remarks: string[] = [];
  const asked = wanted.flatMap(([key, identifiers]) => {
    const name = names[key];
    if (name === undefined || identifiers.length === 0) return [];
    const target = Object.hasOwn(relationTargets, name) ? relationTargets[name] : undefined;
    if (target !== undefined) return [{ key, name, target, identifiers }];
    lacking.push(name);
    return [];
  });
  const found = await allOf(
    asked.map(({ key, target, identifiers }) =>
      // The service is no guess: where Port does not have it, its refusal says so.
      key === 'service' ? Promise.resolve(identifiers) : existing(port, target, identifiers),
    ),
  );
  for (const [index, { name, target, identifiers }] of asked.entries()) {
    const there = found[index] ?? [];
    if (there.length < identifiers.length)
      remarks.push(
        `Of ${identifiers.length} entities for relation ${name}, ${there.length} are in Port (blueprint ${target}).`,
      );
    if (there.length > 0) relations[name] = listRelations.includes(name) ? there : there[0];
  }
  return { relations, lacking, remarks };
}

async function existing(
  port: PortClient,
  blueprint: string,
  identifiers: readonly string[],
): Promise<readonly string[]> {
  const rules = [{ property: '$identifier', operator: 'in', value: identifiers }];
  const query = { combinator: 'and', rules };
  const found = new Set<unknown>();
  const search = { blueprint, query, include: ['identifier'], limit: identifiers.length };
  // What is not known of them must leave time for the deployment itself.
  for await (const { entities } of searchEntities(port, { ...search, atMost: port.timeLeft() / 4 }))
    for (const { identifier } of entities) found.add(identifier);
  return identifiers.filter((identifier) => found.has(identifier));
}

import { UnexpectedAnswerError } from '../errors.ts';
import { isRecord } from '../json.ts';
import type { PortClient } from './client/client.ts';

/** A blueprint, as far as the tasks look at it. */
export interface Blueprint {
  readonly identifier: string;
  /** The JSON schema of each property. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The blueprint that each relation points to. */
  readonly relationTargets: Readonly<Record<string, string>>;
  /** The relations that hold a list of entities. */
  readonly listRelations: readonly string[];
}

/** Looks blueprints up in Port, each one once. */
export type BlueprintLookup = (identifier: string) => Promise<Blueprint>;

export function blueprintLookup(port: PortClient): BlueprintLookup {
  const known = new Map<string, Promise<Blueprint>>();
  return (identifier) => {
    const found = known.get(identifier) ?? getBlueprint(port, identifier);
    known.set(identifier, found);
    return found;
  };
}

/** @throws PortApiError with status 404 where there is no such blueprint. */
export async function getBlueprint(port: PortClient, identifier: string): Promise<Blueprint> {
  const answer = await port.call('getBlueprint', { parameters: { blueprint: identifier } });
  const blueprint = answer.blueprint;
  if (!isRecord(blueprint)) {
    throw new UnexpectedAnswerError(
      `Cannot read the blueprint "${identifier}": the answer holds none. Is baseUrl the address of Port's API?`,
    );
  }
  const schema = isRecord(blueprint.schema) ? blueprint.schema : {};
  return {
    identifier,
    properties: isRecord(schema.properties) ? schema.properties : {},
    relationTargets: relationTargets(blueprint.relations),
    listRelations: listRelations(blueprint.relations),
  };
}

function relationTargets(relations: unknown): Readonly<Record<string, string>> {
  if (!isRecord(relations)) return {};
  return Object.fromEntries(
    Object.entries(relations).flatMap(([name, relation]) =>
      isRecord(relation) && typeof relation.target === 'string' ? [[name, relation.target] as const] : [],
    ),
  );
}

function listRelations(relations: unknown): readonly string[] {
  if (!isRecord(relations)) return [];
  return Object.keys(relations).filter((name) => {
    const relation = relations[name];
    return isRecord(relation) && relation.many === true;
  });
}

import type { Host } from '../agent/host.ts';
import { UnexpectedAnswerError } from '../errors.ts';
import { isRecord, listOf, valueAt } from '../json.ts';
import { oneLine } from '../text/plain-text.ts';
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

/** What a blueprint takes of values by their names, and the names of those that it has no property for. */
export function fitProperties<Value>(
  values: readonly (readonly [name: string, value: Value])[],
  schemas: Blueprint['properties'],
): { readonly properties: Readonly<Record<string, Value | string>>; readonly lacking: readonly string[] } {
  const isThere = ([name]: readonly [string, Value]) => Object.hasOwn(schemas, name);
  return {
    properties: Object.fromEntries(
      values.filter(isThere).map(([name, value]) => [name, fitValue(value, schemas[name])]),
    ),
    lacking: values.filter((entry) => !isThere(entry)).map(([name]) => name),
  };
}

/** A blueprint that lists its words may write them in another case: `Production` for the environment `production`. */
export function fitValue<Value>(value: Value, schema: unknown): Value | string {
  const words = listOf(valueAt(schema, ['enum']));
  if (typeof value !== 'string' || words.includes(value)) return value;
  const isSame = (word: unknown): word is string =>
    typeof word === 'string' && word.toLowerCase() === value.toLowerCase();
  return words.find(isSame) ?? value;
}

/** Tells once what is left out because the blueprint has no place for it. */
export function tellOfLacking(host: Pick<Host, 'info'>, blueprint: string, lacking: readonly string[]): void {
  if (lacking.length === 0) return;
  const names = lacking.map((name) => oneLine(name, 60)).join(', ');
  host.info(`Left out, since blueprint ${oneLine(blueprint)} does not have them: ${names}.`);
}

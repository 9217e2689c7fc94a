import type { Quirks } from '../context.ts';
import type { Entity, JsonObject } from '../model.ts';

export interface Selection {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** What an entity holds in an answer by Port's API document; the rest is shown where `include` names it. */
const documented = ['identifier', 'title', 'icon', 'team', 'properties', 'relations'] as const;

/** The entity as the API shows it to who asks for nothing in particular. */
export function wholeEntity(entity: Entity, { hasEntityMeta }: Quirks): JsonObject {
  if (hasEntityMeta) return { ...entity };
  return Object.fromEntries(
    documented.filter((key) => entity[key] !== undefined).map((key) => [key, entity[key]]),
  );
}

/**
 * An entity as the API shows it. Names are `identifier` or `$identifier` for what every entity has, and
 * `properties.x`, `relations.x` or just `x` for the rest.
 */
export function projectEntity(
  entity: Entity,
  { include = [], exclude = [] }: Selection,
  quirks: Quirks,
): JsonObject {
  const whole = include.length === 0 ? wholeEntity(entity, quirks) : { ...entity };
  if (include.length === 0 && exclude.length === 0) return whole;
  const shown = (group: string, name: string): boolean => {
    const names = group === '' ? [name, `$${name}`] : [name, `${group}.${name}`, group];
    if (names.some((each) => exclude.includes(each))) return false;
    return include.length === 0 || names.some((each) => include.includes(each));
  };
  const pick = (group: string, values: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(values).filter(([name]) => shown(group, name)));
  const { properties, relations } = entity;
  const meta = Object.fromEntries(
    Object.entries(whole).filter(([key]) => key !== 'properties' && key !== 'relations'),
  );
  const projected = pick('', meta);
  const [someProperties, someRelations] = [pick('properties', properties), pick('relations', relations)];
  if (include.length === 0 || Object.keys(someProperties).length > 0) projected.properties = someProperties;
  if (include.length === 0 || Object.keys(someRelations).length > 0) projected.relations = someRelations;
  return projected;
}

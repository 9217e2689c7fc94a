import type { Entity, JsonObject } from './model.ts';

export interface Selection {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/**
 * An entity as the API shows it. Names are `identifier` or `$identifier` for what every entity has, and
 * `properties.x`, `relations.x` or just `x` for the rest.
 */
export function projectEntity(entity: Entity, { include = [], exclude = [] }: Selection): JsonObject {
  if (include.length === 0 && exclude.length === 0) return { ...entity };
  const shown = (group: string, name: string): boolean => {
    const names = group === '' ? [name, `$${name}`] : [name, `${group}.${name}`, group];
    if (names.some((each) => exclude.includes(each))) return false;
    return include.length === 0 || names.some((each) => include.includes(each));
  };
  const { properties, relations, ...meta } = entity;
  const pick = (group: string, values: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(values).filter(([name]) => shown(group, name)));
  const projected: JsonObject = pick('', meta);
  const [someProperties, someRelations] = [pick('properties', properties), pick('relations', relations)];
  if (include.length === 0 || Object.keys(someProperties).length > 0) projected.properties = someProperties;
  if (include.length === 0 || Object.keys(someRelations).length > 0) projected.relations = someRelations;
  return projected;
}

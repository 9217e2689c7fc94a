import type { Context } from '../context.ts';
import type { Entity, JsonObject } from '../model.ts';
import { withScorecards } from './scorecards.ts';

export interface Selection {
  readonly include?: readonly string[] | undefined;
}

/** What Port's API document lists, and `blueprint` and `scorecards`, which its clients read all the same. */
const withoutMeta = [
  ...['identifier', 'blueprint', 'title', 'icon', 'team', 'properties', 'relations', 'scorecards'],
];

/** The entity as the API shows it to who asks for nothing in particular. */
export function wholeEntity({ store, quirks }: Context, entity: Entity): JsonObject {
  const entries = Object.entries(withScorecards(store, entity));
  return Object.fromEntries(entries.filter(([key]) => quirks.hasEntityMeta || withoutMeta.includes(key)));
}

/**
 * An entity as the API shows it. Names are `identifier` or `$identifier` for what every entity has, and
 * `properties.x`, `relations.x` or just `x` for the rest. Whether `include` can name `scorecards` is not known: here
 * it cannot.
 */
export function projectEntity(context: Context, entity: Entity, selection: Selection): JsonObject {
  const { include = [] } = selection;
  if (include.length === 0) return wholeEntity(context, entity);
  const isShown = (group: string, name: string): boolean => {
    const names = group === '' ? [name, `$${name}`] : [name, `${group}.${name}`, group];
    return names.some((each) => include.includes(each));
  };
  const pick = (group: string, values: object): JsonObject =>
    Object.fromEntries(Object.entries(values).filter(([name]) => isShown(group, name)));
  const { properties, relations, ...meta } = entity;
  const groups = { properties: pick('properties', properties), relations: pick('relations', relations) };
  const shown = Object.entries(groups).filter(([, values]) => Object.keys(values).length > 0);
  return { ...pick('', meta), ...Object.fromEntries(shown) };
}

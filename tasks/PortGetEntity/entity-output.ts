import type { StoredEntity } from '../common/port/entities/get-entity.ts';
import { longestOutput, outputJson } from '../common/text/output-values.ts';

export interface EntityOutput {
  /** Valid JSON that an output variable holds. */
  readonly json: string;
  /** What had to be left out, the largest first. */
  readonly leftOut: readonly string[];
}

/** Groups whose parts are left out one by one; everything else goes as a whole. */
const groups: readonly string[] = ['properties', 'relations'];

/** The entity as JSON, without its largest parts where it is too long for an output variable. */
export function entityOutput(entity: StoredEntity): EntityOutput {
  const leftOut: string[] = [];
  const names = largestFirst(entity);
  let json = outputJson(entity);
  while (json.length > longestOutput && leftOut.length < names.length) {
    leftOut.push(names[leftOut.length] ?? '');
    json = outputJson(without(entity, new Set(leftOut)));
  }
  return { json, leftOut };
}

function largestFirst(entity: StoredEntity): readonly string[] {
  return partsOf(entity)
    .map(([name, value]) => ({ name, length: outputJson(value).length }))
    .sort((a, b) => b.length - a.length)
    .map(({ name }) => name);
}

function partsOf(entity: StoredEntity): readonly (readonly [string, unknown])[] {
  return Object.entries(entity).flatMap(([key, value]) =>
    groups.includes(key) && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, part]) => [`${key}.${name}`, part] as const)
      : [[key, value] as const],
  );
}

function without(entity: StoredEntity, names: ReadonlySet<string>): StoredEntity {
  const kept = (prefix: string, from: object) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => !names.has(prefix + name)));
  return Object.fromEntries(
    Object.entries(kept('', entity)).map(([key, value]: [string, unknown]) =>
      groups.includes(key) && typeof value === 'object' && value !== null
        ? [key, kept(`${key}.`, value)]
        : [key, value],
    ),
  );
}

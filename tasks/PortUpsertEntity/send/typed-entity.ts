import type { BlueprintLookup } from '../../common/port/blueprints.ts';
import type { Entity } from '../../common/port/entities/write-entity.ts';
import {
  type Structured,
  type StructuredMap,
  isStructuredList,
  mapValues,
} from '../../common/structured-text/parse.ts';
import { isAmbiguous, typedMap, typedValue } from '../../common/structured-text/typed-values.ts';
import { type Draft, isEmpty, textOf } from '../read/draft.ts';
import type { ChangedNumbers } from './changed-numbers.ts';

/** The entity to send. The blueprint is looked up only where the text leaves open what is meant. */
export async function entityOf(
  draft: Draft,
  lookUp: BlueprintLookup,
  changed: ChangedNumbers,
): Promise<Entity> {
  const { identifier, title, icon, team, properties, relations } = draft;
  return {
    identifier: typeof identifier === 'string' ? identifier : typedValue(identifier, undefined),
    ...(title !== undefined && { title }),
    ...(icon !== undefined && { icon }),
    ...(team !== undefined && { team: typedValue(team, undefined) }),
    ...(properties !== undefined && {
      properties: await typedProperties(properties, draft.blueprint, { lookUp, changed }),
    }),
    ...(relations !== undefined && { relations: mapValues(relations, relationValue) }),
  };
}

async function typedProperties(
  properties: StructuredMap,
  blueprint: string,
  { lookUp, changed }: { readonly lookUp: BlueprintLookup; readonly changed: ChangedNumbers },
): Promise<StructuredMap> {
  if (!isAmbiguous(properties)) return properties;
  const { properties: schemas } = await lookUp(blueprint);
  const typed = typedMap(properties, { properties: schemas });
  changed.compare(properties, typed);
  return typed;
}

/** Identifiers are text, whatever they look like; a search query is left to YAML's own reading. */
function relationValue(value: Structured): Structured {
  if (isEmpty(value)) return null;
  if (isStructuredList(value)) return value.map(relationValue);
  return textOf(value) ?? typedValue(value, undefined);
}

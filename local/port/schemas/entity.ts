import {
  ENTITY_IDENTIFIER,
  PROPERTY_IDENTIFIER,
  anyObject,
  flag,
  mapOf,
  only,
  open,
  text,
  texts,
} from './common.ts';

const identifier = { type: 'string', pattern: ENTITY_IDENTIFIER, maxLength: 1000 };

/** A search query that stands for the one entity it finds; its rules are checked where they are carried out. */
const query = only({ 'combinator*': { enum: ['and', 'or'] }, 'rules*': { type: 'array', items: anyObject } });

const relation = {
  anyOf: [
    identifier,
    { type: 'array', items: { type: 'string', pattern: ENTITY_IDENTIFIER } },
    { type: 'null' },
    query,
  ],
};
const team = { oneOf: [text, texts, query] };

const fields = { title: text, icon: text, team, properties: anyObject, relations: mapOf(relation) };

export const createBody = open({ identifier: { oneOf: [identifier, query] }, ...fields });
export const replaceBody = open({ identifier, ...fields });
export const patchBody = only({
  identifier,
  ...fields,
  title: { type: ['string', 'null'] },
  icon: { type: ['string', 'null'] },
  team: { oneOf: [{ type: ['string', 'null'] }, texts, query] },
  properties: { type: 'object', propertyNames: { pattern: PROPERTY_IDENTIFIER } },
});

/** Port takes at most 20 entities in one bulk call, and 100 identifiers in one bulk delete. */
export const bulkBody = only({
  'entities*': { type: 'array', minItems: 1, maxItems: 20, items: createBody },
});
export const bulkDeleteBody = only({ 'entities*': { ...texts, minItems: 1, maxItems: 100 } });

export const writeQuery = open({
  upsert: flag,
  merge: flag,
  validation_only: flag,
  create_missing_related_entities: flag,
  run_id: text,
});
export const deleteQuery = open({ delete_dependents: flag, run_id: text });
export const wholeQuery = open({ delete_blueprint: flag, run_id: text });
export const readQuery = only({ include: texts });

export const searchBody = query;
export const pagedSearchBody = only({
  query: searchBody,
  include: texts,
  limit: { type: 'number', minimum: 1, maximum: 1000 },
  from: text,
});

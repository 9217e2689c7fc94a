import {
  BLUEPRINT_IDENTIFIER,
  PROPERTY_IDENTIFIER,
  anyObject,
  flag,
  mapOf,
  only,
  open,
  text,
  texts,
  valueType,
  word,
  words,
} from './common.ts';

const mirrorPath = '^(?:[A-Za-z0-9@_=\\-$]+\\.)+?(\\w|\\$|@|-)*?[^\\.]+$';
const title = { type: 'string', maxLength: 100 };

const property = open({
  'type*': valueType,
  ...{ title, description: text, icon: text },
  format: words(
    'date-time url email idn-email ipv4 ipv6 markdown yaml user blueprints team timer proto labeled-url',
  ),
  spec: words('open-api embedded-url async-api'),
});
const relation = only({
  ...{ 'target*': text, 'required*': flag, 'many*': flag },
  ...{ title, description: text, type: text },
});

/** What Port calculates is taken and not calculated here, but for scorecards. */
const fields = {
  description: { type: 'string', maxLength: 200 },
  icon: text,
  ownership: {
    anyOf: [
      only({ 'type*': word('Inherited'), 'path*': text, title }),
      only({ 'type*': word('Direct'), title }),
    ],
  },
  calculationProperties: mapOf(open({ 'calculation*': text, 'type*': valueType })),
  mirrorProperties: mapOf(only({ 'path*': { type: 'string', pattern: mirrorPath }, title })),
  aggregationProperties: mapOf(open({ 'title*': title, 'target*': text, 'calculationSpec*': anyObject })),
  relations: mapOf(relation),
  teamInheritance: anyObject,
};

const identifier = { type: 'string', pattern: BLUEPRINT_IDENTIFIER, maxLength: 100 };
const blueprintTitle = { type: 'string', minLength: 1, maxLength: 100 };
const schema = only({
  'properties*': {
    type: 'object',
    propertyNames: { pattern: PROPERTY_IDENTIFIER, maxLength: 100 },
    additionalProperties: property,
  },
  required: texts,
});

/** Port lets keys pass here that it does not know. */
export const blueprintBody = open({
  'identifier*': identifier,
  'title*': blueprintTitle,
  'schema*': schema,
  ...fields,
});
export const blueprintPatch = open({ identifier, title: blueprintTitle, schema, ...fields });

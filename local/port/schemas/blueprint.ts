import {
  anyObject,
  BLUEPRINT_IDENTIFIER,
  flag,
  mapOf,
  only,
  open,
  PROPERTY_IDENTIFIER,
  text,
  texts,
} from './common.ts';

const VALUE_TYPES = ['string', 'number', 'boolean', 'object', 'array'];
const FORMATS = [
  ...[
    'date-time',
    'url',
    'email',
    'idn-email',
    'ipv4',
    'ipv6',
    'markdown',
    'yaml',
    'user',
    'blueprints',
    'team',
  ],
  ...['timer', 'proto', 'labeled-url'],
];
const title = { type: 'string', maxLength: 100 };

const property = open({
  'type*': { enum: VALUE_TYPES },
  title,
  description: text,
  icon: text,
  format: { enum: FORMATS },
  spec: { enum: ['open-api', 'embedded-url', 'async-api'] },
});

const relation = only({
  title,
  'target*': text,
  'required*': flag,
  'many*': flag,
  description: text,
  type: text,
});

const fields = {
  description: { type: 'string', maxLength: 200 },
  icon: text,
  ownership: anyObject,
  calculationProperties: mapOf(open({ 'calculation*': text, 'type*': { enum: VALUE_TYPES } })),
  mirrorProperties: mapOf(only({ 'path*': text, title })),
  aggregationProperties: mapOf(open({ 'title*': title, 'target*': text, 'calculationSpec*': anyObject })),
  relations: mapOf(relation),
  changelogDestination: anyObject,
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

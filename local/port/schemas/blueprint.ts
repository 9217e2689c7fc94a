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
  word,
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
const MIRROR_PATH = '^(?:[A-Za-z0-9@_=\\-$]+\\.)+?(\\w|\\$|@|-)*?[^\\.]+$';
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
  ownership: {
    anyOf: [
      only({ 'type*': word('Inherited'), 'path*': text, title }),
      only({ 'type*': word('Direct'), title }),
    ],
  },
  calculationProperties: mapOf(
    only({
      'calculation*': text,
      'type*': { enum: VALUE_TYPES },
      ...{
        title,
        description: text,
        icon: text,
        format: { enum: FORMATS },
        spec: text,
        specAuthentication: anyObject,
      },
      ...{ colorized: flag, colors: mapOf(text), items: anyObject },
    }),
  ),
  mirrorProperties: mapOf(only({ 'path*': { type: 'string', pattern: MIRROR_PATH }, title })),
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

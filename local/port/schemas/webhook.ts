import { anyObject, flag, only, text, word } from './common.ts';

const nullableText = { type: ['string', 'null'] };
const query = only({ 'combinator*': text, 'rules*': { type: 'array', items: anyObject } });

const createMapping = only({
  'blueprint*': text,
  operation: { oneOf: [{ enum: ['create'] }, only({ 'type*': word('create') })] },
  filter: text,
  itemsToParse: text,
  'entity*': only({
    'identifier*': { oneOf: [text, query] },
    title: text,
    icon: text,
    team: { oneOf: [text, query] },
    properties: anyObject,
    relations: anyObject,
  }),
});
const deleteMapping = only({
  'blueprint*': text,
  'operation*': {
    oneOf: [{ enum: ['delete'] }, only({ 'type*': word('delete'), deleteDependents: flag })],
  },
  filter: text,
  itemsToParse: text,
  'entity*': only({ 'identifier*': text }),
});

const security = only({
  secret: nullableText,
  signatureHeaderName: nullableText,
  signatureAlgorithm: { enum: ['sha1', 'sha256', 'plain', null] },
  signaturePrefix: nullableText,
  requestIdentifierPath: nullableText,
});

const title = { type: 'string', maxLength: 30 };
const fields = {
  identifier: { type: 'string', maxLength: 30 },
  description: { type: 'string', maxLength: 200 },
  icon: text,
  mappings: { type: 'array', items: { oneOf: [createMapping, deleteMapping] } },
  security,
  integrationType: word('custom', 'template'),
};

export const webhookBody = only({ ...fields, 'title*': title, 'enabled*': flag });
export const webhookPatch = only({ ...fields, title, enabled: flag });

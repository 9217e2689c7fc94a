import { anyObject, flag, only, text, word } from './common.ts';

const nullableText = { type: ['string', 'null'] };
const query = only({ 'combinator*': text, 'rules*': { type: 'array', items: anyObject } });
const textOrQuery = { oneOf: [text, query] };

const mapping = only({
  'blueprint*': text,
  operation: word('create', 'delete'),
  filter: text,
  'entity*': only({
    'identifier*': textOrQuery,
    ...{ title: text, icon: text, team: textOrQuery, properties: anyObject, relations: anyObject },
  }),
});

const title = { type: 'string', maxLength: 30 };
const fields = {
  identifier: { type: 'string', maxLength: 30 },
  description: { type: 'string', maxLength: 200 },
  icon: text,
  mappings: { type: 'array', items: mapping },
  // Azure DevOps signs nothing, so that of Port's algorithms only `plain` is of use.
  security: only({
    secret: nullableText,
    signatureHeaderName: nullableText,
    signatureAlgorithm: { enum: ['plain', null] },
    requestIdentifierPath: nullableText,
  }),
  integrationType: word('custom', 'template'),
};

export const webhookBody = only({ ...fields, 'title*': title, 'enabled*': flag });
export const webhookPatch = only({ ...fields, title, enabled: flag });

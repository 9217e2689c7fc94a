import { anyObject, only, text, word } from './common.ts';

/** Conditions are search rules; they are judged when the scorecard is saved. */
const query = only({
  'combinator*': word('and', 'or'),
  'conditions*': { type: 'array', items: anyObject },
});
const title = { type: 'string', minLength: 1 };

export const scorecardBody = only({
  'identifier*': { type: 'string', minLength: 1, maxLength: 100 },
  'title*': title,
  filter: query,
  levels: { type: 'array', minItems: 1, items: only({ 'title*': title, color: text }) },
  'rules*': {
    type: 'array',
    items: only({
      'identifier*': text,
      'title*': title,
      description: text,
      'level*': text,
      'query*': query,
    }),
  },
});

import { flag, only, text, texts, word } from './common.ts';

const number = { type: 'number' };
const moment = { type: 'string', format: 'date-time' };
const value = { anyOf: [{ type: 'null' }, text, number, flag, texts] };
const emptiness = word('isEmpty', 'isNotEmpty');
const comparisons = word(
  ...['=', '!=', 'containsAny', 'contains', 'doesNotContains', 'beginsWith', 'doesNotBeginsWith'],
  ...['endsWith', 'doesNotEndsWith', 'in', 'notIn'],
);

/** The rules of a search query that the local Port knows; Port has more: ranges, presets, `relatedTo` … */
export const ruleSchema = {
  anyOf: [
    only({ 'property*': text, 'operator*': emptiness }),
    only({ 'relation*': text, 'operator*': emptiness }),
    only({
      'property*': text,
      'operator*': word('>', '>=', '<', '<='),
      'value*': { anyOf: [number, moment] },
    }),
    only({ 'property*': text, 'operator*': comparisons, 'value*': value }),
    only({ 'relation*': text, 'operator*': comparisons, 'value*': value }),
  ],
};

/**
 * Those of a search of one blueprint: by the level of a scorecard, too. What is compared with the value where a rule of
 * the scorecard is named is not known; whether it was evaluated is.
 */
export const pagedRuleSchema = {
  anyOf: [
    ...ruleSchema.anyOf,
    only({ 'scorecard*': text, 'operator*': comparisons, 'value*': value }),
    only({ 'scorecard*': text, scorecardRule: text, 'operator*': emptiness }),
  ],
};

/** The rules of a query that stands for an entity: fewer than a search knows. */
export const lookupRuleSchema = {
  anyOf: [
    only({ 'property*': text, 'operator*': word('='), 'value*': { type: ['string', 'number', 'null'] } }),
    only({ 'property*': text, 'operator*': word('in', 'containsAny'), 'value*': texts }),
    only({
      'property*': text,
      'operator*': word('contains'),
      'value*': { anyOf: [{ type: ['string', 'null'] }, texts] },
    }),
  ],
};

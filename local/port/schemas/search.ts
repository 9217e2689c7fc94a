import { flag, only, text, texts, word } from './common.ts';

const dateTime = { type: 'string', format: 'date-time' };
const number = { type: 'number' };
const user = only({ 'property*': text, 'context*': word('user', 'userTeams') });
const property = { oneOf: [text, user] };
const preset = word(
  ...['today', 'tomorrow', 'yesterday', 'lastDay', 'lastWeek', 'last2Weeks', 'lastMonth'],
  ...['last3Months', 'last6Months', 'last12Months'],
);
const range = { oneOf: [only({ 'from*': dateTime, 'to*': dateTime }), only({ 'preset*': preset }), user] };
const value = { anyOf: [{ type: 'null' }, text, number, flag, texts, user] };
const COMPARISONS = word(
  ...['=', '!=', 'containsAny', 'contains', 'doesNotContains', 'beginsWith', 'doesNotBeginsWith'],
  ...['endsWith', 'doesNotEndsWith', 'in', 'notIn'],
);
const EMPTINESS = word('isEmpty', 'isNotEmpty');
const target = word('$title', '$identifier');
const propertySchema = only({ 'type*': text, format: text, items: only({ 'type*': text, format: text }) });

/** One rule of a search query, as the search in one blueprint takes it. */
export const ruleSchema = {
  anyOf: [
    only({ 'property*': property, 'operator*': word('between', 'notBetween', '='), 'value*': range }),
    only({ 'property*': text, 'operator*': EMPTINESS }),
    only({ 'relation*': text, 'operator*': EMPTINESS, targetProperty: target }),
    only({ 'scorecard*': text, 'operator*': EMPTINESS, scorecardRule: text }),
    only({ 'property*': text, 'operator*': word('isExpired', 'isNotExpired') }),
    only({
      'property*': property,
      'operator*': word('>', '>=', '<', '<='),
      'value*': { anyOf: [number, dateTime, user] },
    }),
    only({ 'property*': property, 'operator*': COMPARISONS, 'value*': value }),
    only({ 'relation*': text, targetProperty: target, 'operator*': COMPARISONS, 'value*': value }),
    only({ 'scorecard*': text, scorecardRule: text, 'operator*': COMPARISONS, 'value*': value }),
    only({
      'operator*': word('relatedTo'),
      'blueprint*': text,
      'value*': { anyOf: [text, texts] },
      direction: word('upstream', 'downstream'),
      required: flag,
    }),
    only({ 'propertySchema*': propertySchema, 'operator*': word('=', '!=', 'contains'), value }),
    only({ 'property*': { type: ['string', 'object'] }, 'operator*': word('matchAny'), 'value*': {} }),
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

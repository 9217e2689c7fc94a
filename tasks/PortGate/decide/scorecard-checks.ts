import { InputError } from '../../common/errors.ts';
import { isRecord, valueAt } from '../../common/json.ts';
import type { StoredEntity } from '../../common/port/entities/get-entity.ts';
import type { Scorecard, ScorecardRule } from '../../common/port/scorecards.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { Requirements } from '../inputs.ts';
import type { LevelRequirement, RuleRequirement } from '../read/requirements.ts';
import { type Check, met, unmet } from './check.ts';

type Asked = Pick<Requirements, 'blueprint' | 'levels' | 'rules'>;

/** @throws InputError for scorecards, levels and rules that the blueprint does not have */
export function requireScorecards(
  { blueprint, levels, rules }: Asked,
  scorecards: readonly Scorecard[],
): void {
  const problems = [
    ...levels.flatMap(({ scorecard, level }) => {
      const found = scorecards.find(({ identifier }) => identifier === scorecard);
      if (found === undefined) return [unknownScorecard('requireLevels', scorecard)];
      if (found.levels.includes(level)) return [];
      return [
        `Input requireLevels: scorecard ${oneLine(scorecard)} has no level "${oneLine(level)}"; it has ${list(found.levels)}.`,
      ];
    }),
    ...rules.flatMap(({ scorecard, rule }) => {
      const found = scorecards.find(({ identifier }) => identifier === scorecard);
      if (found === undefined) return [unknownScorecard('requireRules', scorecard)];
      const names = found.rules.map(({ identifier }) => identifier);
      if (names.includes(rule)) return [];
      return [
        `Input requireRules: scorecard ${oneLine(scorecard)} has no rule "${oneLine(rule)}"; it has ${list(names)}.`,
      ];
    }),
  ];
  if (problems.length > 0) throw new InputError([...new Set(problems)]);

  function unknownScorecard(input: string, scorecard: string): string {
    const names = scorecards.map(({ identifier }) => identifier);
    return `Input ${input}: blueprint ${oneLine(blueprint)} has no scorecard "${oneLine(scorecard)}"; it has ${list(names)}.`;
  }
}

const list = (names: readonly string[]) =>
  names.length === 0 ? 'none' : names.map((name) => oneLine(name, 60)).join(', ');

interface Evaluated {
  readonly entity: StoredEntity;
  readonly scorecards: readonly Scorecard[];
  readonly ifNotEvaluated: Requirements['ifNotEvaluated'];
}

/** Levels are compared by their place in the definition: their names say nothing. */
export function levelCheck({ scorecard, operator, level }: LevelRequirement, facts: Evaluated): Check {
  const requirement = `${scorecard} ${operator} ${level}`;
  const definition = definitionOf(scorecard, facts);
  const result = resultOf(scorecard, facts);
  if (result === undefined) return notEvaluated(requirement, definition, facts);
  const held = String(result.level);
  const wanted = definition.levels.indexOf(level);
  const isMet = operator === '=' ? held === level : definition.levels.indexOf(held) >= wanted;
  if (isMet) return met(requirement, held);
  const failing = failingRules(result).filter(
    ({ level: ofRule }) => definition.levels.indexOf(String(ofRule)) <= wanted,
  );
  const names = failing.map(({ identifier }) => ruleTitle(definition, String(identifier)));
  const more = names.length === 0 ? '' : ` Failing up to ${level}: ${names.join('; ')}.`;
  const limit = operator === '=' ? 'exactly ' : '';
  return unmet({
    ...{ requirement, found: held },
    reason: `Scorecard ${definition.title} is at level ${held}, and ${limit}${level} is wanted.${more}`,
    label: `is ${held} in ${definition.title}, not ${level}`,
  });
}

export function ruleCheck({ scorecard, rule }: RuleRequirement, facts: Evaluated): Check {
  const requirement = `${scorecard}: ${rule}`;
  const definition = definitionOf(scorecard, facts);
  const result = resultOf(scorecard, facts);
  const own = rulesOf(result).find(({ identifier }) => identifier === rule);
  if (own === undefined) return notEvaluated(requirement, definition, facts);
  if (own.status === 'SUCCESS') return met(requirement, 'passes');
  return unmet({
    ...{ requirement, found: 'fails' },
    reason: `Rule ${ruleTitle(definition, rule)} of scorecard ${definition.title} fails.`,
    label: `fails the rule ${ruleOf(definition, rule)?.title ?? rule}`,
  });
}

function notEvaluated(requirement: string, { title }: Scorecard, { ifNotEvaluated }: Evaluated): Check {
  if (ifNotEvaluated === 'pass') return met(requirement, 'not evaluated');
  return unmet({
    ...{ requirement, found: 'not evaluated' },
    reason: `Scorecard ${title} does not evaluate this entity: its filter leaves it out, or the credentials may not see it. Set ifNotEvaluated to pass where that is no reason to stop.`,
    label: `is not evaluated by ${title}`,
  });
}

function definitionOf(scorecard: string, { scorecards }: Evaluated): Scorecard {
  const found = scorecards.find(({ identifier }) => identifier === scorecard);
  if (found === undefined) throw new Error(`scorecard ${scorecard} was not looked for`);
  return found;
}

/** Undefined where the scorecard is not there: that is "not evaluated", and not the lowest level. */
function resultOf(scorecard: string, { entity }: Evaluated): Readonly<Record<string, unknown>> | undefined {
  const result = valueAt(entity, ['scorecards', scorecard]);
  return isRecord(result) ? result : undefined;
}

function rulesOf(
  result: Readonly<Record<string, unknown>> | undefined,
): readonly Readonly<Record<string, unknown>>[] {
  const rules = result?.rules;
  return Array.isArray(rules) ? rules.filter(isRecord) : [];
}

const failingRules = (result: Readonly<Record<string, unknown>>) =>
  rulesOf(result).filter(({ status }) => status !== 'SUCCESS');

const ruleOf = ({ rules }: Scorecard, rule: string): ScorecardRule | undefined =>
  rules.find(({ identifier }) => identifier === rule);

/** "Has an owner" (Bronze): why. */
function ruleTitle(scorecard: Scorecard, rule: string): string {
  const found = ruleOf(scorecard, rule);
  if (found === undefined) return `"${rule}"`;
  const { title, level, description } = found;
  return `"${title}" (${level})${description === undefined ? '' : `: ${description}`}`;
}

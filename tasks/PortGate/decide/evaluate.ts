import { valueAt } from '../../common/json.ts';
import type { StoredEntity } from '../../common/port/entities/get-entity.ts';
import { entityPage } from '../../common/port/pages.ts';
import type { Requirements } from '../inputs.ts';
import type { Condition } from '../read/conditions.ts';
import type { Forbidden } from '../read/forbidden.ts';
import { type Check, type Link, met, unmet } from './check.ts';
import { holds, textOf } from './compare.ts';
import type { Facts, Hits } from './facts.ts';
import { levelCheck, ruleCheck } from './scorecard-checks.ts';

/** Every requirement with what Port knows about it, in the order of the inputs. */
export function evaluate(requirements: Requirements, facts: Facts, appUrl: string): readonly Check[] {
  const { conditions, forbidden, ifMissing, ifNotEvaluated, levels, rules } = requirements;
  const { entity, scorecards, hits } = facts;
  const searches = forbidden.map((each, index) =>
    forbiddenCheck(each, hits[index] ?? { entities: [], hasMore: false }, appUrl),
  );
  if (entity === undefined) return [missingCheck(requirements, ifMissing), ...searches];
  const evaluated = { entity, scorecards, ifNotEvaluated };
  return [
    ...levels.map((level) => levelCheck(level, evaluated)),
    ...rules.map((rule) => ruleCheck(rule, evaluated)),
    ...conditions.map((condition) => conditionCheck(condition, entity)),
    ...searches,
  ];
}

function missingCheck({ blueprint, identifier }: Requirements, ifMissing: Requirements['ifMissing']): Check {
  const requirement = `${blueprint} "${identifier}" is in Port`;
  if (ifMissing === 'pass') return met(requirement, 'not there');
  return unmet({
    ...{ requirement, found: 'not there' },
    reason: `There is no ${blueprint} "${identifier}" in Port. Set ifMissing to pass where that is no reason to stop.`,
    label: 'is not in Port',
  });
}

function conditionCheck(condition: Condition, entity: StoredEntity): Check {
  const { text, path, operator, reasonPath } = condition;
  const value = valueAt(entity, path);
  const found = shown(value);
  if (holds(value, condition)) return met(text, found);
  const given = reasonPath === undefined ? undefined : valueAt(entity, reasonPath);
  const why = typeof given === 'string' && given.trim() !== '' ? ` Reason given: ${given.trim()}` : '';
  const name = path.join('.');
  const isThere = operator === 'exists' ? `${name} is not set` : `${name} is ${found}`;
  return unmet({
    ...{ requirement: text, found },
    reason: `${isThere}, and ${text} is wanted.${why}`,
    label: conditionLabel(condition, found),
  });
}

/** "is locked in prod" for `properties.locked_in_prod != true`. */
function conditionLabel({ path, operator, value }: Condition, found: string): string {
  const words = (path.at(-1) ?? '')
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  const isFlag = operator === '=' || operator === '!=' ? textOf(value) === 'true' : false;
  if (isFlag && operator === '!=') return `is ${words}`;
  if (isFlag) return `is not ${words}`;
  return operator === 'exists' ? `has no ${words}` : `has ${words} ${found}`;
}

function forbiddenCheck(
  { blueprint, message }: Forbidden,
  { entities, hasMore }: Hits,
  appUrl: string,
): Check {
  const requirement = message ?? `no ${blueprint} is found`;
  if (entities.length === 0) return met(requirement, 'none');
  const links = entities.map((entity): Link => {
    const identifier = String(entity.identifier);
    const title = typeof entity.title === 'string' && entity.title !== '' ? entity.title : identifier;
    return { title, url: entityPage(appUrl, blueprint, identifier) };
  });
  const count = `${hasMore ? 'more than ' : ''}${entities.length}`;
  const names = links.map(({ title, url }) => `"${title}" ${url}`).join(', ');
  return unmet({
    ...{ requirement, found: count, links },
    reason: `${message ?? `There is ${count} ${blueprint}`}: ${names}${hasMore ? ' and others' : ''}`,
    label: message === undefined ? `has ${count} ${blueprint}` : `has: ${message}`,
  });
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

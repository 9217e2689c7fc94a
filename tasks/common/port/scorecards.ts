import { UnexpectedAnswerError } from '../errors.ts';
import { isRecord, listOf } from '../json.ts';
import type { PortClient } from './client/client.ts';

/** A scorecard's definition, as far as the tasks look at it. */
export interface Scorecard {
  readonly identifier: string;
  readonly title: string;
  /** Titles, from the lowest, which every entity holds, to the highest. */
  readonly levels: readonly string[];
  readonly rules: readonly ScorecardRule[];
}

export interface ScorecardRule {
  readonly identifier: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly level: string;
}

/** The levels of a scorecard that defines none. */
const defaultLevels = ['Basic', 'Bronze', 'Silver', 'Gold'];

/** Every scorecard of a blueprint. @throws PortApiError with status 403 where the credentials lack `read:scorecards`. */
export async function listScorecards(port: PortClient, blueprint: string): Promise<readonly Scorecard[]> {
  const { scorecards } = await port.call('listScorecards', { parameters: { blueprint } });
  if (!Array.isArray(scorecards)) {
    throw new UnexpectedAnswerError(
      "Cannot read the scorecards of the blueprint: the answer holds no list of them. Is baseUrl the address of Port's API?",
    );
  }
  return scorecards.filter(isIdentified).map((scorecard) => ({
    identifier: scorecard.identifier,
    title: textOf(scorecard.title) ?? scorecard.identifier,
    levels: levelsOf(scorecard.levels),
    rules: listOf(scorecard.rules)
      .filter(isIdentified)
      .map((rule) => ({
        identifier: rule.identifier,
        title: textOf(rule.title) ?? rule.identifier,
        description: textOf(rule.description),
        level: textOf(rule.level) ?? '',
      })),
  }));
}

function levelsOf(levels: unknown): readonly string[] {
  if (!Array.isArray(levels)) return defaultLevels;
  return levels.flatMap((level) => (isRecord(level) && typeof level.title === 'string' ? [level.title] : []));
}

function isIdentified(
  value: unknown,
): value is { readonly identifier: string; readonly [key: string]: unknown } {
  return isRecord(value) && typeof value.identifier === 'string';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

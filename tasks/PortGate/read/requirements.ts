import type { InputReader } from '../../common/inputs/input-reader.ts';
import { isUnresolved, oneLine } from '../../common/text/plain-text.ts';

/** A line of input `requireLevels`. */
export interface LevelRequirement {
  readonly scorecard: string;
  readonly operator: '>=' | '=';
  /** A level's title. */
  readonly level: string;
}

/** A line of input `requireRules`. */
export interface RuleRequirement {
  readonly scorecard: string;
  readonly rule: string;
}

/** Reads lines such as `production_readiness >= Silver`. */
export function readLevels(reader: InputReader, name: string): readonly LevelRequirement[] {
  return readLines(reader, name, (line) => {
    const [, scorecard, operator, level] = /^([^\s<>=!]+)\s*(>=|=)\s*([^\s=].*)$/.exec(line) ?? [];
    if (scorecard === undefined || level === undefined)
      return 'Write it as scorecard >= level, or scorecard = level: production_readiness >= Silver';
    return { scorecard, operator: operator === '=' ? '=' : '>=', level };
  });
}

/** Reads lines such as `production_readiness: hasOwner`. */
export function readRules(reader: InputReader, name: string): readonly RuleRequirement[] {
  return readLines(reader, name, (line) => {
    const [, scorecard, rule] = /^([^\s:]+)\s*:\s*(\S+)$/.exec(line) ?? [];
    if (scorecard === undefined || rule === undefined)
      return 'Write it as scorecard: rule, with the identifiers of both: production_readiness: hasOwner';
    return { scorecard, rule };
  });
}

/** @param parse gives what a line means, or what is wrong with it. */
export function readLines<T extends object>(
  reader: InputReader,
  name: string,
  parse: (line: string) => T | string,
): readonly T[] {
  return reader.lines(name).flatMap((line) => {
    const parsed = isUnresolved(line)
      ? 'Nothing replaced the expression in it: is the variable defined, and spelled like this?'
      : parse(line);
    if (typeof parsed !== 'string') return [parsed];
    reader.problem(
      `Input ${name} has the line "${oneLine(line, 100)}". ${parsed.replace(/(?<![.?])$/, '.')}`,
    );
    return [];
  });
}

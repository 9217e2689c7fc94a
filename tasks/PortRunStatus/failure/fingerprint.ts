import { createHash } from 'node:crypto';
import { plainText } from '../../common/text/plain-text.ts';

/** What stands in place of everything that another run of the same pipeline writes in another way. */
const variable = '#';

/** No more of a message than this is looked at, and no more of what is left than that is kept, in characters. */
const longestMessage = 4000;
const longestNormal = 500;

const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const clockTime = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: ?[ap]m\b)?`;
const zone = String.raw`(?: ?(?:z|utc|gmt|[+-]\d{2}:?\d{2})(?![\p{L}\d]))?`;
const unit = '(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![\\p{L}\\d_])';
const exitCode = String.raw`\b(?:code|status|signal|errno|http(?:\/[\d.]+)?)[\s:=('"#-]{1,4}`;
/** The letters and digits of which Kubernetes makes the names of pods. */
const podSign = '[b-df-hj-np-tv-xz2456789]';

/** In this order, on small letters. A number that names a kind of failure (an exit code, TS2304, ORA-01017) stays. */
const replacements: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\\+/g, '/'],
  // The work folder of an agent, whatever stands before it: D:/a/1/s, agent/_work/12/s, __w/3/s.
  [/(?:\b[a-z]:)?(?:\/[\w.-]+)*\/(?:_work|work|a|__w)\/(?:\d+|_temp|_tool|_tasks)(?=\/)/g, variable],
  [
    /(?:\b[a-z]:)?(?:\/[^\s/'"():]+)*\/(?:tmp|appdata\/local\/temp|var\/folders\/[^/\s]+\/[^/\s]+\/t)\/[^\s/'"(),:;]+/g,
    variable,
  ],
  // What follows the address of a page, a token among it.
  [/(https?:\/\/[^\s?'"]+)\?[^\s'")>]*/g, '$1'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, variable],
  [new RegExp(String.raw`\b\d{4}-\d{2}-\d{2}(?:[t ]${clockTime}${zone})?`, 'gu'), variable],
  [new RegExp(String.raw`\b\d{1,4}([./])\d{1,2}\1\d{2,4},? ${clockTime}${zone}`, 'gu'), variable],
  [
    new RegExp(
      String.raw`(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?\b(?:\d{1,2} ${month}|${month} \d{1,2})\b(?:,? \d{4}\b)?(?:,? ${clockTime}${zone})?`,
      'gu',
    ),
    variable,
  ],
  [new RegExp(String.raw`\b${clockTime}${zone}`, 'gu'), variable],
  [
    new RegExp(String.raw`(?<![\p{L}\d_.])\d+(?:[.,]\d+)? ?${unit}(?:,? \d+(?:[.,]\d+)? ?${unit})*`, 'gu'),
    variable,
  ],
  [new RegExp(`(?<=[a-z0-9])-${podSign}{8,10}-${podSign}{5}\\b`, 'g'), `-${variable}`],
  [/\b0x[0-9a-f]+\b/g, variable],
  // Commits, digests and the like: seven hexadecimal digits or more, one of them a digit.
  [/(?<![\p{L}\d])(?=[a-f]*\d)[0-9a-f]{7,}(?![\p{L}\d])/gu, variable],
  [new RegExp(String.raw`(?<![\p{L}\d_]|${exitCode}\d*)v?\d+(?:[.,:]\d+)*`, 'gu'), variable],
  [/\s+/g, ' '],
];

/** Codes such as ORA-01017 and CVE-2024-3094, told from `agent-12` by their capitals. */
const capitalCode = /\b[A-Z]{2,}-\d+(?:-\d+)?\b/g;

/** Letters in the place of the digits of a code, so that it is no number. */
const digits = 'abcdefghij';

/**
 * An error as every run of the pipeline writes it that fails in the same way: without numbers, ids, hashes, times, durations, lines
 * and temporary folders.
 */
export function normalError(message: string): string {
  const shown = plainText(message.slice(0, longestMessage)).replace(capitalCode, (code) =>
    code.replace(/\d/g, (digit) => digits.charAt(Number(digit))),
  );
  const normal = replacements.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement),
    shown.toLowerCase(),
  );
  return normal.trim().slice(0, longestNormal);
}

/** What failed, as far as it tells one failure from another. */
export interface FailureKind {
  /** The name of the step, or of the job that failed without one. */
  readonly step: string;
  /** `Bash`, without a version. */
  readonly task: string | undefined;
  readonly errors: readonly string[];
}

/** 16 hexadecimal digits that are the same whenever the same step fails with the same errors, in whatever order they come. */
export function fingerprintOf({ step, task = '', errors }: FailureKind): string {
  const normal = [...new Set(errors.map(normalError))].sort();
  const kind = JSON.stringify([normalError(step), task, normal]);
  return createHash('sha256').update(kind).digest('hex').slice(0, 16);
}

import { PipelineError, refuse } from '../errors.ts';

/** What a run number is made of. `lookup` gives a variable's value; `revision` the next number for a prefix. */
export interface RunNumberSource {
  readonly now: Date;
  readonly lookup: (name: string) => string | undefined;
  readonly revision: (prefix: string) => number;
}

export const defaultRunNumber = '$(Date:yyyyMMdd).$(Rev:r)';

const revision = /\$\(rev:(\.?)(r+)\)/gi;
/** Tokens of Azure Pipelines that no example uses. */
const notModelled = /^(date|year|rev)(:|$)|^(month|dayofmonth|dayofyear|hours|minutes|seconds)$/i;

/** Fills a pipeline's `name:`. Throws `PipelineError` (TF209010) when the result is no valid run number. */
export function makeRunNumber(format: string, source: RunNumberSource, at: string): string {
  const filled = format.replaceAll(/\$\(([^()]*)\)/g, (whole, token: string) => {
    if (/^rev:\.?r+$/i.test(token)) return whole;
    if (/^date:yyyyMMdd$/i.test(token)) return dateOf(source.now);
    if (notModelled.test(token)) refuse(at, `the local agent does not know '${whole}' in a run number`);
    return source.lookup(token) ?? whole;
  });
  const prefix = filled.replaceAll(revision, '');
  const number = filled.replaceAll(revision, (_whole, separator: string, digits: string) => {
    return separator + String(source.revision(prefix)).padStart(digits.length, '0');
  });
  checkRunNumber(number, at);
  return number;
}

const dateOf = (now: Date) =>
  [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('');

/** The documented rules: at most 255 characters, none of `"/:<>\|?@*`, no dot at the end. */
export function checkRunNumber(number: string, at: string): void {
  if (number.length <= 255 && !/["/:<>\\|?@*]/.test(number) && !number.endsWith('.')) return;
  throw new PipelineError(
    `${at}: TF209010: The build number format string generated a build number '${number}' which contains ` +
      "invalid character(s), is too long, or ends with '.'. The maximum length of a build number is 255 " +
      "characters. Characters which are not allowed include '\"', '/', ':', '<', '>', '\\', '|', '?', '@', and '*'.",
  );
}

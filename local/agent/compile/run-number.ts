import { PipelineError } from '../errors.ts';

/** What a run number is made of. `lookup` gives a variable's value; `revision` the next number for a prefix. */
export interface RunNumberSource {
  readonly now: Date;
  readonly lookup: (name: string) => string | undefined;
  readonly revision: (prefix: string) => number;
}

export const defaultRunNumber = '$(Date:yyyyMMdd).$(Rev:r)';

/** Fills a pipeline's `name:`. Throws `PipelineError` (TF209010) when the result is no valid run number. */
export function makeRunNumber(format: string, source: RunNumberSource, at: string): string {
  const filled = format.replaceAll(/\$\(([^()]*)\)/g, (whole, token: string) => {
    return isRevision(token) ? whole : (tokenValue(token, source.now) ?? source.lookup(token) ?? whole);
  });
  const prefix = filled.replaceAll(revision, '');
  const number = filled.replaceAll(revision, (_whole, separator: string, digits: string) => {
    return separator + String(source.revision(prefix)).padStart(digits.length, '0');
  });
  checkRunNumber(number, at);
  return number;
}

const revision = /\$\(rev:(\.?)(r+)\)/gi;
const isRevision = (token: string) => /^rev:\.?r+$/i.test(token);

/** The documented rules: at most 255 characters, none of `"/:<>\|?@*`, no dot at the end. */
export function checkRunNumber(number: string, at: string): void {
  if (number.length <= 255 && !/["/:<>\\|?@*]/.test(number) && !number.endsWith('.')) return;
  throw new PipelineError(
    `${at}: TF209010: The build number format string generated a build number '${number}' which contains ` +
      "invalid character(s), is too long, or ends with '.'. The maximum length of a build number is 255 " +
      "characters. Characters which are not allowed include '\"', '/', ':', '<', '>', '\\', '|', '?', '@', and '*'.",
  );
}

const pad = (value: number, length: number) => String(value).padStart(length, '0');

function tokenValue(token: string, now: Date): string | undefined {
  const [name = '', ...rest] = token.split(':');
  switch (name.toLowerCase()) {
    case 'date':
      return formatDate(rest.length === 0 ? 'yyyyMMdd' : rest.join(':'), now);
    case 'year':
      return rest[0]?.length === 2 ? pad(now.getFullYear() % 100, 2) : String(now.getFullYear());
    case 'month':
      return String(now.getMonth() + 1);
    case 'dayofmonth':
      return String(now.getDate());
    case 'dayofyear':
      return String(Math.floor((now.getTime() - new Date(now.getFullYear(), 0, 0).getTime()) / 86_400_000));
    case 'hours':
      return String(now.getHours());
    case 'minutes':
      return String(now.getMinutes());
    case 'seconds':
      return String(now.getSeconds());
    default:
      return undefined;
  }
}

/** The letters of .NET date formats that make sense in a run number. */
function formatDate(format: string, now: Date): string {
  return format.replaceAll(/y+|M+|d+|H+|h+|m+|s+|f+/g, (letters) => {
    const length = letters.length;
    switch (letters[0]) {
      case 'y':
        return length <= 2 ? pad(now.getFullYear() % 100, length) : pad(now.getFullYear(), length);
      case 'M':
        return pad(now.getMonth() + 1, length);
      case 'd':
        return pad(now.getDate(), length);
      case 'H':
        return pad(now.getHours(), length);
      case 'h':
        return pad(now.getHours() % 12 || 12, length);
      case 'm':
        return pad(now.getMinutes(), length);
      case 's':
        return pad(now.getSeconds(), length);
      default:
        return pad(now.getMilliseconds(), 3).slice(0, length);
    }
  });
}

import type { Host } from '../agent/host.ts';
import type { InputReader } from '../inputs/input-reader.ts';
import { outputText } from '../text/output-values.ts';
import { oneLine } from '../text/plain-text.ts';

/** One line of input `pick`: an output variable, and where in the entity or payload its value is. */
export interface PickLine {
  readonly name: string;
  readonly path: readonly string[];
}

type OutputHost = Pick<Host, 'setOutput' | 'warning' | 'info'>;

const namePattern = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;
const pathPattern = /^[^\s.()]+(\.[^\s.()]+)*$/;
/** Each becomes a variable of all later steps, and their environment has an end as well. */
const mostPicks = 50;

/** Reads lines such as `imageTag = properties.imageTag`. @param outputs names that the task's own outputs have. */
export function readPicks(
  reader: InputReader,
  name: string,
  outputs: readonly string[],
): readonly PickLine[] {
  const taken = new Set(outputs.map((name) => name.toLowerCase()));
  const lines = reader.lines(name);
  if (lines.length > mostPicks)
    reader.problem(`Input ${name} has ${lines.length} lines. Use at most ${mostPicks}.`);
  return lines.flatMap((line) => {
    const fault = lineFault(line, taken);
    if (fault !== undefined) {
      reader.problem(`Input ${name} has the line "${oneLine(line, 100)}"${fault}.`);
      return [];
    }
    const picked = split(line);
    taken.add(picked.name.toLowerCase());
    return [{ name: picked.name, path: picked.path.split('.') }];
  });
}

function split(line: string): { name: string; path: string } {
  const [name = '', path = ''] = line.split(/=(.*)/s).map((part) => part.trim());
  return { name, path };
}

function lineFault(line: string, taken: ReadonlySet<string>): string | undefined {
  const { name, path } = split(line);
  if (!line.includes('=') || path === '') return '. Write it as name = path: imageTag = properties.imageTag';
  if (!namePattern.test(name)) {
    return ': a name begins with a letter, and has letters, digits and _ only';
  }
  if (taken.has(name.toLowerCase())) return `: there is an output "${name}" already`;
  if (!pathPattern.test(path))
    return ': a path is made of names with dots between them, such as properties.imageTag';
  return undefined;
}

/** Names of what Port is to send: what is picked must be there to be picked. An empty `include` means everything. */
export function withPicks(
  include: readonly string[],
  picks: readonly PickLine[],
  others: readonly string[] = [],
): readonly string[] {
  if (include.length === 0) return [];
  return [...new Set([...include, ...others, ...picks.map(({ path }) => path.slice(0, 2).join('.'))])];
}

/** The value at a path: keys of objects, and positions in lists from 0. */
export function pickedValue(entity: unknown, path: readonly string[]): unknown {
  let value = entity;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

export interface PickSource {
  readonly noun: 'entity' | 'payload';
  /** Undefined where there is none. */
  readonly value: unknown;
  /** Where values stand that are no output. */
  readonly file?: string;
}

/** Sets an output for each pick, also where there is nothing to pick from, so that `$(step.name)` never stays as it is. */
export function setPicks(host: OutputHost, picks: readonly PickLine[], source: PickSource): void {
  const whole =
    source.file === undefined ? '' : ` The value is in the file ${source.file} (output resultFile).`;
  for (const { name, path } of picks) {
    const value = pickedValue(source.value, path);
    const { text, problem } = outputText(value);
    host.setOutput(name, text);
    const place = path.join('.');
    if (problem !== undefined) {
      host.warning(`Output ${name} is empty: ${place} ${problem}.${whole}`);
    } else if (source.value !== undefined && value === undefined) {
      host.info(`Output ${name} is empty: the ${source.noun} has no ${place}.`);
    }
  }
}

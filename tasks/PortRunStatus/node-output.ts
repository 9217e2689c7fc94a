import type { Host } from '../common/agent/host.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type Structured, type StructuredMap, setOwn } from '../common/structured-text/value.ts';
import { byteLength, isUnresolved, oneLine } from '../common/text/plain-text.ts';

/** Input `output`: what a workflow node gives to the nodes after it. */
export interface OutputInput {
  /** Undefined where there is nothing to send. */
  readonly values: StructuredMap | undefined;
  readonly problems: readonly string[];
  /** Whether a variable is not there yet: with `track` the agent fills it in anew for the post-job part, which tells what is wrong then. */
  readonly isPending: boolean;
}

/** Bytes of JSON: with links and label it stays under Port's 1 MiB for a body. */
const largest = 900 * 1024;

export async function readOutput(host: Pick<Host, 'input'>): Promise<OutputInput> {
  const reader = new InputReader(host);
  const text = reader.text('output');
  if (text === undefined) return { values: undefined, problems: [], isPending: false };
  const { readOutputMap } = await import('./output-yaml.ts');
  const map = readOutputMap(reader);
  const values = map === undefined ? undefined : filledIn(map, reader);
  const size = byteLength(JSON.stringify(values ?? null));
  if (size > largest) {
    reader.problem(
      `Input output is ${Math.ceil(size / 1024)} KiB of JSON, and Port takes ${largest / 1024} KiB. Give later nodes a link in place of the whole.`,
    );
  }
  const isSent = values !== undefined && size <= largest && Object.keys(values).length > 0;
  return {
    values: isSent ? values : undefined,
    problems: reader.problems,
    isPending: isUnresolved(text),
  };
}

/** Without the values that hold a macro which nothing replaced. */
function filledIn(map: StructuredMap, reader: InputReader): StructuredMap {
  const result: Record<string, Structured> = {};
  for (const [key, value] of Object.entries(map)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (isUnresolved(text)) {
      reader.problem(
        `Input output, "${oneLine(key, 60)}" is ${oneLine(JSON.stringify(text), 100)}, which nothing replaced: is the variable defined?`,
      );
    } else setOwn(result, key, value);
  }
  return result;
}

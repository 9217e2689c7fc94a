import type { InputReader } from '../common/inputs/input-reader.ts';
import { readMapInput } from '../common/inputs/structured-input.ts';
import { typedMap } from '../common/structured-text/typed-values.ts';
import type { StructuredMap } from '../common/structured-text/value.ts';

/** Input `output` as YAML or JSON. It is loaded only where the input is given: Node would compile 100 KB at each start otherwise. */
export function readOutputMap(reader: InputReader): StructuredMap | undefined {
  const map = readMapInput(reader, 'output');
  return map === undefined ? undefined : typedMap(map, {});
}

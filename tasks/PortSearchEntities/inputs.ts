import type { Host } from '../common/agent/host.ts';
import { outputFile } from '../common/inputs/file-inputs.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { readListInput } from '../common/inputs/list-input.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { type PickLine, readPicks } from '../common/outputs/pick.ts';
import { readQuery } from '../common/port/entities/query.ts';
import { blueprintInput } from '../common/port/identifier-inputs.ts';
import type { StructuredMap } from '../common/structured-text/parse.ts';

export interface SearchInputs extends SharedInputs {
  /** Undefined: the whole catalog. */
  readonly blueprint: string | undefined;
  readonly query: StructuredMap | undefined;
  readonly include: readonly string[];
  /** Infinity: all. */
  readonly limit: number;
  readonly picks: readonly PickLine[];
  readonly failsIfNone: boolean;
  /** Absolute. */
  readonly resultFile: string | undefined;
}

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): SearchInputs {
  const reader = new InputReader(host);
  const inputs: SearchInputs = {
    ...readSharedInputs(reader, host),
    blueprint: blueprintInput(reader, 'blueprint'),
    query: readQuery(reader, 'query'),
    include: readListInput(reader, 'include') ?? [],
    limit: reader.wholeNumber('limit', Infinity, { min: 1, max: 1_000_000 }),
    picks: readPicks(reader, 'pick', ['count', 'identifiers', 'matrix', 'resultFile']),
    failsIfNone: reader.flag('failIfNone', false),
    resultFile: outputFile(reader, host, 'resultFile'),
  };
  if (inputs.blueprint === undefined && reader.text('query') === undefined) {
    reader.problem(
      'Inputs blueprint and query are both empty. Set blueprint, query or both: they say what to look for.',
    );
  }
  reader.finish();
  return inputs;
}

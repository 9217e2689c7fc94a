import type { Host } from '../common/agent/host.ts';
import { outputFile } from '../common/inputs/file-inputs.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { readListInput } from '../common/inputs/list-input.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { type PickLine, readPicks } from '../common/outputs/pick.ts';
import { requiredBlueprint, requiredIdentifier } from '../common/port/identifier-inputs.ts';

export interface GetInputs extends SharedInputs {
  readonly blueprint: string;
  readonly identifier: string;
  /** What the entity is to have, such as `properties.imageTag`; empty: everything. */
  readonly include: readonly string[];
  readonly picks: readonly PickLine[];
  readonly failsIfMissing: boolean;
  /** Absolute. */
  readonly resultFile: string | undefined;
}

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): GetInputs {
  const reader = new InputReader(host);
  const inputs: GetInputs = {
    ...readSharedInputs(reader, host),
    blueprint: requiredBlueprint(reader, 'blueprint'),
    identifier: requiredIdentifier(reader, 'identifier'),
    include: readListInput(reader, 'include') ?? [],
    picks: readPicks(reader, 'pick', ['entity', 'entityUrl', 'found', 'resultFile']),
    failsIfMissing: reader.flag('failIfMissing', true),
    resultFile: outputFile(reader, host, 'resultFile'),
  };
  reader.finish();
  return inputs;
}

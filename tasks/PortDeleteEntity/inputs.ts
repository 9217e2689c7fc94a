import type { Host } from '../common/agent/host.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { readListInput } from '../common/inputs/list-input.ts';
import { type RunId, checkRunIdDemand, readRunId } from '../common/inputs/run-id.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { requiredBlueprint } from '../common/port/identifier-inputs.ts';
import { identifierProblem } from '../common/port/identifiers.ts';

export interface DeleteInputs extends SharedInputs {
  readonly runId: RunId | undefined;
  readonly blueprint: string;
  /** Each once; none where a list was given that is empty. */
  readonly identifiers: readonly string[];
  readonly deleteDependents: boolean;
  readonly ignoreMissing: boolean;
}

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): DeleteInputs {
  const reader = new InputReader(host);
  const inputs: DeleteInputs = {
    ...readSharedInputs(reader, host),
    runId: readRunId(reader, host),
    blueprint: requiredBlueprint(reader, 'blueprint'),
    identifiers: readIdentifiers(reader),
    deleteDependents: reader.flag('deleteDependents', false),
    ignoreMissing: reader.flag('ignoreMissing', true),
  };
  checkRunIdDemand(reader, inputs.runId, 'the deletion is then not tied to a run');
  reader.finish();
  return inputs;
}

function readIdentifiers(reader: InputReader): readonly string[] {
  const one = reader.text('identifier');
  const many = readListInput(reader, 'identifiers');
  if ((one === undefined) === (many === undefined)) {
    reader.problem('Set one of the inputs identifier and identifiers: they say what to delete.');
  }
  const input = one === undefined ? 'identifiers' : 'identifier';
  const all = [...new Set(one === undefined ? many : [one])];
  for (const identifier of all) {
    const fault = identifierProblem(identifier);
    if (fault !== undefined) reader.problem(`Input ${input} ${fault}.`);
  }
  return all;
}

import type { Host } from '../common/agent/host.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { readMapInput } from '../common/inputs/structured-input.ts';
import { identifierInput } from '../common/port/identifier-inputs.ts';
import type { StructuredMap } from '../common/structured-text/parse.ts';
import { isUnresolved, oneLine } from '../common/text/plain-text.ts';

export interface ActionInputs extends SharedInputs {
  readonly action: string;
  /** As it was written: what a plain YAML scalar is meant as may still be open. */
  readonly properties: StructuredMap;
  readonly entity: string | undefined;
  readonly runAs: string | undefined;
  readonly wait: WaitTimes | undefined;
}

/** Both in ms. */
export interface WaitTimes {
  readonly interval: number;
  readonly timeout: number;
}

/** As Port's API states it. */
const actionPattern = /^(?!\.{1,2}$)[\p{L}0-9@_.+:=-]+$/u;
const emailPattern = /^[^\s@]+@[^\s@]+$/;

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): ActionInputs {
  const reader = new InputReader(host);
  const wait = {
    interval: 1000 * reader.wholeNumber('pollSeconds', 10, { min: 2, max: 600 }),
    timeout: 60_000 * reader.wholeNumber('timeoutMinutes', 60, { min: 1, max: 10_080 }),
  };
  const inputs: ActionInputs = {
    ...readSharedInputs(reader, host),
    action: readAction(reader),
    properties: readMapInput(reader, 'properties') ?? {},
    entity: identifierInput(reader, 'entity'),
    runAs: readRunAs(reader),
    wait: reader.flag('wait', true) ? wait : undefined,
  };
  reader.finish();
  return inputs;
}

function readAction(reader: InputReader): string {
  const action = reader.required('action', "the action's identifier");
  if (action !== '' && !actionPattern.test(action)) {
    reader.problem(
      `Input action is "${oneLine(action, 60)}", which is no identifier of an action: use letters, digits and @ _ . + : = -, no spaces. It is the action's identifier, not its title.`,
    );
  }
  return action;
}

/** Without it the action runs as another identity, so a variable that nothing replaced is no empty input. */
function readRunAs(reader: InputReader): string | undefined {
  const runAs = reader.text('runAs');
  if (runAs === undefined) return undefined;
  if (isUnresolved(runAs)) {
    reader.problem(
      `Input runAs is "${oneLine(runAs, 60)}", which nothing replaced: is the variable spelled right, and defined? Leave runAs empty to execute the action as the owner of the credentials.`,
    );
  } else if (!emailPattern.test(runAs)) {
    reader.problem(`Input runAs is "${oneLine(runAs, 60)}". Use the e-mail address of a user of Port.`);
  }
  return runAs;
}

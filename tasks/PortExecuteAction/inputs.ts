import type { Host } from '../common/agent/host.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { readMapInput } from '../common/inputs/structured-input.ts';
import { identifierInput } from '../common/port/identifier-inputs.ts';
import type { StructuredMap } from '../common/structured-text/parse.ts';
import { isUnresolved, oneLine } from '../common/text/plain-text.ts';

export interface ExecuteInputs extends SharedInputs {
  readonly kind: 'action' | 'workflow';
  /** Of the action or the workflow. */
  readonly identifier: string;
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

/** As Port's API states it for actions; workflows are named in the same way. */
const identifierPattern = /^(?!\.{1,2}$)[\p{L}0-9@_.+:=-]+$/u;
const emailPattern = /^[^\s@]+@[^\s@]+$/;

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): ExecuteInputs {
  const reader = new InputReader(host);
  const wait = {
    interval: 1000 * reader.wholeNumber('pollSeconds', 10, { min: 2, max: 600 }),
    timeout: 60_000 * reader.wholeNumber('timeoutMinutes', 60, { min: 1, max: 10_080 }),
  };
  const inputs: ExecuteInputs = {
    ...readSharedInputs(reader, host),
    ...readStartable(reader),
    properties: readMapInput(reader, 'properties') ?? {},
    entity: identifierInput(reader, 'entity'),
    runAs: readRunAs(reader),
    wait: reader.flag('wait', true) ? wait : undefined,
  };
  if (inputs.kind === 'workflow') refuseActionInputs(reader, inputs);
  reader.finish();
  return inputs;
}

/** The kind that is given; `action` where both or none are. */
function readStartable(reader: InputReader): Pick<ExecuteInputs, 'kind' | 'identifier'> {
  const action = readIdentifier(reader, 'action');
  const workflow = readIdentifier(reader, 'workflow');
  if (action !== undefined && workflow !== undefined) {
    reader.problem(
      'Inputs action and workflow are both set. Set the one that is to be started, and leave the other empty.',
    );
  } else if (action === undefined && workflow === undefined) {
    reader.problem(
      "Input action is empty, and so is workflow. Set action to an action's identifier, or workflow to a workflow's.",
    );
  }
  return action === undefined && workflow !== undefined
    ? { kind: 'workflow', identifier: workflow }
    : { kind: 'action', identifier: action ?? '' };
}

function readIdentifier(reader: InputReader, kind: ExecuteInputs['kind']): string | undefined {
  const identifier = reader.text(kind);
  if (identifier !== undefined && !identifierPattern.test(identifier)) {
    const article = kind === 'action' ? 'an' : 'a';
    reader.problem(
      `Input ${kind} is "${oneLine(identifier, 60)}", which is no identifier of ${article} ${kind}: use letters, digits and @ _ . + : = -, no spaces. It is the ${kind}'s identifier, not its title.`,
    );
  }
  return identifier;
}

function refuseActionInputs(reader: InputReader, { entity, runAs }: ExecuteInputs): void {
  if (entity !== undefined) {
    reader.problem(
      'Input entity is for actions: a workflow is started on no entity. Leave it empty, and name the entity in properties, where the workflow has an input for it.',
    );
  }
  if (runAs !== undefined) {
    reader.problem(
      'Input runAs is for actions: a workflow is started as the owner of the credentials. Leave it empty.',
    );
  }
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

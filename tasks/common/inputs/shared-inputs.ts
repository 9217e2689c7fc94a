import type { Host } from '../agent/host.ts';
import { type Connection, readConnection } from './connection.ts';
import type { HasInput, InputReader } from './input-reader.ts';

/** What every task takes besides its own inputs. */
export interface SharedInputs {
  readonly connection: Connection;
  /** The step's whole time for Port, in ms. */
  readonly budget: number;
  readonly isSummaryWanted: boolean;
  readonly hasInput: HasInput;
}

const defaultTimeoutSeconds = 120;

/** Reads the inputs that all tasks share. Problems go to the reader. */
export function readSharedInputs(reader: InputReader, host: Host): SharedInputs {
  checkPolicies(reader);
  return {
    connection: readConnection(reader, host),
    budget: readBudget(reader),
    isSummaryWanted: reader.flag('summaryTab', true),
    hasInput: (name) => reader.hasRead(name),
  };
}

/** Inputs `onError` and `onOutage`, which are main's: there any other word than `warn` fails. */
export function checkPolicies(reader: InputReader): void {
  for (const name of ['onError', 'onOutage']) reader.choice(name, ['fail', 'warn'], 'fail');
}

/** Input `timeoutSeconds`, in ms. */
export function readBudget(reader: InputReader): number {
  return 1000 * reader.wholeNumber('timeoutSeconds', defaultTimeoutSeconds, { min: 1, max: 86_400 });
}

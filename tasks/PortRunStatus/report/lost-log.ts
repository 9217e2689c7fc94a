import { BudgetError, NetworkError, PortApiError, UnexpectedAnswerError } from '../../common/errors.ts';

/**
 * Sends log lines. The end of a run is worth more than its log: where Port, or the way to it, fails for the log alone, the
 * report goes on without it.
 * @returns the warning for lines that may not have arrived; undefined where they have.
 * @throws what would stop the rest as well: refused credentials, a run that is not there, no connection, a cancel.
 */
export async function warningForLostLog(send: () => Promise<void>): Promise<string | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (!isPassing(error)) throw error;
    return `Log lines may not have reached Port; everything else is reported. ${error.message}`;
  }
}

/** Where no connection came about, none will for what follows. */
function isPassing(error: unknown): error is Error {
  if (error instanceof PortApiError) return error.status !== 401 && error.status !== 404;
  if (error instanceof NetworkError) return error.mayHaveArrived;
  return error instanceof UnexpectedAnswerError || error instanceof BudgetError;
}

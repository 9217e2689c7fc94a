import { BudgetError, NetworkError } from '../tasks/common/errors.ts';

/** Ends the command with one message that is complete as it stands: what failed, and what to do. */
export class SetupError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SetupError';
  }
}

/** Arguments, or a file that they name, that are not as they must be. */
export class UsageError extends SetupError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** An answer of Azure DevOps that refuses a call. `status` is 0 where none came. */
export class AzureRequestError extends SetupError {
  readonly status: number;

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AzureRequestError';
    this.status = status;
  }
}

/** The words for whatever was thrown. A used-up budget says less than what used it up. */
export function messageOf(error: unknown): string {
  if (error instanceof BudgetError && error.cause instanceof Error) return error.cause.message;
  return error instanceof Error ? error.message : String(error);
}

/** Exit codes of all commands: 1 something is missing or wrong, 2 usage or an unreadable file, 3 no answer came. */
export function exitCodeOf(error: unknown): 1 | 2 | 3 {
  if (error instanceof UsageError) return 2;
  const isUnanswered = error instanceof AzureRequestError && error.status === 0;
  return isUnanswered || error instanceof NetworkError || error instanceof BudgetError ? 3 : 1;
}

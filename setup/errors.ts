import { BudgetError } from '../tasks/common/errors.ts';

/** Ends the command with one message that is complete as it stands: what failed, and what to do. */
export class SetupError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SetupError';
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

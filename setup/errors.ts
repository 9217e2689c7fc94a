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

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

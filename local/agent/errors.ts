/**
 * The pipeline cannot be run as it is written, so the run is not created. The message begins with `file:line:`
 * where a place is known.
 */
export class PipelineError extends Error {
  readonly code = 'PIPELINE_INVALID';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PipelineError';
  }
}

/** Throws the `PipelineError` of the place `at` (`file:line`). */
export function refuse(at: string, message: string): never {
  throw new PipelineError(`${at}: ${message}`);
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A refusal that the API answers as `{ok: false, error, message}` with this status. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const notFound = (what: string, identifier: string): Problem =>
  new Problem(404, 'not_found', `${what} with identifier "${identifier}" was not found`);

export const invalidRequest = (message: string): Problem => new Problem(422, 'invalid_request', message);

/** Stable codes of everything that can go wrong; docs/errors.md has one heading for each. */
export type ErrorCode =
  | 'PORT_INPUT'
  | 'PORT_CREDENTIALS'
  | 'PORT_REQUEST'
  | 'PORT_NETWORK'
  | 'PORT_TIMEOUT'
  | 'PORT_ANSWER'
  | 'PORT_CANCELED'
  | 'PORT_ENTITIES'
  | 'PORT_ACTION'
  | 'PORT_GATE'
  | 'PORT_UNEXPECTED';

/**
 * The root of the errors that end a step. `message` is complete as it stands: what failed, and what to do.
 * No secret and no body is kept inside.
 */
export class TaskError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Thrown once all inputs have been read: lists every problem, not just the first. */
export class InputError extends TaskError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const [first = 'bad input'] = problems;
    super(
      'PORT_INPUT',
      problems.length === 1
        ? first
        : `${problems.length} problems:\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** Port answered with an error status. */
export class PortApiError extends TaskError {
  readonly status: number;
  /** Port's own word for it, such as `run_exhausted`; empty where it gave none. */
  readonly portCode: string;

  constructor(options: { code: ErrorCode; message: string; status: number; portCode: string }) {
    super(options.code, options.message);
    this.status = options.status;
    this.portCode = options.portCode;
  }
}

/** How a request was lost on its way; the advice table and the tests go by it. */
export type NetworkFault =
  /** The name look-up fails for now. */
  | 'dns'
  /** The name look-up says that there is no such host. */
  | 'unknownHost'
  | 'refused'
  | 'connectTimeout'
  | 'reset'
  | 'timeout'
  | 'cutBody'
  | 'tooLarge'
  | 'tlsUntrusted'
  | 'tlsExpired'
  | 'tlsWrongHost'
  | 'tlsClientCertificate'
  | 'tls'
  | 'proxyUnreachable'
  | 'proxyTls'
  | 'proxyRefused'
  | 'proxyAuthentication'
  | 'proxyFailed'
  | 'proxyTimeout'
  | 'other';

/** No complete answer came. `mayHaveArrived` is false only where no byte of the request can have left. */
export class NetworkError extends TaskError {
  readonly fault: NetworkFault;
  readonly mayHaveArrived: boolean;

  constructor(options: { fault: NetworkFault; mayHaveArrived: boolean; message: string; cause?: unknown }) {
    super('PORT_NETWORK', options.message, { cause: options.cause });
    this.fault = options.fault;
    this.mayHaveArrived = options.mayHaveArrived;
  }
}

/** The step's whole budget (`timeoutSeconds`) is used up. */
export class BudgetError extends TaskError {
  constructor(message: string, cause?: unknown) {
    super('PORT_TIMEOUT', message, { cause });
  }
}

/** The agent asked the step to stop. */
export class CanceledError extends TaskError {
  constructor() {
    super('PORT_CANCELED', 'Canceled: the agent asked this step to stop.');
  }
}

/** The verdict of a gate that holds: the step has done its work, so no policy about errors changes it. */
export class GateError extends TaskError {
  constructor(message: string) {
    super('PORT_GATE', message);
  }
}

/** Port answered with a success status and something that is not what its API promises. */
export class UnexpectedAnswerError extends TaskError {
  constructor(message: string) {
    super('PORT_ANSWER', message);
  }
}

/**
 * Whether Port may have done what it was asked, although the call ended with this error: no answer came to a request that may
 * have arrived, or one that a gateway gives before Port is done, or one that cannot be read.
 */
export function mayHaveBeenDone(error: unknown): boolean {
  if (error instanceof NetworkError) return error.mayHaveArrived;
  if (error instanceof PortApiError) return error.status >= 500 || error.status === 408;
  if (error instanceof UnexpectedAnswerError) return true;
  return error instanceof TaskError && mayHaveBeenDone(error.cause);
}

/** Faults that somebody has to mend: waiting does not. */
const mistakes: ReadonlySet<NetworkFault> = new Set([
  ...(['unknownHost', 'tooLarge'] as const),
  ...(['tlsUntrusted', 'tlsExpired', 'tlsWrongHost', 'tlsClientCertificate', 'tls'] as const),
  ...(['proxyTls', 'proxyRefused', 'proxyAuthentication'] as const),
]);

/**
 * Whether a call ended with what may pass by itself: no connection, no answer in time, a rate limit, a fault of Port's. All else
 * is a mistake, also a page in place of the API. What is built on another error counts as that one.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof NetworkError) return !mistakes.has(error.fault);
  if (error instanceof PortApiError) return error.status >= 500 || [408, 429].includes(error.status);
  if (error instanceof BudgetError) return error.cause === undefined || isOutage(error.cause);
  return error instanceof TaskError && isOutage(error.cause);
}

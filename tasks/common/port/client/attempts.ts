import type { Clock } from '../../clock.ts';
import { BudgetError, NetworkError, PortApiError } from '../../errors.ts';
import type { Connection } from '../../inputs/connection.ts';
import { isRecord } from '../../json.ts';
import {
  type Outcome,
  delayBefore,
  isWorthRepeating,
  kindOf,
  mayHaveBeenDone,
  mostTries,
  mostTriesFor,
  requestedDelay,
} from '../../network/retry.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../network/transport.ts';
import { apiError, networkAdvice, requestLine } from './answers.ts';
import { type Query, type Route, pathOf } from './routes.ts';

/** Time for one try, in ms: Port answers in well under a second, a gateway before it gives up after 30. */
const tryTimeout = 20_000;

export interface PortCall {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: unknown;
  /**
   * For what must not be done twice: asks Port whether a try whose answer was lost has been done after all. Its value then
   * stands for the answer; undefined means it was not done, and the request may be sent again.
   */
  readonly findDone?: () => Promise<unknown>;
  /** The longest that the call may take, tries and waits included, in ms; default: all the time that is left. */
  readonly atMost?: number;
}

export interface PortClientOptions {
  readonly connection: Connection;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Time of the clock at which everything must be over, in ms. */
  readonly deadline: number;
  readonly userAgent: string;
  readonly maskSecret: (value: string) => void;
  readonly log: { info(text: string): void; debug(text: string): void };
}

export interface RouteCall {
  readonly route: Route;
  readonly call: PortCall;
  readonly authorization?: string;
}

/**
 * Sends a route's request until an answer counts: repeats what may be repeated, and turns refusals into errors that say what to do.
 * @throws PortApiError, NetworkError, BudgetError, CanceledError, UnexpectedAnswerError
 */
export async function callRoute(
  session: PortClientOptions,
  routeCall: RouteCall,
): Promise<Readonly<Record<string, unknown>>> {
  const { route, call } = routeCall;
  const options = call.atMost === undefined ? session : within(session, call.atMost);
  const request = requestOf(options, routeCall);
  const likes = new Map<string, number>();
  for (let tries = 1; ; tries++) {
    const outcome = await tryOnce(options, request);
    if (isSuccess(outcome)) {
      const answer = parseAnswer(outcome);
      if (answer !== undefined) return answer;
    }
    const failure = describeFailure(route, request, outcome);
    const like = (likes.get(kindOf(outcome)) ?? 0) + 1;
    likes.set(kindOf(outcome), like);
    const isLast = tries >= mostTries || like >= mostTriesFor(outcome);
    if (isLast || !isWorthRepeating(outcome)) throw failure;
    if (route.repeat === 'unlessReceived' && mayHaveBeenDone(outcome)) {
      const done = await askWhetherDone(call, failure);
      if (done !== undefined) return isRecord(done) ? done : {};
      if (call.findDone === undefined) throw failure;
    }
    await waitBefore(options, { tries, outcome, failure, route });
  }
}

function within(options: PortClientOptions, atMost: number): PortClientOptions {
  return { ...options, deadline: Math.min(options.deadline, options.clock.now() + atMost) };
}

function isSuccess(outcome: Outcome): outcome is HttpResponse {
  return !(outcome instanceof NetworkError) && outcome.status >= 200 && outcome.status < 300;
}

/** Where Port refuses the question too, nobody knows; the first failure is the one to tell. */
async function askWhetherDone(call: PortCall, failure: Error): Promise<unknown> {
  try {
    return await call.findDone?.();
  } catch (error) {
    throw error instanceof PortApiError ? failure : error;
  }
}

function requestOf(
  { userAgent, connection }: PortClientOptions,
  { route, call, authorization }: RouteCall,
): HttpRequest {
  const prefix = new URL(connection.apiUrl).pathname.replace(/\/$/, '');
  return {
    method: route.method,
    path: prefix + pathOf(route.path, call.parameters ?? {}, call.query),
    headers: {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      ...(authorization !== undefined && { authorization }),
    },
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
  };
}

async function tryOnce(
  { transport, signal, clock, deadline, log }: PortClientOptions,
  request: HttpRequest,
): Promise<Outcome> {
  const left = deadline - clock.now();
  if (left <= 0)
    throw new BudgetError(
      `Gave up before ${requestLine(request)}: the time for this step (timeoutSeconds) is used up.`,
    );
  const started = clock.now();
  try {
    const response = await transport.send(request, { timeout: Math.min(tryTimeout, left), signal });
    log.debug(`${requestLine(request)} -> ${response.status}, ${clock.now() - started} ms`);
    return response;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    log.debug(`${requestLine(request)} -> ${error.fault}, ${clock.now() - started} ms`);
    return error;
  }
}

/** An answer that is no JSON object is as good as none: a proxy's page, or a body that was cut. */
function parseAnswer(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(response.body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function describeFailure(route: Route, request: HttpRequest, outcome: Outcome): Error {
  if (outcome instanceof NetworkError) {
    const message = `Cannot ${route.does}: ${requestLine(request)} -> ${outcome.message}. ${networkAdvice(outcome.fault)}`;
    return new NetworkError({
      fault: outcome.fault,
      mayHaveArrived: outcome.mayHaveArrived,
      message,
      cause: outcome,
    });
  }
  return apiError(route, request, outcome);
}

interface Wait {
  readonly tries: number;
  readonly outcome: Outcome;
  readonly failure: Error;
  readonly route: Route;
}

async function waitBefore(
  { clock, deadline, signal, log }: PortClientOptions,
  { tries, outcome, failure, route }: Wait,
): Promise<void> {
  const asked = outcome instanceof NetworkError ? undefined : requestedDelay(outcome, clock.now());
  const delay = delayBefore(tries, asked, clock);
  const noJson = outcome instanceof NetworkError || outcome.status >= 400 ? '' : ' without JSON';
  const reason =
    outcome instanceof NetworkError ? outcome.message : `Port answered ${outcome.status}${noJson}`;
  if (clock.now() + delay >= deadline) {
    const wish = asked === undefined ? '' : ` Port asks to wait ${Math.ceil(asked / 1000)} s.`;
    throw new BudgetError(
      `${failure.message}${wish} No time is left for another try after ${tries}; raise timeoutSeconds to wait longer.`,
      failure,
    );
  }
  log.info(
    `${reason}; trying again to ${route.does} in ${(delay / 1000).toFixed(1)} s (try ${tries + 1} of ${mostTriesFor(outcome)}).`,
  );
  await clock.sleep(delay, signal);
}

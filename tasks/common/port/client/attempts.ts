import { type Clock, delayedSignal } from '../../clock.ts';
import { BudgetError, NetworkError, PortApiError, mayHaveBeenDone } from '../../errors.ts';
import type { Connection } from '../../inputs/connection.ts';
import type { HasInput } from '../../inputs/input-reader.ts';
import { isRecord, parseAnswerJson } from '../../json.ts';
import {
  type FailureKind,
  type TryOutcome,
  delayBefore,
  firstDelay,
  isWorthRepeating,
  kindOf,
  mostFailures,
  requestedDelay,
} from '../../network/retry.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../network/transport.ts';
import { networkAdvice } from './advice.ts';
import { apiError, requestLine } from './answers.ts';
import { Budget } from './budget.ts';
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
  /** For what may be sent again where its answer was lost, if the caller knows: called each time it was. */
  readonly onLost?: () => void;
  /** So many resets end the call, whose caller then sends less at a time; default: as many as its time allows. */
  readonly mostResets?: number | undefined;
}

export interface PortClientOptions {
  readonly connection: Connection;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The time for all calls. */
  readonly budget: Pick<Budget, 'left'>;
  readonly userAgent: string;
  readonly hasInput: HasInput;
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
  const failuresOfKind = new Map<FailureKind, number>();
  for (let tries = 1; ; tries++) {
    const outcome = await tryOnce(options, request, route);
    if (isSuccess(outcome)) {
      const answer = parseAnswer(outcome);
      if (answer !== undefined) return answer;
    }
    const failure = describeFailure(options, { route, request, outcome });
    const kind = kindOf(outcome);
    const failures = (failuresOfKind.get(kind) ?? 0) + 1;
    failuresOfKind.set(kind, failures);
    if (!isWorthRepeating(outcome, route.repeat) || failures >= mostOf(kind, call)) throw failure;
    if (mayHaveBeenDone(failure)) {
      if (route.repeat === 'unlessReceived') {
        const done = await askWhetherDone(call, failure);
        if (done !== undefined) return isRecord(done) ? done : {};
        if (call.findDone === undefined && call.onLost === undefined) throw failure;
      }
      call.onLost?.();
    }
    await waitBefore(options, { tries, outcome, failure, route });
  }
}

function mostOf(kind: FailureKind, { mostResets }: PortCall): number {
  return kind === 'reset' && mostResets !== undefined ? mostResets : mostFailures(kind);
}

function within(options: PortClientOptions, atMost: number): PortClientOptions {
  const own = new Budget(atMost, options.clock);
  return { ...options, budget: { left: () => Math.min(options.budget.left(), own.left()) } };
}

function isSuccess(outcome: TryOutcome): outcome is HttpResponse {
  return !(outcome instanceof NetworkError) && outcome.status < 300;
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
  { transport, signal, clock, budget, log }: PortClientOptions,
  request: HttpRequest,
  { answerTime }: Pick<Route, 'answerTime'>,
): Promise<TryOutcome> {
  const left = budget.left();
  if (left <= 0)
    throw new BudgetError(
      `Gave up before ${requestLine(request)}: the time for this step (timeoutSeconds) is used up.`,
    );
  const started = clock.elapsed();
  const over = new AbortController();
  try {
    const response = await transport.send(request, {
      timeout: Math.min(tryTimeout, left),
      signal:
        answerTime === undefined ? signal : delayedSignal(signal, answerTime, { clock, over: over.signal }),
    });
    log.debug(`${requestLine(request)} -> ${response.status}, ${Math.round(clock.elapsed() - started)} ms`);
    return response;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    log.debug(`${requestLine(request)} -> ${error.fault}, ${Math.round(clock.elapsed() - started)} ms`);
    return error;
  } finally {
    over.abort();
  }
}

/** An answer that is no JSON object is as good as none: a proxy's page, or a body that was cut. */
function parseAnswer(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = parseAnswerJson(response.body);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function describeFailure(
  { hasInput }: PortClientOptions,
  { route, request, outcome }: { route: Route; request: HttpRequest; outcome: TryOutcome },
): Error {
  if (outcome instanceof NetworkError) {
    const message = `Cannot ${route.does}: ${requestLine(request)} -> ${outcome.message}. ${networkAdvice(outcome.fault)}`;
    return new NetworkError({
      fault: outcome.fault,
      mayHaveArrived: outcome.mayHaveArrived,
      message,
      cause: outcome,
    });
  }
  return apiError(route, { request, response: outcome, hasInput });
}

interface Wait {
  readonly tries: number;
  readonly outcome: TryOutcome;
  readonly failure: Error;
  readonly route: Route;
}

async function waitBefore(
  { clock, budget, signal, log }: PortClientOptions,
  { tries, outcome, failure, route }: Wait,
): Promise<void> {
  const requested = outcome instanceof NetworkError ? undefined : requestedDelay(outcome, clock.now());
  const left = budget.left();
  // A wait that nobody asked for may be shorter where time runs out.
  const delay = Math.min(delayBefore(tries, requested, clock), Math.max(left / 2, requested ?? 0));
  const noJson = outcome instanceof NetworkError || outcome.status >= 400 ? '' : ' without JSON';
  const reason =
    outcome instanceof NetworkError ? outcome.message : `Port answered ${outcome.status}${noJson}`;
  if (delay >= left || left < firstDelay) {
    const request = requested === undefined ? '' : ` Port asks to wait ${Math.ceil(requested / 1000)} s.`;
    throw new BudgetError(
      `${failure.message}${request} No time is left for another try after ${tries}; raise timeoutSeconds to wait longer.`,
      failure,
    );
  }
  log.info(`${reason}; trying again to ${route.does} in ${(delay / 1000).toFixed(1)} s (try ${tries + 1}).`);
  await clock.sleep(delay, signal);
}

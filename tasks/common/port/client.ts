import type { Connection } from '../connection.ts';
import type { Clock } from '../clock.ts';
import { BudgetError, NetworkError, PortApiError, UnexpectedAnswerError } from '../errors.ts';
import { delayBefore, mostTries, refusedStatuses, requestedDelay, retryableStatuses } from '../retry.ts';
import type { HttpRequest, HttpResponse, Transport } from '../transport.ts';
import { apiError, networkAdvice, requestLine } from './answers.ts';
import { pathOf, type Query } from './path.ts';
import { routes, type Route, type RouteName } from './routes.ts';

/** Time for one try, in ms: Port answers in well under a second, a gateway before it gives up after 30. */
const tryTimeout = 20_000;

/** A network fault that waiting does not mend is tried this often at the most. */
const triesByFault: Partial<Record<NetworkError['fault'], number>> = {
  dns: 3,
  tls: 1,
  proxyRefused: 2,
  proxyAuthentication: 1,
};

export interface PortCall {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: unknown;
  /**
   * For what must not be done twice: asks Port whether a try whose answer was lost has been done after all. Its value then
   * stands for the answer; undefined means it was not done, and the request may be sent again.
   */
  readonly findDone?: () => Promise<unknown>;
}

/** Calls routes of Port's API: signs in, repeats what may be repeated, and turns refusals into errors that say what to do. */
export interface PortClient {
  readonly connection: Connection;
  /**
   * @param route one of the tasks' routes by name, or a caller's own.
   * @returns the answer's JSON.
   * @throws PortApiError, NetworkError, BudgetError, CanceledError, UnexpectedAnswerError
   */
  call(route: RouteName | Route, call: PortCall): Promise<Readonly<Record<string, unknown>>>;
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

export function createPortClient(options: PortClientOptions): PortClient {
  const { connection, clock } = options;
  let token: Promise<string> | undefined;

  const signIn = async (): Promise<string> => {
    const { clientId, clientSecret } = connection;
    const answer = await callRoute(options, {
      route: routes.createToken,
      call: { body: { clientId, clientSecret } },
    });
    const { accessToken, tokenType } = answer;
    if (typeof accessToken !== 'string' || accessToken === '') {
      throw new UnexpectedAnswerError(
        `Cannot sign in to Port: the answer of ${connection.apiUrl} holds no access token. Is this Port's API?`,
      );
    }
    options.maskSecret(accessToken);
    return `${typeof tokenType === 'string' ? tokenType : 'Bearer'} ${accessToken}`;
  };
  const forgetToken = () => (token = undefined);
  const authorization = () =>
    (token ??= signIn().catch((error: unknown) => {
      forgetToken();
      throw error;
    }));

  return {
    connection,
    async call(name, call) {
      const used = await authorization();
      const route = typeof name === 'string' ? routes[name] : name;
      try {
        return await callRoute(options, { route, call, authorization: used });
      } catch (error) {
        // Port hands out the same token until it ends, so a fresh one may have seconds left: one new sign-in, once.
        if (!(error instanceof PortApiError && error.status === 401)) throw error;
        if ((await token?.catch(() => undefined)) === used) forgetToken();
        options.log.debug(
          `the token was refused; signing in once more at ${new Date(clock.now()).toISOString()}`,
        );
        return callRoute(options, { route, call, authorization: await authorization() });
      }
    },
  };
}

interface RouteCall {
  readonly route: Route;
  readonly call: PortCall;
  readonly authorization?: string;
}

async function callRoute(
  options: PortClientOptions,
  routeCall: RouteCall,
): Promise<Readonly<Record<string, unknown>>> {
  const { route, call } = routeCall;
  const request = requestOf(options, routeCall);
  for (let tries = 1; ; tries++) {
    const outcome = await tryOnce(options, request);
    if (!(outcome instanceof NetworkError) && outcome.status < 400) {
      const answer = parseAnswer(outcome);
      if (answer !== undefined) return answer;
    }
    const failure = describeFailure(route, request, outcome);
    if (tries >= mostTriesFor(outcome) || !isWorthRepeating(outcome)) throw failure;
    if (route.repeat === 'unlessReceived' && mayHaveBeenDone(outcome)) {
      const done = await call.findDone?.();
      if (done !== undefined) return isRecord(done) ? done : {};
      if (call.findDone === undefined) throw failure;
    }
    await waitBefore(options, { tries, outcome, failure, route });
  }
}

type Outcome = HttpResponse | NetworkError;

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

function isWorthRepeating(outcome: Outcome): boolean {
  return outcome instanceof NetworkError || outcome.status < 400 || retryableStatuses.has(outcome.status);
}

function mayHaveBeenDone(outcome: Outcome): boolean {
  return outcome instanceof NetworkError ? outcome.mayHaveArrived : !refusedStatuses.has(outcome.status);
}

function mostTriesFor(outcome: Outcome): number {
  if (outcome instanceof NetworkError) return triesByFault[outcome.fault] ?? mostTries;
  // A success without JSON does not come right by itself often: one more try tells a cut answer from a wrong host.
  return outcome.status < 400 ? 3 : mostTries;
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
  const asked = outcome instanceof NetworkError ? undefined : requestedDelay(outcome.headers, clock.now());
  const delay = delayBefore(tries, asked, clock);
  const reason = outcome instanceof NetworkError ? outcome.message : `Port answered ${outcome.status}`;
  if (clock.now() + delay >= deadline) {
    const wish = asked === undefined ? '' : ` Port asks to wait ${Math.ceil(asked / 1000)} s.`;
    throw new BudgetError(
      `${failure.message}${wish} No time is left for another try after ${tries}; raise timeoutSeconds to wait longer.`,
      failure,
    );
  }
  log.info(
    `${reason}; trying again to ${route.does} in ${(delay / 1000).toFixed(1)} s (try ${tries + 1} of ${mostTries}).`,
  );
  await clock.sleep(delay, signal);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

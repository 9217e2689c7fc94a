import { type Clock, systemClock } from '../../tasks/common/clock.ts';
import { CanceledError, NetworkError } from '../../tasks/common/errors.ts';
import type { Connection } from '../../tasks/common/inputs/connection.ts';
import { parseAnswerJson } from '../../tasks/common/json.ts';
import {
  delayBefore,
  isWorthRepeating,
  requestedDelay,
  retryableStatuses,
} from '../../tasks/common/network/retry.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../tasks/common/network/transport.ts';
import { oneLine } from '../../tasks/common/text/plain-text.ts';
import { userAgent } from '../../tasks/common/version.ts';
import { SetupError } from '../errors.ts';
import { type Json, recordOf, textOf } from '../json.ts';
import type { Stop } from './stop.ts';

/** An answer of Port as it came, refusals too. */
export interface PortAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where it is no JSON object. */
  readonly body: Json;
}

/** Port's API for those who want to see the answer itself: routes that nobody relies on, statuses, codes and headers. */
export interface PortDirect {
  readonly connection: Connection;
  /** Signs in, which the first call does by itself. @throws SetupError where the credentials are refused, NetworkError */
  signIn(): Promise<void>;
  /** @throws NetworkError, CanceledError where no answer came, SetupError for one that says nothing, such as 503, and after calls without an answer */
  ask(method: HttpRequest['method'], path: string, body?: unknown): Promise<PortAnswer>;
  /** The same for what has to be done before the question can be put. @throws SetupError for a refusal */
  require(method: HttpRequest['method'], path: string, body?: unknown): Promise<Json>;
}

export interface DirectOptions {
  readonly connection: Connection;
  readonly transport: Transport;
  readonly stop: Stop;
  /** For one try, in ms. */
  readonly timeout: number;
  /** For waits. */
  readonly clock: Pick<Clock, 'sleep'>;
  /** Told of waits that one would wonder about. */
  readonly progress: (text: string) => void;
}

const mostTries = 4;
/** So many calls in a row without an answer, and no further one is made: each may take minutes. */
const mostUnanswered = 3;
/** The longest wait that Port may ask for, in ms: its limits count calls in five minutes. */
const longestWait = 10 * 60 * 1000;
/** From this wait on, in ms, it is told. */
const longWait = 5000;

/** A status with the code that Port gives for it, such as `422 run_exhausted`. */
export const codeOf = ({ status, body }: PortAnswer): string => `${status} ${textOf(body.error)}`.trim();

function bodyOf({ body }: HttpResponse): Json {
  try {
    return recordOf(parseAnswerJson(body));
  } catch {
    return {};
  }
}

/** What a message calls a request: without its query. */
const nameOf = ({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string =>
  `${method} ${path.replace(/\?.*/, '')}`;

/**
 * Repeated only where that does no harm: what was made twice would have to be removed twice.
 * @throws SetupError where the last answer is one that passes by itself
 */
async function send(
  { connection, transport, stop, timeout, clock, progress }: DirectOptions,
  request: HttpRequest,
): Promise<PortAnswer> {
  const isMaking = request.method === 'POST';
  const [repeat, signal] = isMaking
    ? (['unlessReceived', stop.late] as const)
    : (['safe', stop.now] as const);
  for (let tries = 1; ; tries++) {
    if (stop.now.aborted) throw new CanceledError();
    const outcome = await transport.send(request, { timeout, signal }).catch((error: unknown) => {
      if (error instanceof NetworkError) return error;
      throw error;
    });
    const isLost = outcome instanceof NetworkError;
    const mayRepeat =
      isWorthRepeating(outcome, repeat) && !(isLost && outcome.mayHaveArrived && repeat === 'unlessReceived');
    if (!isLost && (outcome.status < 400 || !mayRepeat || tries === mostTries)) {
      if (retryableStatuses.has(outcome.status)) throw new SetupError(temporary(request, outcome));
      return { status: outcome.status, headers: outcome.headers, body: bodyOf(outcome) };
    }
    if (isLost && (!mayRepeat || tries === mostTries)) throw unanswered(connection, request, outcome);
    const requested = isLost ? undefined : requestedDelay(outcome, systemClock.now());
    const wait = delayBefore(tries, requested, systemClock);
    if (wait > longestWait && !isLost) throw new SetupError(temporary(request, outcome));
    if (wait > longWait)
      progress(`Port asks to wait: ${nameOf(request)} goes on in ${Math.round(wait / 1000)} s …`);
    await clock.sleep(wait, stop.now);
  }
}

/** Such an answer says nothing of what was asked. */
const temporary = (request: HttpRequest, { status }: { readonly status: number }): string =>
  `Port answers ${status} to ${nameOf(request)}${status === 429 ? ', for there were too many calls' : ''}: try again later.`;

const unanswered = ({ apiUrl }: Connection, request: HttpRequest, error: NetworkError): NetworkError =>
  new NetworkError({
    ...{ fault: error.fault, mayHaveArrived: error.mayHaveArrived, cause: error },
    message: `Port at ${apiUrl} does not answer ${nameOf(request)}: ${error.message}`,
  });

export function createDirect(options: DirectOptions): PortDirect {
  const { connection } = options;
  let token: string | undefined;
  const request = (method: HttpRequest['method'], path: string, body?: unknown): HttpRequest => ({
    method,
    path: new URL(connection.apiUrl).pathname.replace(/\/$/, '') + path,
    headers: {
      'user-agent': userAgent,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: token }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  let unansweredCalls = 0;
  const sendCounted = async (sent: HttpRequest): Promise<PortAnswer> => {
    if (unansweredCalls === mostUnanswered)
      throw new SetupError(`Port at ${connection.apiUrl} did not answer the last ${mostUnanswered} calls.`);
    try {
      const answer = await send(options, sent);
      unansweredCalls = 0;
      return answer;
    } catch (error) {
      if (error instanceof NetworkError) unansweredCalls++;
      throw error;
    }
  };
  const signIn = async (): Promise<void> => {
    const { clientId, clientSecret } = connection;
    const answer = await sendCounted(request('POST', '/v1/auth/access_token', { clientId, clientSecret }));
    const { accessToken, tokenType } = answer.body;
    if (textOf(accessToken) === '') throw signInRefusal(connection.apiUrl, answer);
    token = `${textOf(tokenType) || 'Bearer'} ${textOf(accessToken)}`;
  };
  const ask: PortDirect['ask'] = async (method, path, body) => {
    if (token === undefined) await signIn();
    return sendCounted(request(method, path, body));
  };
  return {
    connection,
    signIn,
    ask,
    require: async (method, path, body) => {
      const answer = await ask(method, path, body);
      if (answer.status >= 300) throw refusal(method, path, answer);
      return answer.body;
    },
  };
}

const wordsOf = (answer: PortAnswer): string =>
  `${codeOf(answer)} ${oneLine(textOf(answer.body.message), 200)}`.trim();

const refusal = (method: HttpRequest['method'], path: string, answer: PortAnswer): SetupError =>
  new SetupError(`Port refuses ${nameOf({ method, path })}: ${wordsOf(answer)}`);

/** A region knows only its own accounts. What answers 200 without a token is no Port, such as the page of a network's portal. */
const signInRefusal = (apiUrl: string, answer: PortAnswer): SetupError =>
  new SetupError(
    answer.status < 300
      ? `${apiUrl} answers the sign-in with ${answer.status} and no token. Is that Port's API? See port.url and PORT_BASE_URL.`
      : `${apiUrl} refuses the sign-in: ${wordsOf(answer)}. Check PORT_CLIENT_ID, PORT_CLIENT_SECRET and, for the region, port.url or PORT_BASE_URL.`,
  );

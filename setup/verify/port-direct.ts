import { systemClock } from '../../tasks/common/clock.ts';
import { NetworkError } from '../../tasks/common/errors.ts';
import type { Connection } from '../../tasks/common/inputs/connection.ts';
import { parseAnswerJson } from '../../tasks/common/json.ts';
import { delayBefore, isWorthRepeating, requestedDelay } from '../../tasks/common/network/retry.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../tasks/common/network/transport.ts';
import { oneLine } from '../../tasks/common/text/plain-text.ts';
import { userAgent } from '../../tasks/common/version.ts';
import { SetupError } from '../errors.ts';
import { type Json, recordOf, textOf } from '../json.ts';

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
  /** @throws NetworkError, CanceledError where no answer came */
  ask(method: HttpRequest['method'], path: string, body?: unknown): Promise<PortAnswer>;
  /** The same for what has to be done before the question can be put. @throws SetupError for a refusal */
  require(method: HttpRequest['method'], path: string, body?: unknown): Promise<Json>;
}

export interface DirectOptions {
  readonly connection: Connection;
  readonly transport: Transport;
  readonly signal: AbortSignal;
  /** For one try, in ms. */
  readonly timeout: number;
}

const mostTries = 4;

/** A status with the code that Port gives for it, such as `422 run_exhausted`. */
export const codeOf = ({ status, body }: PortAnswer): string => `${status} ${textOf(body.error)}`.trim();

function bodyOf({ body }: HttpResponse): Json {
  try {
    return recordOf(parseAnswerJson(body));
  } catch {
    return {};
  }
}

/** Repeated only where that does no harm: what was made twice would have to be removed twice. */
async function send(
  { transport, signal, timeout }: DirectOptions,
  request: HttpRequest,
): Promise<PortAnswer> {
  const repeat = request.method === 'POST' ? 'unlessReceived' : 'safe';
  for (let tries = 1; ; tries++) {
    const outcome = await transport.send(request, { timeout, signal }).catch((error: unknown) => {
      if (error instanceof NetworkError) return error;
      throw error;
    });
    const isLost = outcome instanceof NetworkError;
    const mayRepeat =
      isWorthRepeating(outcome, repeat) && !(isLost && outcome.mayHaveArrived && repeat === 'unlessReceived');
    if (!isLost && (outcome.status < 400 || !mayRepeat || tries === mostTries))
      return { status: outcome.status, headers: outcome.headers, body: bodyOf(outcome) };
    if (isLost && (!mayRepeat || tries === mostTries)) throw outcome;
    const requested = isLost ? undefined : requestedDelay(outcome, systemClock.now());
    await systemClock.sleep(delayBefore(tries, requested, systemClock), signal);
  }
}

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
  const signIn = async (): Promise<void> => {
    const { clientId, clientSecret } = connection;
    const answer = await send(options, request('POST', '/v1/auth/access_token', { clientId, clientSecret }));
    const { accessToken, tokenType } = answer.body;
    if (textOf(accessToken) === '') throw refusal('POST', '/v1/auth/access_token', answer);
    token = `${textOf(tokenType) || 'Bearer'} ${textOf(accessToken)}`;
  };
  const ask: PortDirect['ask'] = async (method, path, body) => {
    if (token === undefined) await signIn();
    return send(options, request(method, path, body));
  };
  return {
    connection,
    ask,
    require: async (method, path, body) => {
      const answer = await ask(method, path, body);
      if (answer.status >= 300) throw refusal(method, path, answer);
      return answer.body;
    },
  };
}

const refusal = (method: string, path: string, answer: PortAnswer): SetupError =>
  new SetupError(
    `Port refuses ${method} ${path.replace(/\?.*/, '')}: ${codeOf(answer)} ${oneLine(textOf(answer.body.message), 200)}`.trim(),
  );

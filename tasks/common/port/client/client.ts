import { CanceledError, PortApiError, UnexpectedAnswerError } from '../../errors.ts';
import type { Connection } from '../../inputs/connection.ts';
import { type PortCall, type PortClientOptions, callRoute } from './attempts.ts';
import { type Route, type RouteName, routes } from './routes.ts';

export { type PortCall, type PortClientOptions } from './attempts.ts';

/** Calls routes of Port's API: signs in, repeats what may be repeated, and turns refusals into errors that say what to do. */
export interface PortClient {
  readonly connection: Connection;
  /**
   * @returns the answer's JSON.
   * @throws PortApiError, NetworkError, BudgetError, CanceledError, UnexpectedAnswerError
   */
  call(name: RouteName, call: PortCall): Promise<Readonly<Record<string, unknown>>>;
  /** Begins to sign in, before a call that is sure to follow. What goes wrong is told by that call, however late it comes. */
  signIn(): void;
  /** What is left of the time for all calls, in ms; 0 or less where it is used up. */
  timeLeft(): number;
}

/** A sign-in that has failed, after all its tries, fails what is called right after it too, without new tries; in ms. */
const signInPause = 1000;

export function createPortClient(options: PortClientOptions): PortClient {
  const { connection, clock, log } = options;
  const acknowledged = acknowledgedCalls(log);
  let token: Promise<string> | undefined;
  /** Infinity: there was no sign-in that failed. */
  let failedAt = Infinity;
  let isAhead = false;
  const signedIn = () => {
    if (clock.elapsed() - failedAt >= signInPause) {
      token = undefined;
      failedAt = Infinity;
    }
    return (token ??= newToken());
  };
  const newToken = () => {
    const fresh = signIn(options);
    fresh.catch(() => {
      failedAt = clock.elapsed();
    });
    return fresh;
  };
  const forget = (refused: Promise<string>) => {
    // Of several calls in flight only the first one forgets it; the others use what that one fetches.
    if (token === refused) token = undefined;
  };

  const callSignedIn = async (route: Route, call: PortCall) => {
    // A sign-in before its time counts from the first call that needs it.
    if (isAhead && failedAt < Infinity) failedAt = clock.elapsed();
    isAhead = false;
    const used = signedIn();
    const authorization = await used;
    try {
      return await callRoute(options, { route, call, authorization });
    } catch (error) {
      // Port hands out the same token until it ends, so a fresh one may have seconds left: one new sign-in, once.
      if (!(error instanceof PortApiError && error.status === 401)) throw error;
      forget(used);
      log.debug('the token was refused; signing in once more');
      return callRoute(options, { route, call, authorization: await signedIn() });
    }
  };

  return {
    connection,
    signIn() {
      isAhead = true;
      signedIn().catch(() => undefined);
    },
    timeLeft: () => options.budget.left(),
    async call(name, call) {
      const route: Route = routes[name];
      try {
        const answer = await callSignedIn(route, call);
        if (route.method !== 'GET') acknowledged.add(route);
        return answer;
      } catch (error) {
        if (error instanceof CanceledError) acknowledged.tell();
        throw error;
      }
    },
  };
}

async function signIn(options: PortClientOptions): Promise<string> {
  const { clientId, clientSecret, apiUrl } = options.connection;
  const answer = await callRoute(options, {
    route: routes.createToken,
    call: { body: { clientId, clientSecret } },
  });
  const { accessToken, tokenType = 'Bearer' } = answer;
  const header = `${String(tokenType)} ${String(accessToken)}`;
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+ [\x21-\x7e]+$/.test(header)) {
    throw new UnexpectedAnswerError(
      `Cannot sign in to Port: the answer of ${apiUrl} holds no access token that a header can carry. Is this Port's API?`,
    );
  }
  options.maskSecret(accessToken);
  return header;
}

/** What Port has acknowledged, told once when the step is stopped in the middle. */
function acknowledgedCalls(log: PortClientOptions['log']): { add(route: Route): void; tell(): void } {
  const counts = new Map<string, number>();
  let isTold = false;
  return {
    add: ({ does }) => void counts.set(does, (counts.get(does) ?? 0) + 1),
    tell() {
      if (isTold) return;
      isTold = true;
      const list = [...counts].map(([does, count]) => (count === 1 ? does : `${does} (${count} times)`));
      log.info(
        list.length === 0
          ? 'Stopped before Port acknowledged anything.'
          : `Stopped. Port has acknowledged until here: ${list.join(', ')}.`,
      );
    },
  };
}

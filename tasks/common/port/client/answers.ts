import { PortApiError, UnexpectedAnswerError } from '../../errors.ts';
import type { HasInput } from '../../inputs/input-reader.ts';
import { isRecord, isTooDeep, parseAnswerJson } from '../../json.ts';
import type { HttpRequest, HttpResponse } from '../../network/transport.ts';
import { oneLine } from '../../text/plain-text.ts';
import { adviceFor, adviceForCode, notPortAdvice, signInAdvice } from './advice.ts';
import type { Route } from './routes.ts';

/** A request as one line for logs and messages: never its headers or body. */
export function requestLine(request: Pick<HttpRequest, 'method' | 'path'>): string {
  return `${request.method} ${request.path.replace(/\?.*/s, '')}`;
}

/** Turns an answer that is no success, or a success that is no JSON, into the error that says what to do. */
export function apiError(
  route: Route,
  { request, response, hasInput }: { request: HttpRequest; response: HttpResponse; hasInput: HasInput },
): Error {
  const { words, code } = portWords(response.body);
  const line = `Cannot ${route.does}: ${requestLine(request)} -> ${response.status}`;
  const trace = response.headers['x-trace-id'];
  const details = [code, trace === undefined ? '' : `trace id ${oneLine(trace, 80)}`]
    .filter((detail) => detail !== '')
    .join(', ');
  const said = `${words === '' ? '' : `; Port says "${words}"`}${details === '' ? '' : ` (${details})`}`;
  if (response.status < 400)
    return new UnexpectedAnswerError(`${line} with ${kindOf(response)}. ${notPortAdvice}`);
  const isSignIn = isSignInRefused(route, response.status);
  const advice = isSignIn
    ? (adviceForCode(code, hasInput) ?? signInAdvice)
    : adviceFor(response.status, code, hasInput);
  return new PortApiError({
    code: isSignIn ? 'PORT_CREDENTIALS' : 'PORT_REQUEST',
    message: `${line}${said}. ${advice}`,
    status: response.status,
    portCode: code,
  });
}

/** 408 and 429 say nothing about the credentials. */
function isSignInRefused(route: Route, status: number): boolean {
  if (status === 401) return true;
  return route.path.endsWith('/access_token') && status < 500 && ![408, 429].includes(status);
}

/** What a success that Port would not send is. */
function kindOf({ status, headers, body }: HttpResponse): string {
  const location = headers.location ?? '';
  if (status >= 300 && URL.canParse(location)) return `a redirect to ${oneLine(new URL(location).host, 100)}`;
  if (isTooDeep(body)) return 'an answer nested deeper than any that Port gives';
  return body.trim() === '' ? 'an empty answer' : 'an answer that is not JSON';
}

function portWords(body: string): { words: string; code: string } {
  try {
    const parsed: unknown = parseAnswerJson(body);
    const { error, message } = isRecord(parsed) ? parsed : {};
    return {
      words: typeof message === 'string' ? oneLine(message, 600) : '',
      code: typeof error === 'string' ? oneLine(error, 80) : '',
    };
  } catch {
    return { words: '', code: '' };
  }
}

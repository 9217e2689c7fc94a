import { type NetworkFault, PortApiError, UnexpectedAnswerError } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../network/transport.ts';
import { oneLine } from '../../text/plain-text.ts';
import type { Route } from './routes.ts';

/** A request as one line for logs and messages: never its headers or body. */
export function requestLine(request: Pick<HttpRequest, 'method' | 'path'>): string {
  return `${request.method} ${request.path.replace(/\?.*$/s, '')}`;
}

/** Turns an answer that is no success, or a success that is no JSON, into the error that says what to do. */
export function apiError(route: Route, request: HttpRequest, response: HttpResponse): Error {
  const { words, code } = portWords(response.body);
  const line = `Cannot ${route.does}: ${requestLine(request)} -> ${response.status}`;
  const trace = response.headers['x-trace-id'];
  const details = [code, trace === undefined ? '' : `trace id ${oneLine(trace, 80)}`]
    .filter((detail) => detail !== '')
    .join(', ');
  const said = `${words === '' ? '' : `; Port says "${words}"`}${details === '' ? '' : ` (${details})`}`;
  if (response.status < 400)
    return new UnexpectedAnswerError(`${line} with ${kindOf(response)}. ${notPortAdvice}`);
  const isLogin =
    response.status === 401 ||
    (route.path.endsWith('/access_token') && response.status < 500 && response.status !== 429);
  const advice = isLogin ? loginAdvice : adviceFor(response.status, code);
  return new PortApiError({
    code: isLogin ? 'PORT_CREDENTIALS' : 'PORT_REQUEST',
    message: `${line}${said}. ${advice}`,
    status: response.status,
    portCode: code,
  });
}

/** What a success that Port would not send is. */
function kindOf({ status, headers, body }: HttpResponse): string {
  const location = headers.location ?? '';
  if (status >= 300 && URL.canParse(location)) return `a redirect to ${oneLine(new URL(location).host, 100)}`;
  return body.trim() === '' ? 'an empty answer' : 'an answer that is not JSON';
}

function portWords(body: string): { words: string; code: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return { words: '', code: '' };
    const { error, message } = parsed as { error?: unknown; message?: unknown };
    return {
      words: typeof message === 'string' ? oneLine(message, 600) : '',
      code: typeof error === 'string' ? oneLine(error, 80) : '',
    };
  } catch {
    return { words: '', code: '' };
  }
}

const loginAdvice =
  'Check the client id and the client secret (Port: ... > Credentials), and that the API URL is that of your region: https://api.port.io (EU) or https://api.us.port.io (US).';

const notPortAdvice = "Is baseUrl the address of Port's API, and does a proxy answer in its place?";

/** What to do about Port's own codes (as its API documents them); more telling than the status alone. */
export const adviceByCode: Readonly<Record<string, string>> = {
  run_exhausted: 'The run is finished already; nothing can be added to it.',
  run_synchronized_error:
    'Port finishes this run by itself. Set "synchronized": false in the action\'s backend, so that the pipeline can report.',
  identifier_taken: 'An entity with this identifier exists. Use mode merge or replace to change it.',
  blueprint_schema_mismatch:
    "Compare the properties with the blueprint's schema in Port (Builder > Data model).",
  required_relation: 'Give the relation that the blueprint requires.',
  relation_many_violation: 'Give a list for a relation to many, and one identifier for a relation to one.',
  has_dependents: 'Other entities relate to it. Delete them first, or set deleteDependents.',
  user_inputs_schema_invalid: "Compare the properties with the action's user inputs in Port.",
};

export const adviceByStatus: Readonly<Record<number, string>> = {
  400: 'Port does not accept this request as it is; its words above say why.',
  403: "Give these credentials the permission in Port, or add the agent's address to the IP allow list.",
  404: 'Check the spelling, and that it exists in the Port organization of these credentials. For a related entity: create it first, or set createMissingRelatedEntities.',
  409: 'It exists already.',
  413: "It is larger than Port's limit of 1 MiB for a request. Send less at a time.",
  422: 'Port does not accept these values; its words above say which.',
  429: 'Port limits the rate of calls. Start fewer jobs at a time, or raise timeoutSeconds.',
};

/** What to do about an answer with this status and code of Port. */
export function adviceFor(status: number, code: string): string {
  return (
    adviceByCode[code] ??
    adviceByStatus[status] ??
    (status >= 500
      ? 'Port has a problem; see its status page, and run the step again.'
      : 'Its words above say why.')
  );
}

export const adviceByFault: Readonly<Record<NetworkFault, string>> = {
  dns: 'Check the host name in the API URL, and the DNS of the agent.',
  refused: 'Check the API URL, and that the agent may reach it (firewall, proxy).',
  connectTimeout:
    "The agent cannot reach this host in time. Does it need a proxy (the agent's, or HTTPS_PROXY)?",
  reset:
    'The connection was closed on the way. See whether a firewall or proxy cuts it, and run the step again.',
  timeout: 'Port did not answer in time. See its status page, or raise timeoutSeconds.',
  cutBody: 'The connection was closed on the way. Run the step again.',
  tooLarge: "Is baseUrl the address of Port's API, and does a proxy answer in its place?",
  tlsUntrusted:
    "The server's certificate is not trusted. Behind a proxy that inspects TLS, give the agent its certificate authority: NODE_EXTRA_CA_CERTS, or the agent's --sslcacert.",
  tlsExpired:
    "The server's certificate is not valid today. Check the clock of the agent's machine, and renew the certificate if it is yours (a proxy's, a gateway's).",
  tlsWrongHost:
    "The server's certificate is for another host. Check the API URL, and whether a proxy or DNS entry leads to another server.",
  tlsClientCertificate:
    "The server refuses this agent's client certificate, or asks for one. Check the agent's --sslclientcert and --sslclientcertkey.",
  tls: 'No encrypted connection comes about. Check the API URL (does this port speak TLS?) and what stands between agent and Port.',
  proxyUnreachable: "Check the proxy's address, and that it runs and lets this agent in.",
  proxyTls:
    "The proxy's own certificate is not accepted. Give the agent its certificate authority (NODE_EXTRA_CA_CERTS, or the agent's --sslcacert), or use the proxy by http://.",
  proxyRefused: "Allow the host in the proxy, or name it in the agent's proxy bypass list or NO_PROXY.",
  proxyAuthentication:
    "Give the agent the proxy's user name and password (--proxyusername, --proxypassword, or in HTTPS_PROXY).",
  proxyFailed: "The proxy itself does not reach Port. See the proxy's log.",
  proxyTimeout: 'The proxy accepts connections and then says nothing. Check its address and state.',
  other: 'Run the step again; if it stays, check the connection between agent and Port.',
};

export function networkAdvice(fault: NetworkFault): string {
  return adviceByFault[fault];
}

import type { NetworkFault } from '../../errors.ts';
import type { HasInput } from '../../inputs/input-reader.ts';

export const signInAdvice =
  'Check the client id and the client secret (Port: ... > Credentials), and that the API URL is that of your region: https://api.port.io (EU) or https://api.us.port.io (US).';

export const notPortAdvice = "Is baseUrl the address of Port's API, and does a proxy answer in its place?";

/** What to do about an answer, and what one of the task's inputs can do about it. */
interface Advice {
  readonly text: string;
  readonly byInput?: { readonly input: string; readonly text: string };
}

/** What to do about Port's own codes (as its API documents them); more telling than the status alone. */
const adviceByCode: ReadonlyMap<string, Advice> = new Map<string, Advice>([
  ['run_exhausted', { text: 'The run is finished already; nothing can be added to it.' }],
  [
    'run_synchronized_error',
    {
      text: 'Port finishes this run by itself. Set "synchronized": false in the action\'s backend, so that the pipeline can report.',
    },
  ],
  [
    'identifier_taken',
    {
      text: 'This identifier is taken.',
      byInput: { input: 'mode', text: 'Use mode merge or replace to change what is there.' },
    },
  ],
  [
    'blueprint_schema_mismatch',
    { text: "Compare the properties with the blueprint's schema in Port (Builder > Data model)." },
  ],
  ['required_relation', { text: 'Give the relation that the blueprint requires.' }],
  [
    'relation_many_violation',
    { text: 'Give a list for a relation to many, and one identifier for a relation to one.' },
  ],
  [
    'has_dependents',
    {
      text: 'Other entities relate to it. Delete them first.',
      byInput: { input: 'deleteDependents', text: 'Or set deleteDependents.' },
    },
  ],
  ['user_inputs_schema_invalid', { text: "Compare the properties with the action's user inputs in Port." }],
]);

const adviceByStatus: ReadonlyMap<number, Advice> = new Map<number, Advice>([
  [400, { text: 'Port does not accept this request as it is; its words above say why.' }],
  [
    403,
    {
      text: "Give these credentials the permission in Port, or add the agent's address to the IP allow list.",
    },
  ],
  [
    404,
    {
      text: 'Check the spelling, and that it exists in the Port organization of these credentials.',
      byInput: {
        input: 'createMissingRelatedEntities',
        text: 'For a related entity: create it first, or set createMissingRelatedEntities.',
      },
    },
  ],
  [409, { text: 'It exists already.' }],
  [413, { text: "It is larger than Port's limit of 1 MiB for a request. Send less at a time." }],
  [422, { text: 'Port does not accept these values; its words above say which.' }],
  [
    429,
    {
      text: 'Port limits the rate of calls. Start fewer jobs at a time.',
      byInput: { input: 'timeoutSeconds', text: 'Or raise timeoutSeconds.' },
    },
  ],
]);

/** What to do about Port's code alone; undefined where nothing is known of it. */
export function adviceForCode(code: string, hasInput: HasInput): string | undefined {
  const advice = adviceByCode.get(code);
  return advice && wordsOf(advice, hasInput);
}

/** What to do about an answer with this status and code of Port. */
export function adviceFor(status: number, code: string, hasInput: HasInput): string {
  const advice = adviceByCode.get(code) ?? adviceByStatus.get(status);
  if (advice !== undefined) return wordsOf(advice, hasInput);
  return status >= 500
    ? 'Port has a problem; see its status page, and run the step again.'
    : 'Its words above say why.';
}

function wordsOf({ text, byInput }: Advice, hasInput: HasInput): string {
  return byInput !== undefined && hasInput(byInput.input) ? `${text} ${byInput.text}` : text;
}

export const adviceByFault: Readonly<Record<NetworkFault, string>> = {
  dns: 'The look-up of the host name fails. Check the DNS of the agent, and run the step again.',
  unknownHost: 'Check the host name in the API URL, and the DNS of the agent.',
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

/** All advice about answers, for the documentation: by code and by status, with what any input can do. */
export function documentedAdvice(): { codes: Record<string, string>; statuses: Record<string, string> } {
  const documented = (advice: ReadonlyMap<string | number, Advice>) =>
    Object.fromEntries([...advice].map(([key, value]) => [key, wordsOf(value, () => true)]));
  return { codes: documented(adviceByCode), statuses: documented(adviceByStatus) };
}

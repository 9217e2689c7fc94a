import type { Host } from '../agent/host.ts';
import { isLoopback } from '../network/proxy.ts';
import { isUnresolved, oneLine } from '../text/plain-text.ts';
import type { InputReader } from './input-reader.ts';

/** Where Port is, and who we are there. */
export interface Connection {
  /** Origin (and path, where there is one) of the API, without a trailing slash. */
  readonly apiUrl: string;
  /** Origin of the web app, without a trailing slash. */
  readonly appUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export const defaultApiUrl = 'https://api.port.io';

/**
 * Reads the service connection, else the three inputs, else the variables PORT_CLIENT_ID, PORT_CLIENT_SECRET and
 * PORT_BASE_URL. The secret is registered with the agent before it is returned. Problems go to the reader.
 */
export function readConnection(reader: InputReader, host: Host): Connection {
  const id = reader.text('portConnection');
  const source = id === undefined ? fromInputs(reader, host) : fromServiceConnection(host, id);
  if (source.clientSecret.value !== undefined) host.maskSecret(source.clientSecret.value);
  for (const part of [source.clientId, source.clientSecret]) {
    if (part.value === undefined) reader.problem(part.missing);
  }
  const apiUrl = readApiUrl(source.url ?? defaultApiUrl, source.urlName, reader);
  return {
    apiUrl,
    appUrl: appUrlOf(apiUrl),
    clientId: source.clientId.value ?? '',
    clientSecret: source.clientSecret.value ?? '',
  };
}

interface Part {
  readonly value: string | undefined;
  readonly missing: string;
}

interface Source {
  readonly clientId: Part;
  readonly clientSecret: Part;
  readonly url: string | undefined;
  readonly urlName: string;
}

function fromServiceConnection(host: Host, id: string): Source {
  const { url, username, password } = host.serviceConnection(id);
  const missing = (what: string) =>
    `The service connection of input portConnection has no ${what}. Edit it under Project settings > Service connections.`;
  return {
    clientId: { value: username, missing: missing('client id') },
    clientSecret: { value: password, missing: missing('client secret') },
    url,
    urlName: 'the URL of the service connection',
  };
}

function fromInputs(reader: InputReader, host: Host): Source {
  const part = (input: string, variable: string): Part => {
    const typed = reader.text(input);
    const value = resolved(typed) ?? resolved(host.variable(variable));
    const why =
      typed !== undefined && isUnresolved(typed)
        ? `Input ${input} is ${expressionIn(typed)}, which nothing replaced: is the variable defined, and its variable group linked?`
        : `Port's ${input === 'clientId' ? 'client id' : 'client secret'} is missing.`;
    return { value, missing: `${why} Set input portConnection, or input ${input}, or variable ${variable}.` };
  };
  return {
    clientId: part('clientId', 'PORT_CLIENT_ID'),
    clientSecret: part('clientSecret', 'PORT_CLIENT_SECRET'),
    url: resolved(reader.text('baseUrl')) ?? resolved(host.variable('PORT_BASE_URL')),
    urlName: 'baseUrl',
  };
}

/** The macro itself; of longer text, which may be a secret that holds such signs, nothing. */
function expressionIn(text: string): string {
  return /^\$\([\w. -]{1,100}\)$/.test(text) ? `"${text}"` : 'text with an expression';
}

function resolved(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' || isUnresolved(text) ? undefined : text.trim();
}

/**
 * The address of Port's API in the form of `Connection.apiUrl`. `name` is what a problem calls it; problems go to the reader.
 */
export function readApiUrl(text: string, name: string, reader: Pick<InputReader, 'problem'>): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    reader.problem(
      `${name} "${oneLine(text, 100)}" is not a web address. Use ${defaultApiUrl}, https://api.us.port.io or your own Port API host.`,
    );
    return defaultApiUrl;
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    reader.problem(
      `${name} "${url.origin}" would send the client secret unencrypted. Use https:// (http:// is for a local Port on the loopback only).`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    reader.problem(
      `${name} holds a user name or password. Leave them out: the client id and secret have inputs of their own.`,
    );
  }
  if (/^app\.(us\.)?(port\.io|getport\.io)$/.test(url.hostname)) {
    reader.problem(
      `${name} "${url.origin}" is Port's web app. Its API is https://${url.hostname.replace('app', 'api')}.`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
}

/** The web app of an API: `api.us.port.io` has its pages on `app.us.port.io`; an API host of one's own (PrivateLink) belongs to `app.port.io`. */
export function appUrlOf(apiUrl: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : new URL(defaultApiUrl);
  if (isLoopback(url.hostname)) return url.origin;
  return /^api\.(us\.)?(port\.io|getport\.io)$/.test(url.hostname)
    ? `https://${url.hostname.replace('api', 'app')}`
    : 'https://app.port.io';
}

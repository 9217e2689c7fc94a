import { WebApi, getBearerHandler, getPersonalAccessTokenHandler } from 'azure-devops-node-api';
import { isRecord } from '../../tasks/common/json.ts';
import { chooseProxy } from '../../tasks/common/network/proxy.ts';
import type { Environment } from '../command-context.ts';
import { AzureRequestError } from '../errors.ts';
import type { Json } from '../json.ts';
import { explain } from './explain.ts';
import type { SignIn } from './sign-in.ts';
import { type ServerVersions, suited } from './versions.ts';

type Method = 'OPTIONS' | 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface AzureOptions {
  readonly organizationUrl: string;
  readonly signIn: SignIn;
  readonly environment: Environment;
  /** For one call, in ms. */
  readonly timeout: number;
  /** Whom the sign-in belongs to, once that is known: messages name them. */
  readonly user?: string;
  /** Where the server knows older versions than these calls are written for. */
  readonly versions?: ServerVersions | undefined;
}

/** Azure DevOps, signed in. */
export interface Azure {
  readonly organizationUrl: string;
  readonly source: string;
  /** Whom that belongs to, once the server has said it. */
  readonly user?: string;
  /** Microsoft's typed clients, where they have the resource. Call them through `ask`, which explains what goes wrong. */
  readonly api: WebApi;
  ask<T>(what: string, call: (api: WebApi) => Promise<T>): Promise<T>;
  /**
   * A call that no typed client has. `path` starts with `/_apis` or `/{project}/_apis`, its version included; a server that
   * knows older ones is asked for its newest.
   * @throws AzureRequestError
   */
  call(method: Method, path: string, options: CallOptions): Promise<Json>;
}

export interface CallOptions {
  /** What a message calls it: `Cannot {does}: …`. */
  readonly does: string;
  readonly body?: unknown;
  /** Another host than the organization's, such as that of classic releases. */
  readonly base?: string;
}

type Settings = NonNullable<ConstructorParameters<typeof WebApi>[2]>;

function settingsOf({ organizationUrl, environment, timeout }: AzureOptions): Settings {
  const proxy = chooseProxy(new URL(organizationUrl), undefined, environment);
  const [username = '', password = ''] = credentialsOf(proxy?.authorization);
  return {
    socketTimeout: timeout,
    // A redirect would take the credentials, and the body with Port's client secret, wherever it points.
    allowRedirects: false,
    allowRetries: true,
    maxRetries: 3,
    ...(proxy && {
      proxy: {
        proxyUrl: proxy.url.href,
        ...(username !== '' && { proxyUsername: username, proxyPassword: password }),
      },
    }),
  };
}

function credentialsOf(authorization: string | undefined): string[] {
  const encoded = authorization?.replace(/^Basic /, '');
  if (encoded === undefined) return [];
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return [decoded.slice(0, colon), decoded.slice(colon + 1)];
}

export function createAzure(options: AzureOptions): Azure {
  const { organizationUrl, signIn, user, versions } = options;
  const handler =
    signIn.kind === 'pat' ? getPersonalAccessTokenHandler(signIn.token) : getBearerHandler(signIn.token);
  const api = new WebApi(organizationUrl, handler, settingsOf(options), {
    productName: 'port-azure-pipelines',
    productVersion: '1',
  });
  const place = { organizationUrl, source: signIn.source, ...(user !== undefined && { user }) };
  return {
    ...place,
    api,
    ask: async (what, call) => {
      try {
        return await within(options.timeout, call(api));
      } catch (error) {
        throw explain(what, error, place);
      }
    },
    call: async (method, path, { does, body, base = organizationUrl }) => {
      try {
        const sent = send(api, method, { url: base + suited(path, versions), body });
        const { statusCode, result } = await within(options.timeout, sent);
        return resultOf(statusCode, result, method);
      } catch (error) {
        const at = { ...place, organizationUrl: base };
        throw explain(`${does}: ${method} ${path.replace(/\?.*/, '')}`, error, at);
      }
    },
  };
}

/** The library's own timeout begins with the connection; a proxy that says nothing never gives one. */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const error = Object.assign(new Error(`nothing within ${milliseconds / 1000} s`), { code: 'ETIMEDOUT' });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function resultOf(status: number, result: unknown, method: Method): Json {
  if (isRecord(result) && status !== 404) return result;
  if (status === 404) throw new AzureRequestError(404, '');
  if (method === 'DELETE' || status === 204) return {};
  // A success that is no JSON is the sign-in page: some organizations answer refused credentials so.
  throw new AzureRequestError(203, 'the sign-in page came instead of an answer');
}

interface Response {
  readonly statusCode: number;
  readonly result: unknown;
}

function send(api: WebApi, method: Method, { url, body }: { url: string; body: unknown }): Promise<Response> {
  const { rest } = api;
  switch (method) {
    case 'OPTIONS':
      return rest.options<unknown>(url);
    case 'GET':
      return rest.get<unknown>(url);
    case 'POST':
      return rest.create<unknown>(url, body);
    case 'PUT':
      return rest.replace<unknown>(url, body);
    case 'PATCH':
      return rest.update<unknown>(url, body);
    case 'DELETE':
      return rest.del<unknown>(url);
  }
}

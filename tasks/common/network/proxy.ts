import { BlockList, isIP } from 'node:net';
import type { ProxySettings } from '../agent/host.ts';

/** A proxy to tunnel through. */
export interface Proxy {
  /** Without user information. */
  readonly url: URL;
  /** Value of the Proxy-Authorization header. */
  readonly authorization: string | undefined;
  /** Where the choice came from, for messages. */
  readonly source: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Chooses the proxy for a target: the agent's, else HTTPS_PROXY (or ALL_PROXY) unless NO_PROXY names the host. The loopback is
 * never proxied (the agent does the same), nor is plain http: only a server in one's own network is reached like that.
 * @throws TypeError where a proxy's URL cannot be read; its message names the setting.
 */
export function chooseProxy(
  target: URL,
  agent: ProxySettings | undefined,
  environment: Environment,
): Proxy | undefined {
  if (target.protocol === 'http:' || isLoopback(target.hostname)) return undefined;
  if (agent !== undefined) {
    if (isBypassedByAgent(target, agent.bypassList)) return undefined;
    return readProxy(agent.url, "the agent's proxy", agent);
  }
  if (isInNoProxy(target, environment.NO_PROXY ?? environment.no_proxy ?? '')) return undefined;
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
    const value = environment[name];
    if (value) return readProxy(value, name);
  }
  return undefined;
}

function readProxy(
  text: string,
  source: string,
  login?: Pick<ProxySettings, 'username' | 'password'>,
): Proxy {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw new TypeError(`${source} is not a URL`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`${source} starts with ${url.protocol}//; only http and https proxies are supported`);
  }
  const username = login?.username ?? decode(url.username);
  const password = login?.password ?? decode(url.password);
  url.username = '';
  url.password = '';
  const authorization = username
    ? `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    : undefined;
  return { url, authorization, source };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The agent tests its expressions against the whole URL; one that does not compile is left out, as the agent does. */
function isBypassedByAgent(target: URL, list: string | undefined): boolean {
  return readList(list).some((expression) => {
    try {
      return new RegExp(expression, 'i').test(target.href);
    } catch {
      return false;
    }
  });
}

function readList(list: string | undefined): string[] {
  try {
    const parsed: unknown = JSON.parse(list ?? '[]');
    const items: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
    return items.filter((item): item is string => typeof item === 'string' && item !== '');
  } catch {
    return [];
  }
}

/** `localhost`, 127.0.0.0/8 and ::1, as a URL writes them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** NO_PROXY as curl reads it: hosts, domain suffixes, addresses and networks, `*`, with or without a leading dot and a port. */
function isInNoProxy(target: URL, list: string): boolean {
  const host = target.hostname.replace(/[[\]]|\.$/g, '');
  const port = target.port || '443';
  return list
    .toLowerCase()
    .split(/[\s,]/)
    .some((entry) => entry === '*' || isNamedBy(entry, host, port));
}

function isNamedBy(entry: string, host: string, port: string): boolean {
  const { name, entryPort } = splitPort(entry);
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(name) !== 0 || name.includes('/')) return isInNetwork(host, name);
  const suffix = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { name: string; entryPort: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  const [, name = entry, entryPort] = bracketed ?? plain ?? [];
  return { name, entryPort };
}

/** @param network an address, or a network such as 10.0.0.0/8; nothing is in one that cannot be read. */
function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/');
  const family = (text: string) => (isIP(text) === 6 ? 'ipv6' : 'ipv4');
  try {
    const list = new BlockList();
    if (bits === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(bits), family(address));
    return list.check(host, family(host));
  } catch {
    return false;
  }
}

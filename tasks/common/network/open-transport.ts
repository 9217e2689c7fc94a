import type { Host } from '../agent/host.ts';
import { InputError } from '../errors.ts';
import type { TaskContext } from '../main.ts';
import { chooseProxy } from './proxy.ts';
import { tlsOptionsOf } from './tls-options.ts';
import { type Transport, createTransport } from './transport.ts';

/** What a connection needs to know of the machine. */
export interface NetworkContext {
  readonly host: Pick<Host, 'proxy' | 'certificates'>;
  readonly environment: TaskContext['environment'];
}

/** A transport with the agent's proxy and certificates. */
export function openTransport(
  { host, environment }: NetworkContext,
  url: string,
  connections: number,
): Transport {
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  return createTransport({
    origin: target.origin,
    proxy: proxyFor(target, { host, environment }),
    tls: isTls ? tlsOptionsOf(host.certificates(), environment.NODE_EXTRA_CA_CERTS) : undefined,
    connections,
  });
}

function proxyFor(target: URL, { host, environment }: NetworkContext) {
  try {
    return chooseProxy(target, host.proxy(), environment);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError([`${error.message}. Correct it, or remove it where no proxy is needed.`]);
  }
}

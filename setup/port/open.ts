import { systemClock } from '../../tasks/common/clock.ts';
import {
  type Connection,
  appUrlOf,
  defaultApiUrl,
  readApiUrl,
} from '../../tasks/common/inputs/connection.ts';
import { chooseProxy } from '../../tasks/common/network/proxy.ts';
import type { Transport } from '../../tasks/common/network/transport.ts';
import { Budget } from '../../tasks/common/port/client/budget.ts';
import { type PortClient, createPortClient } from '../../tasks/common/port/client/client.ts';
import { userAgent } from '../../tasks/common/version.ts';
import type { Environment } from '../command-context.ts';
import { SetupError } from '../errors.ts';

export interface OpenPort {
  readonly client: PortClient;
  close(): Promise<void>;
}

function readConnection(url: string | undefined, environment: Environment): Connection {
  const {
    PORT_CLIENT_ID: clientId = '',
    PORT_CLIENT_SECRET: clientSecret = '',
    PORT_BASE_URL = '',
  } = environment;
  if (clientId === '' || clientSecret === '') {
    throw new SetupError(
      'Not signed in to Port: set PORT_CLIENT_ID and PORT_CLIENT_SECRET (Port: ... > Credentials).',
    );
  }
  const [text, name] =
    PORT_BASE_URL === '' ? [url ?? defaultApiUrl, 'port.url'] : [PORT_BASE_URL, 'PORT_BASE_URL'];
  const problems: string[] = [];
  const apiUrl = readApiUrl(text, name, { problem: (problem) => problems.push(problem) });
  if (problems.length > 0) throw new SetupError(problems.join('\n'));
  return { apiUrl, appUrl: appUrlOf(apiUrl), clientId, clientSecret };
}

export interface PortFlags {
  readonly url: string | undefined;
  readonly environment: Environment;
  /** For one call with its repetitions, in ms. */
  readonly budget: number;
  readonly progress: (text: string) => void;
}

/**
 * Where Port is and who signs in, by the environment, with a way to it that the caller closes.
 * @throws SetupError where there are no credentials
 */
export async function connectPort(
  url: string | undefined,
  environment: Environment,
): Promise<{ readonly connection: Connection; readonly transport: Transport }> {
  const connection = readConnection(url, environment);
  // undici takes long to load, and not every command needs it.
  const { createTransport } = await import('../../tasks/common/network/transport.ts');
  const target = new URL(connection.apiUrl);
  const proxy = chooseProxy(target, undefined, environment);
  return { connection, transport: createTransport({ origin: target.origin, proxy }) };
}

/** Port's client, with the credentials of the environment. @throws SetupError where there are none */
export async function openPort({
  url,
  environment,
  budget: timeout,
  progress,
}: PortFlags): Promise<OpenPort> {
  const { connection, transport } = await connectPort(url, environment);
  const budget = new Budget(timeout, systemClock);
  const client = createPortClient({
    connection,
    transport,
    clock: systemClock,
    signal: new AbortController().signal,
    budget,
    userAgent,
    hasInput: () => false,
    maskSecret: () => undefined,
    log: { info: progress, debug: () => undefined },
  });
  const call: PortClient['call'] = (route, options) => {
    // A command has no budget as a whole, its calls have.
    budget.renew();
    return client.call(route, options);
  };
  return { client: { ...client, call }, close: () => transport.close() };
}

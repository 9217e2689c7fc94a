import { chooseProxy } from './proxy.ts';
import { InputError } from './errors.ts';
import type { Host } from './host.ts';
import type { TaskContext } from './main.ts';
import { createPortClient, type PortClient } from './port/client.ts';
import type { Redact } from './redaction.ts';
import { redactorOf } from './redaction.ts';
import type { SharedInputs } from './shared-inputs.ts';
import { plainText } from './text.ts';
import { tlsOptionsOf } from './tls-options.ts';
import { createTransport, type Transport } from './transport.ts';
import { userAgent } from './version.ts';

export interface SessionOptions {
  /** Most connections at a time. */
  readonly connections?: number;
  /** The budget begins anew with each answer: for work whose length nobody can foresee. */
  readonly isLong?: boolean;
}

/** Opens Port for the time of an action, and closes every connection after it. */
export async function withPort<T>(
  context: TaskContext,
  shared: SharedInputs,
  action: (port: PortClient) => Promise<T>,
  { connections = 1, isLong = false }: SessionOptions = {},
): Promise<T> {
  const { clock } = context;
  const transport = openTransport(context, shared.connection.apiUrl, connections);
  let lastAnswer = clock.now();
  const heard: Transport = {
    ...transport,
    async send(request, options) {
      const response = await transport.send(request, options);
      if (response.status < 400) lastAnswer = clock.now();
      return response;
    },
  };
  const started = lastAnswer;
  try {
    return await action(
      createPortClient({
        connection: shared.connection,
        transport: isLong ? heard : transport,
        clock,
        signal: context.signal,
        get deadline() {
          return (isLong ? lastAnswer : started) + shared.budget;
        },
        userAgent,
        maskSecret: (value) => context.host.maskSecret(value),
        log: context.host,
      }),
    );
  } finally {
    await transport.close();
  }
}

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

/**
 * Makes text fit to be sent to Port: no ANSI codes, no values of secret variables (the agent masks only its own logs), and no
 * client secret.
 */
export function cleanerOf({ host }: Pick<TaskContext, 'host'>, shared: SharedInputs): Redact {
  const redact = redactorOf([...host.secretValues(), shared.connection.clientSecret]);
  return (text) => redact(plainText(text));
}

import type { SharedInputs } from '../inputs/shared-inputs.ts';
import type { TaskContext } from '../main.ts';
import { openTransport } from '../network/open-transport.ts';
import type { Transport } from '../network/transport.ts';
import { plainText } from '../text/plain-text.ts';
import { type Redact, redactorOf } from '../text/redaction.ts';
import { userAgent } from '../version.ts';
import { type PortClient, createPortClient } from './client/client.ts';

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

/**
 * Makes text fit to be sent to Port: no ANSI codes, no values of secret variables (the agent masks only its own logs), and no
 * client secret.
 */
export function cleanerOf({ host }: Pick<TaskContext, 'host'>, shared: SharedInputs): Redact {
  const redact = redactorOf([...host.secretValues(), shared.connection.clientSecret]);
  return (text) => redact(plainText(text));
}

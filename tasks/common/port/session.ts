import type { SharedInputs } from '../inputs/shared-inputs.ts';
import type { TaskContext } from '../main.ts';
import { openTransport } from '../network/open-transport.ts';
import type { Transport } from '../network/transport.ts';
import { plainText } from '../text/plain-text.ts';
import { type Redact, portRedactorOf } from '../text/redaction.ts';
import { userAgent } from '../version.ts';
import { Budget } from './client/budget.ts';
import { type PortClient, createPortClient } from './client/client.ts';

export interface SessionOptions {
  /** Most connections at a time. */
  readonly connections?: number;
  /** All of them are opened at once, for calls that are to go side by side as soon as the session is signed in. */
  readonly isOpenedAhead?: boolean;
  /** The budget begins anew with each answer: for work whose length nobody can foresee. */
  readonly isLong?: boolean;
}

/** Opens Port for the time of an action, which may renew its budget, and closes every connection after it. */
export async function withPort<T>(
  context: TaskContext,
  shared: SharedInputs,
  action: (port: PortClient, budget: Budget) => Promise<T>,
  { connections = 1, isOpenedAhead = false, isLong = false }: SessionOptions = {},
): Promise<T> {
  const { clock } = context;
  const transport = openTransport(context, shared.connection.apiUrl, connections);
  const budget = new Budget(shared.budget, clock);
  if (isOpenedAhead) transport.openAhead(connections);
  try {
    return await action(
      createPortClient({
        connection: shared.connection,
        transport: isLong ? renewing(budget, transport) : transport,
        clock,
        signal: context.signal,
        budget,
        userAgent,
        hasInput: shared.hasInput,
        maskSecret: (value) => context.host.maskSecret(value),
        log: context.host,
      }),
      budget,
    );
  } finally {
    await transport.close();
  }
}

function renewing(budget: Budget, transport: Transport): Transport {
  return {
    ...transport,
    async send(request, options) {
      const response = await transport.send(request, options);
      if (response.status < 400) budget.renew();
      return response;
    },
  };
}

/**
 * Makes text fit to be sent to Port: no ANSI codes, no values of secret variables (the agent masks only its own logs), and no
 * client secret.
 */
export function cleanerOf({ host }: Pick<TaskContext, 'host'>, shared: SharedInputs): Redact {
  const redact = portRedactorOf([...host.secretValues(), shared.connection.clientSecret]);
  return (text) => redact(plainText(text));
}

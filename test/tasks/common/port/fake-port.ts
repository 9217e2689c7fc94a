import type { PortCall, PortClient } from '../../../../tasks/common/port/client/client.ts';
import type { RouteName } from '../../../../tasks/common/port/client/routes.ts';

export interface FakePort {
  readonly port: PortClient;
  /** What was called, in order. */
  readonly calls: readonly { readonly name: RouteName; readonly call: PortCall }[];
}

/** A Port client without a wire: what it answers is made by a function, which may throw. */
export function fakePort(
  answer: (call: PortCall, name: RouteName, index: number) => unknown,
  timeLeft = () => 60_000,
): FakePort {
  const calls: { name: RouteName; call: PortCall }[] = [];
  const port: PortClient = {
    connection: { apiUrl: 'https://port', appUrl: 'https://app', clientId: 'id', clientSecret: 's3cret' },
    timeLeft,
    signIn: () => undefined,
    call: async (name, call) => {
      calls.push({ name, call });
      return Promise.resolve(answer(call, name, calls.length - 1)) as Promise<Record<string, unknown>>;
    },
  };
  return { port, calls };
}

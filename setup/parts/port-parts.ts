import { type Connection, defaultApiUrl } from '../../tasks/common/inputs/connection.ts';
import { isRecord } from '../../tasks/common/json.ts';
import { isLoopback } from '../../tasks/common/network/proxy.ts';
import type { Json } from '../json.ts';
import { type Kind, countEntities, extrasOf, find, remove, save, withExtras } from '../port/resource.ts';
import type { Products } from '../products.ts';
import { differences } from './differences.ts';
import { type Part, judged, missing } from './part.ts';

export interface PortThing {
  readonly kind: Kind;
  readonly identifier: string;
  /** An action that Port starts by itself. */
  readonly isAutomation?: boolean;
  readonly hasSecret?: boolean;
  /** What Port is to hold. It is made when the part is looked at: without Port's credentials only that look fails. */
  readonly definition: (connection: Connection) => Json;
}

/** The part for a blueprint, action or webhook of Port. */
export function portPart(products: Products, { kind, identifier, definition, ...thing }: PortThing): Part {
  const noun = thing.isAutomation === true ? 'automation' : kind.name;
  return {
    id: `port/${noun}/${identifier}`,
    title: `${noun} ${identifier} in Port`,
    hasSecret: thing.hasSecret === true,
    look: async () => {
      const port = await products.port();
      const actual = await find(port, kind, identifier);
      if (actual === undefined) return missing();
      const wanted = definition(port.connection);
      const extras = extrasOf(kind, wanted, actual);
      const faults = faultsOf(withExtras(kind, wanted, actual), actual);
      if (!products.isPruning) return { ...judged(faults), extras };
      const beyond = extras.map((path) => `${path} is in Port and not in the file`);
      return { ...judged([...faults, ...beyond]), extras };
    },
    apply: async () => {
      const port = await products.port();
      const [wanted, actual] = [definition(port.connection), await find(port, kind, identifier)];
      const isWhole = actual === undefined || products.isPruning;
      await save(port, kind, isWhole ? wanted : withExtras(kind, wanted, actual), actual);
    },
    removal: {
      obstacle: async (withData) => {
        if (kind.name !== 'blueprint' || withData) return undefined;
        const count = await countEntities(await products.port(), identifier);
        return count === 0 ? undefined : `it has entities (${count}): --with-data removes them too`;
      },
      run: async (withData) => remove(await products.port(), kind, identifier, withData),
    },
  };
}

/** The part for a blueprint or action that a file defines. */
export function filePart(products: Products, kind: Kind, wanted: Json): Part {
  return portPart(products, {
    kind,
    identifier: String(wanted.identifier),
    isAutomation: isRecord(wanted.trigger) && wanted.trigger.type === 'automation',
    definition: () => wanted,
  });
}

function faultsOf(wanted: Json, actual: Json): string[] {
  if (!isRecord(wanted.security)) return differences(wanted, actual);
  const { secret, ...security } = wanted.security;
  return [...differences({ ...wanted, security }, actual), ...secretFaults(secret, actual)];
}

/**
 * Whether Port answers with the secret of a webhook, or with something in its place, is not documented: only what can be
 * another secret of ours counts, and none reaches a screen.
 */
export function secretFaults(secret: unknown, webhook: Json): string[] {
  const given = isRecord(webhook.security) ? webhook.security.secret : undefined;
  const isGone = given === undefined || given === null || given === '';
  const isOther = typeof given === 'string' && /^[0-9a-f]{64}$/.test(given) && given !== secret;
  return [
    ...(isGone ? ['it has no secret, so that Port takes events from anybody'] : []),
    ...(isOther ? ['its secret is another one'] : []),
  ];
}

/** Port calls its own API by its public name, also where the command line reaches it by another one on this machine. */
export const publicApiUrl = (apiUrl: string): string =>
  isLoopback(new URL(apiUrl).hostname) ? defaultApiUrl : apiUrl;

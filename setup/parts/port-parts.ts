import { isRecord } from '../../tasks/common/json.ts';
import { type Json, type Kind, find, save } from '../port/resource.ts';
import type { World } from '../world.ts';
import { differences } from './differences.ts';
import { type Part, judged, missing } from './part.ts';

/** A blueprint, action or webhook of Port that is to hold what is wanted. */
export function portPart(world: World, kind: Kind, wanted: Json, hasSecret = false): Part {
  const id = String(wanted.identifier);
  const isAutomation = JSON.stringify(wanted.trigger ?? '').includes('"automation"');
  return {
    id: `port/${isAutomation ? 'automation' : kind.name}/${id}`,
    title: `${isAutomation ? 'automation' : kind.name} ${id} in Port`,
    hasSecret,
    look: async () => {
      const actual = await find(await world.port(), kind, id);
      return actual === undefined ? missing() : judged(faultsOf(wanted, actual));
    },
    apply: async () => {
      const port = await world.port();
      await save(port, kind, wanted, await find(port, kind, id));
    },
  };
}

/**
 * Whether Port answers with the secret of a webhook, or with something in its place, is not documented: only what can be
 * another secret of ours counts, and none reaches a screen.
 */
function faultsOf(wanted: Json, actual: Json): string[] {
  if (!isRecord(wanted.security)) return differences(wanted, actual);
  const { secret, ...security } = wanted.security;
  const given = isRecord(actual.security) ? actual.security.secret : undefined;
  const isOther = typeof given === 'string' && /^[0-9a-f]{64}$/.test(given) && given !== secret;
  return [...differences({ ...wanted, security }, actual), ...(isOther ? ['its secret is another one'] : [])];
}

import type { Azure } from '../azure/client.ts';
import type { Subscription, Wanted } from '../azure/hook-types.ts';
import { createSubscription, querySubscriptions, replaceSubscription } from '../azure/hooks.ts';
import { faultsOf, isSame } from './compare.ts';
import type { Checked } from './wanted.ts';

export type Decision =
  | { readonly kind: 'create' }
  | { readonly kind: 'keep'; readonly subscription: Subscription }
  | { readonly kind: 'repair'; readonly subscription: Subscription; readonly faults: readonly string[] };

/** All subscriptions to the event through the consumer. A list that fails ends the command: without it every creation might be a duplicate. */
export function listAlike(azure: Azure, wanted: Wanted): Promise<Subscription[]> {
  const { publisherId, eventType, consumerId, consumerActionId, publisherInputs } = wanted;
  return querySubscriptions(azure, {
    publisherId,
    eventType,
    consumerId,
    consumerActionId,
    projectId: publisherInputs.projectId,
  });
}

/** What has to be done so that the wanted subscription exists once and works. Of several, one that works is kept. */
export async function decide(azure: Azure, checked: Checked, mustRewrite: boolean): Promise<Decision> {
  const { wanted, confidential } = checked;
  const same = (await listAlike(azure, wanted)).filter((each) => isSame(checked, each));
  const subscription = same.find((each) => each.status === 'enabled') ?? same[0];
  if (subscription === undefined) return { kind: 'create' };
  const faults = faultsOf(wanted, subscription, confidential);
  if (mustRewrite) faults.push('its inputs are to be written again');
  return faults.length === 0 ? { kind: 'keep', subscription } : { kind: 'repair', subscription, faults };
}

export async function carryOut(azure: Azure, wanted: Wanted, decision: Decision): Promise<Subscription> {
  switch (decision.kind) {
    case 'keep':
      return decision.subscription;
    case 'create':
      return createSubscription(azure, wanted);
    case 'repair':
      return replaceSubscription(azure, decision.subscription.id, wanted);
  }
}

import type { Azure } from '../azure/client.ts';
import type { Inputs, Subscription, Wanted } from '../azure/hook-types.ts';
import { createSubscription, querySubscriptions, replaceSubscription } from '../azure/hooks-api.ts';
import type { Checked } from './check-request.ts';

/** What the server adds by itself; never part of a wish. */
const serverOwn: ReadonlySet<string> = new Set(['tfsSubscriptionId', 'hostId']);

/** The inputs that say something: the server fills in empty filters and ids of its own. */
export function meaningful(inputs: Inputs, without: ReadonlySet<string> = new Set()): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).filter(([id, value]) => value !== '' && !serverOwn.has(id) && !without.has(id)),
  );
}

function differences(wanted: Inputs, actual: Inputs): string[] {
  const ids = [...new Set([...Object.keys(wanted), ...Object.keys(actual)])];
  return ids
    .filter((id) => (wanted[id] ?? '').toLowerCase() !== (actual[id] ?? '').toLowerCase())
    .map(
      (id) =>
        `${id} is ${actual[id] === undefined ? 'not set' : `"${actual[id]}"`}, not ${wanted[id] === undefined ? 'unset' : `"${wanted[id]}"`}`,
    );
}

/** The inputs that say where events end up. */
const targets = ['url', 'queueName', 'topicName', 'accountName', 'channelName'];

/** A target that comes back masked tells nothing: what it may be is taken for what is wanted. */
const hasSameTarget = (wanted: Wanted, actual: Subscription, confidential: ReadonlySet<string>): boolean =>
  targets.every(
    (id) =>
      confidential.has(id) ||
      (wanted.consumerInputs[id] ?? '').trim() === (actual.consumerInputs[id] ?? '').trim(),
  );

/** Whether it is a subscription to the same event for the same receiver, with filters that may differ. */
export const isForSameReceiver = ({ wanted, confidential }: Checked, actual: Subscription): boolean =>
  (['publisherId', 'eventType', 'consumerId', 'consumerActionId'] as const).every(
    (member) => wanted[member] === actual[member],
  ) && hasSameTarget(wanted, actual, confidential);

/** Whether the two tell the same receiver of the same events, whatever else is set. */
export const isSame = (checked: Checked, actual: Subscription): boolean =>
  isForSameReceiver(checked, actual) &&
  differences(meaningful(checked.wanted.publisherInputs), meaningful(actual.publisherInputs)).length === 0;

/** Whether the receiver's address is one of the inputs that cannot be compared. */
export const isTargetHidden = ({ wanted, confidential }: Checked): boolean =>
  targets.some((id) => confidential.has(id) && wanted.consumerInputs[id] !== undefined);

/** What is not as wanted, in words. Confidential inputs come back masked and are left out. */
export function faultsOf(wanted: Wanted, actual: Subscription, confidential: ReadonlySet<string>): string[] {
  const version =
    wanted.resourceVersion === undefined || wanted.resourceVersion === actual.resourceVersion
      ? []
      : [`the resource version is ${actual.resourceVersion ?? ''}, not ${wanted.resourceVersion}`];
  return [
    ...(actual.status === 'enabled' ? [] : [`it is ${actual.status}`]),
    ...version,
    ...differences(meaningful(wanted.publisherInputs), meaningful(actual.publisherInputs)),
    ...differences(
      meaningful(wanted.consumerInputs, confidential),
      meaningful(actual.consumerInputs, confidential),
    ),
  ];
}

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

import type { Azure } from '../azure/client.ts';
import type { Inputs, Subscription, SubscriptionSettings } from '../azure/hook-types.ts';
import { createSubscription, querySubscriptions, replaceSubscription } from '../azure/hooks-api.ts';
import type { CheckedSettings } from './check-request.ts';

/** Inputs that the server adds by itself. */
const serverOwn: ReadonlySet<string> = new Set(['tfsSubscriptionId', 'hostId']);

/** The inputs that say something: the server fills in empty filters and ids of its own. */
export function meaningful(inputs: Inputs, without: ReadonlySet<string> = new Set()): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).filter(([id, value]) => value !== '' && !serverOwn.has(id) && !without.has(id)),
  );
}

function differences(settings: Inputs, actual: Inputs): string[] {
  const ids = [...new Set([...Object.keys(settings), ...Object.keys(actual)])];
  return ids
    .filter((id) => (settings[id] ?? '').toLowerCase() !== (actual[id] ?? '').toLowerCase())
    .map(
      (id) =>
        `${id} is ${actual[id] === undefined ? 'not set' : `"${actual[id]}"`}, not ${settings[id] === undefined ? 'unset' : `"${settings[id]}"`}`,
    );
}

const mentioned = (actual: Inputs, settings: Inputs): Inputs =>
  Object.fromEntries(Object.entries(actual).filter(([id]) => settings[id] !== undefined));

/** The inputs that say where events end up. */
const targets = ['url', 'queueName', 'topicName', 'accountName', 'channelName'];

/** A target that comes back masked tells nothing: it is taken for the same. */
const hasSameTarget = (
  settings: SubscriptionSettings,
  actual: Subscription,
  confidential: ReadonlySet<string>,
): boolean =>
  targets.every(
    (id) =>
      confidential.has(id) ||
      (settings.consumerInputs[id] ?? '').trim() === (actual.consumerInputs[id] ?? '').trim(),
  );

/** Whether it is a subscription to the same event for the same receiver, with filters that may differ. */
export const isForSameReceiver = (
  { settings, confidential }: CheckedSettings,
  actual: Subscription,
): boolean =>
  (['publisherId', 'eventType', 'consumerId', 'consumerActionId'] as const).every(
    (member) => settings[member] === actual[member],
  ) && hasSameTarget(settings, actual, confidential);

/** Whether the two tell the same receiver of the same events, whatever else is set. */
export const isSame = (checked: CheckedSettings, actual: Subscription): boolean =>
  isForSameReceiver(checked, actual) &&
  differences(meaningful(checked.settings.publisherInputs), meaningful(actual.publisherInputs)).length === 0;

/** Whether the receiver's address is one of the inputs that cannot be compared. */
export const isTargetHidden = ({ settings, confidential }: CheckedSettings): boolean =>
  targets.some((id) => confidential.has(id) && settings.consumerInputs[id] !== undefined);

/** The confidential inputs among the settings, by whether the subscription has a value for them: none is readable. */
function confidentialInputs(
  settings: SubscriptionSettings,
  actual: Subscription,
  confidential: ReadonlySet<string>,
): { readonly lacking: string[]; readonly masked: string[] } {
  const wanted = Object.keys(meaningful(settings.consumerInputs)).filter((id) => confidential.has(id));
  const isSet = (id: string): boolean => (actual.consumerInputs[id] ?? '') !== '';
  return { lacking: wanted.filter((id) => !isSet(id)), masked: wanted.filter(isSet) };
}

/**
 * What differs from the settings, in words. Confidential inputs come back masked: only that one is lacking can be seen.
 * Consumer inputs that the settings do not mention are nobody's fault.
 */
export function faultsOf(
  settings: SubscriptionSettings,
  actual: Subscription,
  confidential: ReadonlySet<string>,
): string[] {
  const version =
    settings.resourceVersion === undefined || settings.resourceVersion === actual.resourceVersion
      ? []
      : [`the resource version is ${actual.resourceVersion ?? ''}, not ${settings.resourceVersion}`];
  return [
    ...(actual.status === 'enabled' ? [] : [`it is ${actual.status}`]),
    ...version,
    ...differences(meaningful(settings.publisherInputs), meaningful(actual.publisherInputs)),
    ...differences(
      meaningful(settings.consumerInputs, confidential),
      mentioned(meaningful(actual.consumerInputs, confidential), settings.consumerInputs),
    ),
    ...confidentialInputs(settings, actual, confidential).lacking.map((id) => `${id} is not set`),
  ];
}

export type Decision =
  | { readonly kind: 'create' }
  | {
      readonly kind: 'keep';
      readonly subscription: Subscription;
      /** Secret inputs that were given, and are set to something: to the same or not. */
      readonly notCompared: readonly string[];
    }
  | { readonly kind: 'repair'; readonly subscription: Subscription; readonly faults: readonly string[] };

/** All subscriptions to the event through the consumer. A list that fails ends the command: without it every creation might be a duplicate. */
export function listAlike(azure: Azure, settings: SubscriptionSettings): Promise<Subscription[]> {
  const { publisherId, eventType, consumerId, consumerActionId, publisherInputs } = settings;
  return querySubscriptions(azure, {
    publisherId,
    eventType,
    consumerId,
    consumerActionId,
    projectId: publisherInputs.projectId,
  });
}

/** Of several subscriptions the one that works, otherwise the first; undefined where there is none. */
export function workingFirst(subscriptions: readonly Subscription[]): Subscription | undefined {
  return subscriptions.find((each) => each.status === 'enabled') ?? subscriptions[0];
}

/** What has to be done so that the subscription exists once and works. */
export async function decide(
  azure: Azure,
  checked: CheckedSettings,
  mustRewrite: boolean,
): Promise<Decision> {
  const { settings, confidential } = checked;
  const same = (await listAlike(azure, settings)).filter((each) => isSame(checked, each));
  const subscription = workingFirst(same);
  if (subscription === undefined) return { kind: 'create' };
  const faults = faultsOf(settings, subscription, confidential);
  if (mustRewrite) faults.push('its inputs are to be written again');
  if (faults.length > 0) return { kind: 'repair', subscription, faults };
  const { masked } = confidentialInputs(settings, subscription, confidential);
  return { kind: 'keep', subscription, notCompared: masked };
}

export async function carryOut(
  azure: Azure,
  settings: SubscriptionSettings,
  decision: Decision,
): Promise<Subscription> {
  switch (decision.kind) {
    case 'keep':
      return decision.subscription;
    case 'create':
      return createSubscription(azure, settings);
    case 'repair':
      return replaceSubscription(azure, decision.subscription.id, settings);
  }
}

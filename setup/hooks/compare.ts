import type { Inputs, Subscription, Wanted } from '../azure/hooks.ts';

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

/** Where events end up; two subscriptions with the same filters and target are the same one. */
const targets = ['url', 'queueName', 'topicName', 'accountName', 'channelName'];
const targetOf = (inputs: Inputs): string => targets.map((id) => (inputs[id] ?? '').trim()).join(' ');

const isSameKind = (wanted: Wanted, actual: Subscription): boolean =>
  (['publisherId', 'eventType', 'consumerId', 'consumerActionId'] as const).every(
    (member) => wanted[member] === actual[member],
  ) && targetOf(wanted.consumerInputs) === targetOf(actual.consumerInputs);

/** Whether the two tell the same receiver of the same events, whatever else is set. */
export const isSame = (wanted: Wanted, actual: Subscription): boolean =>
  isSameKind(wanted, actual) &&
  differences(meaningful(wanted.publisherInputs), meaningful(actual.publisherInputs)).length === 0;

/** Whether it is a subscription to the same event for the same receiver, with filters that may differ. */
export const isForSameReceiver = isSameKind;

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

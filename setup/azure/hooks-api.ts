import { AzureRequestError } from '../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../json.ts';
import type { Azure } from './client.ts';
import { baseOf, basesOf, publisherOf, version } from './hook-hosts.ts';
import { type Subscription, type SubscriptionSettings, readSubscription } from './hook-types.ts';

export interface SubscriptionQuery {
  readonly publisherId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly consumerId?: string | undefined;
  readonly consumerActionId?: string | undefined;
  readonly projectId?: string | undefined;
}

/**
 * The server filters: an unfiltered list of a large organization has tens of megabytes. Where neither publisher nor event
 * says on which host to look, both are asked.
 */
export async function querySubscriptions(azure: Azure, query: SubscriptionQuery): Promise<Subscription[]> {
  const { projectId, ...members } = query;
  const condition = { inputId: 'projectId', operator: 'equals', inputValue: projectId, caseSensitive: false };
  const body = {
    ...members,
    ...(projectId !== undefined && { publisherInputFilters: [{ conditions: [condition] }] }),
  };
  const isAnywhere = query.publisherId === undefined && query.eventType === undefined;
  const publisherId = query.publisherId ?? publisherOf(query.eventType ?? '');
  const found = new Map<string, Subscription>();
  for (const base of isAnywhere ? basesOf(azure) : [baseOf(azure, publisherId)]) {
    const does =
      base === azure.organizationUrl ? 'list the subscriptions' : 'list the subscriptions to release events';
    const answer = await azure.call('POST', `/_apis/hooks/subscriptionsquery?${version}`, {
      does,
      body,
      base,
    });
    for (const each of recordsOf(answer.results).map(readSubscription)) found.set(each.id, each);
  }
  return [...found.values()];
}

const pathOf = (id: string): string => `/_apis/hooks/subscriptions/${encodeURIComponent(id)}?${version}`;

/** An id does not say on which host the subscription is. */
export async function getSubscription(azure: Azure, id: string): Promise<Subscription> {
  const [first = '', ...others] = basesOf(azure);
  const does = `read the subscription ${id}`;
  try {
    return readSubscription(await azure.call('GET', pathOf(id), { does, base: first }));
  } catch (error) {
    const [release] = others;
    if (release === undefined || !(error instanceof AzureRequestError && error.status === 404)) throw error;
    return readSubscription(await azure.call('GET', pathOf(id), { does, base: release }));
  }
}

export async function createSubscription(
  azure: Azure,
  settings: SubscriptionSettings,
): Promise<Subscription> {
  const base = baseOf(azure, settings.publisherId);
  const does = 'create the subscription';
  return readSubscription(
    await azure.call('POST', `/_apis/hooks/subscriptions?${version}`, { does, body: settings, base }),
  );
}

/**
 * Gives the subscription these settings, and enables it. There is no call that changes a part: consumer inputs that the
 * settings do not mention are sent as they are read, a masked one as its mask.
 */
export async function replaceSubscription(
  azure: Azure,
  id: string,
  settings: SubscriptionSettings,
): Promise<Subscription> {
  const base = baseOf(azure, settings.publisherId);
  const actual = await azure.call('GET', pathOf(id), { does: `read the subscription ${id}`, base });
  const consumerInputs = { ...readSubscription(actual).consumerInputs, ...settings.consumerInputs };
  const body = { id, ...settings, consumerInputs, status: 'enabled' };
  return readSubscription(
    await azure.call('PUT', pathOf(id), { does: `change the subscription ${id}`, body, base }),
  );
}

export async function deleteSubscription(azure: Azure, subscription: Subscription): Promise<void> {
  const base = baseOf(azure, subscription.publisherId);
  await azure.call('DELETE', pathOf(subscription.id), {
    does: `delete the subscription ${subscription.id}`,
    base,
  });
}

export async function sendTest(
  azure: Azure,
  settings: SubscriptionSettings,
  subscriptionId?: string,
): Promise<Json> {
  const base = baseOf(azure, settings.publisherId);
  const body = { ...(subscriptionId !== undefined && { subscriptionId }), details: settings };
  return azure.call('POST', `/_apis/hooks/testnotifications?${version}`, {
    does: 'send a test notification',
    body,
    base,
  });
}

/** A notification as it stands now. */
export async function getNotification(azure: Azure, publisherId: string, notification: Json): Promise<Json> {
  const [subscriptionId, id] = [String(notification.subscriptionId), String(notification.id)];
  const path = `/_apis/hooks/subscriptions/${encodeURIComponent(subscriptionId)}/notifications/${encodeURIComponent(id)}?${version}`;
  return azure.call('GET', path, { does: 'read the test notification', base: baseOf(azure, publisherId) });
}

/** What became of an event. */
export interface Delivery {
  /** When it was sent, ISO 8601. */
  readonly at: string;
  /** Why it did not arrive. */
  readonly fault?: string;
}

/** The newest delivery that came to an end; undefined where there was none. */
export async function lastDelivery(
  azure: Azure,
  { id, publisherId }: Pick<Subscription, 'id' | 'publisherId'>,
): Promise<Delivery | undefined> {
  const path = `/_apis/hooks/subscriptions/${encodeURIComponent(id)}/notifications?maxResults=1&status=completed&${version}`;
  const answer = await azure.call('GET', path, {
    does: 'read the last deliveries of the service hook',
    base: baseOf(azure, publisherId),
  });
  const [notification] = recordsOf(answer.value);
  if (notification === undefined) return undefined;
  const { errorMessage, response, statusCode } = recordOf(notification.details);
  const at = textOf(notification.createdDate);
  if (notification.result !== 'failed') return { at };
  const words = [statusCode, textOf(errorMessage), textOf(response)].filter(
    (word) => word !== undefined && word !== '',
  );
  return { at, fault: `not delivered: ${words.join(' ').slice(0, 300)}` };
}

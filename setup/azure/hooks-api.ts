import { type Json, recordsOf, textOf } from '../json.ts';
import type { Azure } from './client.ts';
import {
  type ConsumerAction,
  type EventType,
  type Inputs,
  type Subscription,
  type SubscriptionSettings,
  inputsOf,
  readEvent,
  readSubscription,
} from './hook-types.ts';
import { releaseUrl } from './organization.ts';

/** No typed client of the azure-devops-node-api has the service hooks; these are their documented REST calls. */
const version = 'api-version=7.1-preview.1';

/** Classic releases have a host of their own in the Services. */
const baseOf = (azure: Azure, publisherId: string): string =>
  publisherId === 'rm' ? releaseUrl(azure.organizationUrl) : azure.organizationUrl;

export async function listPublishers(azure: Azure): Promise<EventType[]> {
  const { value } = await azure.call('GET', `/_apis/hooks/publishers?${version}`, {
    does: 'list the publishers of events',
  });
  return recordsOf(value).flatMap((publisher) =>
    recordsOf(publisher.supportedEvents).map((event) => readEvent(textOf(publisher.id), event)),
  );
}

export async function getEventType(azure: Azure, publisherId: string, id: string): Promise<EventType> {
  const path = `/_apis/hooks/publishers/${encodeURIComponent(publisherId)}/eventtypes/${encodeURIComponent(id)}?${version}`;
  const json = await azure.call('GET', path, {
    does: `read the event ${id}`,
    base: baseOf(azure, publisherId),
  });
  return readEvent(publisherId, json);
}

export async function listConsumers(azure: Azure): Promise<ConsumerAction[]> {
  const { value } = await azure.call('GET', `/_apis/hooks/consumers?${version}`, {
    does: 'list the consumers of events',
  });
  return recordsOf(value).flatMap((consumer) =>
    recordsOf(consumer.actions).map((action) => ({
      consumerId: textOf(consumer.id),
      id: textOf(action.id),
      name: textOf(action.name),
      inputs: inputsOf(action),
    })),
  );
}

/** The values that a filter may have in this project, as the web page offers them; empty where any goes. */
export async function inputValues(
  azure: Azure,
  event: EventType,
  input: { id: string; current: Inputs },
): Promise<string[]> {
  const body = {
    currentValues: input.current,
    inputValues: [{ inputId: input.id }],
    scope: 10,
    subscription: null,
  };
  const path = `/_apis/hooks/publishers/${encodeURIComponent(event.publisherId)}/inputValuesQuery?${version}`;
  const answer = await azure.call('POST', path, {
    does: `ask for the values of ${input.id}`,
    body,
    base: baseOf(azure, event.publisherId),
  });
  const [values] = recordsOf(answer.inputValues);
  return values?.isLimitedToPossibleValues === true
    ? recordsOf(values.possibleValues).map((each) => textOf(each.value))
    : [];
}

export interface SubscriptionQuery {
  readonly publisherId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly consumerId?: string | undefined;
  readonly consumerActionId?: string | undefined;
  readonly projectId?: string | undefined;
}

/** The server filters: an unfiltered list of a large organization has tens of megabytes. */
export async function querySubscriptions(azure: Azure, query: SubscriptionQuery): Promise<Subscription[]> {
  const { projectId, ...members } = query;
  const condition = { inputId: 'projectId', operator: 'equals', inputValue: projectId, caseSensitive: false };
  const body = {
    ...members,
    ...(projectId !== undefined && { publisherInputFilters: [{ conditions: [condition] }] }),
  };
  const base = baseOf(azure, query.publisherId ?? '');
  const answer = await azure.call('POST', `/_apis/hooks/subscriptionsquery?${version}`, {
    does: 'list the subscriptions',
    body,
    base,
  });
  return recordsOf(answer.results).map(readSubscription);
}

const pathOf = (id: string): string => `/_apis/hooks/subscriptions/${encodeURIComponent(id)}?${version}`;

export async function getSubscription(azure: Azure, id: string): Promise<Subscription> {
  return readSubscription(await azure.call('GET', pathOf(id), { does: `read the subscription ${id}` }));
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

/** Replaces the whole subscription, and enables it: there is no call that changes a part. */
export async function replaceSubscription(
  azure: Azure,
  id: string,
  settings: SubscriptionSettings,
): Promise<Subscription> {
  const base = baseOf(azure, settings.publisherId);
  const body = { id, ...settings, status: 'enabled' };
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

export async function getNotification(azure: Azure, subscriptionId: string, id: string): Promise<Json> {
  const path = `/_apis/hooks/subscriptions/${encodeURIComponent(subscriptionId)}/notifications/${encodeURIComponent(id)}?${version}`;
  return azure.call('GET', path, { does: 'read the test notification' });
}

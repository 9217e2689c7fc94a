import { randomUUID } from 'node:crypto';
import { badRequest } from '../errors.ts';
import { type JsonObject, isObject, strings, text } from '../json.ts';
import type { Notification, Subscription } from '../model.ts';
import { type State, buildApiUrl } from '../state.ts';
import { deliverOnce, record, settle } from './delivery.ts';
import type { HookEvent } from './hook-event.ts';
import { payloadOf } from './payload.ts';
import { readSubscription, unmask } from './subscriptions.ts';

// The history keeps ids apart that no subscription has: a test notification belongs to none.
const testSubscriptionId = '00000000-0000-0000-0000-000000000000';

/** Sends what Azure DevOps makes up for a test, and says what the receiver answered. @throws AzureError 400 */
export async function sendTest(state: State, body: JsonObject): Promise<Notification> {
  const target = detailsOf(state, body);
  const event = sampleEvent(state, target);
  const notification = record(state, text(body.subscriptionId, testSubscriptionId), event);
  const payload = payloadOf(state, event, notification, target.consumerInputs);
  const delivered = await deliverOnce(state, target, payload);
  settle(notification, delivered);
  notification.details.request = JSON.stringify(payload);
  if (!delivered.isDelivered) {
    notification.details.errorMessage =
      delivered.status === undefined ? delivered.response : `The receiver answered ${delivered.status}.`;
  }
  return notification;
}

/** The details of a test; a mask stands for the input of the subscription that it came from. */
function detailsOf(state: State, { details, subscriptionId }: JsonObject): Subscription {
  if (!isObject(details)) throw badRequest('The notification has no details.', 'NotificationException');
  const own = state.subscriptions.get(text(subscriptionId))?.consumerInputs ?? {};
  const before = state.faults.testsWithMasks ? {} : own;
  return readSubscription(state, {
    ...details,
    consumerInputs: unmask(strings(details.consumerInputs), before),
  });
}

/** Nothing of it exists. */
function sampleEvent(state: State, { publisherId, eventType, resourceVersion }: Subscription): HookEvent {
  const id = 7777;
  const url = buildApiUrl(state, id);
  const run = { id, name: 'sample', state: 'completed', result: 'failed', url };
  const build = { id, buildNumber: 'sample', status: 'completed', result: 'failed', url };
  return {
    id: randomUUID(),
    publisherId,
    eventType,
    resourceVersion,
    message: 'This is a test notification.',
    resource: eventType === 'build.complete' ? build : { run, pipeline: { id: 1, name: 'sample' } },
    facts: {},
  };
}

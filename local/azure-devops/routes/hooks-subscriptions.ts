import { randomUUID } from 'node:crypto';
import { badRequest, notFound } from '../errors.ts';
import { deliverOnce, record, settle } from '../hooks/delivery.ts';
import type { HookEvent } from '../hooks/events.ts';
import { payloadOf } from '../hooks/payload.ts';
import {
  checkSubscription,
  masked,
  querySubscriptions,
  readSubscription,
  subscriptionJson,
} from '../hooks/subscriptions.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, queryOf, strings, text } from '../json.ts';
import type { Notification, Subscription } from '../model.ts';
import { type State, buildApiUrl } from '../state.ts';
import type { Routes } from './context.ts';

const hooks = '/_apis/hooks';
const subscriptions = `${hooks}/subscriptions`;
// The history keeps ids apart that no subscription has: a test notification belongs to none.
const testSubscriptionId = '00000000-0000-0000-0000-000000000000';

export function subscriptionOf(state: State, id: string): Subscription {
  const found = state.subscriptions.get(id.toLowerCase());
  if (found === undefined) {
    throw notFound(`The subscription '${id}' was not found.`, 'SubscriptionNotFoundException');
  }
  return found;
}

function subscriptionRoutes({ app, state }: Routes): void {
  app.get(subscriptions, (request) =>
    list(querySubscriptions(state, queryOf(request)).map((each) => subscriptionJson(state, each))),
  );
  app.post(subscriptions, (request) => {
    const subscription = readSubscription(state, bodyOf(request));
    state.subscriptions.set(subscription.id, subscription);
    return subscriptionJson(state, subscription);
  });
  app.get(`${subscriptions}/:id`, (request) =>
    subscriptionJson(state, subscriptionOf(state, paramOf(request, 'id'))),
  );
  app.put(`${subscriptions}/:id`, (request) => {
    const before = subscriptionOf(state, paramOf(request, 'id'));
    const subscription = readSubscription(state, bodyOf(request), before);
    state.subscriptions.set(subscription.id, subscription);
    return subscriptionJson(state, subscription);
  });
  app.delete(`${subscriptions}/:id`, (request, reply) => {
    state.subscriptions.delete(subscriptionOf(state, paramOf(request, 'id')).id);
    return reply.code(204).send();
  });
  app.post(`${hooks}/subscriptionsquery`, (request) => {
    const query = bodyOf(request);
    return {
      ...query,
      results: querySubscriptions(state, query).map((each) => subscriptionJson(state, each)),
    };
  });
}

/** What Azure DevOps makes up for a test: nothing of it exists. */
function sampleEvent(state: State, publisherId: string, eventType: string, version: string): HookEvent {
  const id = 7777;
  const url = buildApiUrl(state, id);
  const run = { id, name: 'sample', state: 'completed', result: 'failed', url };
  const build = { id, buildNumber: 'sample', status: 'completed', result: 'failed', url };
  return {
    id: randomUUID(),
    publisherId,
    eventType,
    resourceVersion: version,
    message: 'This is a test notification.',
    resource: eventType === 'build.complete' ? build : { run, pipeline: { id: 1, name: 'sample' } },
    facts: {},
  };
}

/** The details of a test; a mask stands for the input of the subscription that it came from. */
function detailsOf(state: State, body: JsonObject): Subscription {
  const details = isObject(body.details) ? body.details : undefined;
  if (details === undefined) throw badRequest('The notification has no details.', 'NotificationException');
  const before = state.subscriptions.get(text(body.subscriptionId));
  const consumerInputs = Object.fromEntries(
    Object.entries(strings(details.consumerInputs)).map(([name, value]) => [
      name,
      value === masked ? (before?.consumerInputs[name] ?? value) : value,
    ]),
  );
  return readSubscription(state, { ...details, consumerInputs });
}

async function test(state: State, body: JsonObject): Promise<Notification> {
  const target = detailsOf(state, body);
  checkSubscription(state, target);
  const event = sampleEvent(state, target.publisherId, target.eventType, target.resourceVersion);
  const notification = record(state, text(body.subscriptionId, testSubscriptionId), event);
  const to = {
    subscriptionId: notification.subscriptionId,
    notificationId: notification.id,
    inputs: target.consumerInputs,
  };
  const payload = payloadOf(state, event, to);
  const delivered = await deliverOnce(state, target, payload);
  settle(notification, delivered);
  notification.details.request = JSON.stringify(payload);
  if (!delivered.isDelivered) {
    notification.details.errorMessage =
      delivered.status === undefined ? delivered.response : `The receiver answered ${delivered.status}.`;
  }
  return notification;
}

export function hookSubscriptionRoutes(routes: Routes): void {
  const { app, state } = routes;
  subscriptionRoutes(routes);
  app.post(`${hooks}/testnotifications`, (request) => test(state, bodyOf(request)));
}

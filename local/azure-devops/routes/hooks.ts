import type { FastifyRequest } from 'fastify';
import { found } from '../errors.ts';
import { type ConsumerAction, type EventType, consumers, findEvent, publishers } from '../hooks/catalog.ts';
import { querySubscriptions, readSubscription, subscriptionJson } from '../hooks/subscriptions.ts';
import { sendTest } from '../hooks/test-notification.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, queryOf, text } from '../json.ts';
import type { Notification, Subscription } from '../model.ts';
import { type State, organizationUrl } from '../state.ts';
import { type RouteTable, type Routes, serve } from './context.ts';

const hooks = '/_apis/hooks';
const subscriptions = `${hooks}/subscriptions`;

function eventJson(state: State, event: EventType): JsonObject {
  const url = `${organizationUrl(state)}${hooks}/publishers/${event.publisherId}/eventTypes/${event.id}`;
  return { ...event, url };
}

function publisherJson(state: State, id: string, events: readonly EventType[]): JsonObject {
  const url = `${organizationUrl(state)}${hooks}/publishers/${id}`;
  return { id, url, name: id, supportedEvents: events.map((event) => eventJson(state, event)) };
}

function consumerJson(state: State, id: string, actions: readonly ConsumerAction[]): JsonObject {
  const url = `${organizationUrl(state)}${hooks}/consumers/${id}`;
  return { id, url, name: id, actions: actions.map((each) => ({ ...each, supportedEventTypes: ['*'] })) };
}

/** The values that an input may have now, for those that depend on the project. */
function valuesOf(state: State, inputId: string): { value: string; displayValue: string }[] {
  const pipelines = [...state.pipelines.values()];
  switch (inputId) {
    case 'projectId':
      return [{ value: state.project.id, displayValue: state.project.name }];
    case 'definitionName':
      return pipelines.map(({ name }) => ({ value: name, displayValue: name }));
    case 'pipelineId':
      return pipelines.map(({ id, name }) => ({ value: String(id), displayValue: name }));
    default:
      return [];
  }
}

function inputValues(state: State, body: JsonObject): JsonObject {
  const asked = Array.isArray(body.inputValues) ? body.inputValues.filter(isObject) : [];
  const answers = asked.map(({ inputId }) => ({
    inputId,
    isLimitedToPossibleValues: true,
    possibleValues: valuesOf(state, text(inputId)),
  }));
  return { ...body, inputValues: answers };
}

const catalogRoutes = (state: State): RouteTable => ({
  [`GET ${hooks}/publishers`]: () =>
    list([...publishers].map(([id, events]) => publisherJson(state, id, events))),
  [`GET ${hooks}/publishers/:publisher/eventtypes/:type`]: (request) => {
    const type = paramOf(request, 'type');
    const event = findEvent(paramOf(request, 'publisher'), type);
    return eventJson(
      state,
      found(event, `The event type '${type}' was not found.`, 'EventTypeNotFoundException'),
    );
  },
  [`POST ${hooks}/publishers/:publisher/inputValuesQuery`]: (request) => inputValues(state, bodyOf(request)),
  [`GET ${hooks}/consumers`]: () =>
    list([...consumers].map(([id, actions]) => consumerJson(state, id, actions))),
});

function subscriptionAt(state: State, request: FastifyRequest): Subscription {
  const id = paramOf(request, 'id');
  const message = `The subscription '${id}' was not found.`;
  return found(state.subscriptions.get(id.toLowerCase()), message, 'SubscriptionNotFoundException');
}

function write(state: State, request: FastifyRequest, before?: Subscription): JsonObject {
  const subscription = readSubscription(state, bodyOf(request), before);
  state.subscriptions.set(subscription.id, subscription);
  return subscriptionJson(state, subscription);
}

const find = (state: State, query: JsonObject): JsonObject[] =>
  querySubscriptions(state, query).map((each) => subscriptionJson(state, each));

const subscriptionRoutes = (state: State): RouteTable => ({
  [`GET ${subscriptions}`]: (request) => list(find(state, queryOf(request))),
  [`POST ${hooks}/subscriptionsquery`]: (request) => {
    const query = bodyOf(request);
    return { ...query, results: find(state, query) };
  },
  [`POST ${subscriptions}`]: (request) => write(state, request),
  [`GET ${subscriptions}/:id`]: (request) => subscriptionJson(state, subscriptionAt(state, request)),
  [`PUT ${subscriptions}/:id`]: (request) => write(state, request, subscriptionAt(state, request)),
  [`DELETE ${subscriptions}/:id`]: (request, reply) => {
    state.subscriptions.delete(subscriptionAt(state, request).id);
    return reply.code(204).send();
  },
});

/** The newest first; a status or result that is not given asks for any. */
function deliveriesOf(state: State, request: FastifyRequest): Notification[] {
  const { id } = subscriptionAt(state, request);
  const { maxResults = '100', status, result } = queryOf(request);
  return state.notifications
    .filter((each) => each.subscriptionId === id)
    .filter((each) => each.status === (status ?? each.status) && each.result === (result ?? each.result))
    .reverse()
    .slice(0, Number(maxResults));
}

const deliveryRoutes = (state: State): RouteTable => ({
  [`GET ${subscriptions}/:id/notifications`]: (request) => list(deliveriesOf(state, request)),
  [`GET ${subscriptions}/:id/notifications/:notification`]: (request) => {
    const id = paramOf(request, 'notification');
    const notification = state.notifications.find((each) => each.id === Number(id));
    return found(notification, `The notification ${id} was not found.`, 'NotificationNotFoundException');
  },
  [`POST ${hooks}/testnotifications`]: (request) => sendTest(state, bodyOf(request)),
});

/** What can be subscribed to, subscriptions, and what became of events. */
export function hookRoutes(routes: Routes): void {
  const { state } = routes;
  const access = { resource: `PublisherSecurity/${state.project.id}`, permission: 'View Subscriptions' };
  for (const table of [catalogRoutes(state), subscriptionRoutes(state), deliveryRoutes(state)])
    serve(routes, access, table);
}

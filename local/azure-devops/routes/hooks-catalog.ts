import { requireMember } from '../auth.ts';
import { notFound } from '../errors.ts';
import {
  type ConsumerAction,
  type EventType,
  consumers,
  findAction,
  findEvent,
  publishers,
} from '../hooks/catalog.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, text } from '../json.ts';
import { type State, organizationUrl } from '../state.ts';
import { type Routes, callerOf } from './context.ts';

const hooks = '/_apis/hooks';

const eventJson = (state: State, event: EventType): JsonObject => ({
  ...event,
  url: `${organizationUrl(state)}${hooks}/publishers/${event.publisherId}/eventTypes/${event.id}`,
});

function eventsOf(publisherId: string): readonly EventType[] {
  const publisher = publishers.get(publisherId);
  if (publisher === undefined) {
    throw notFound(`The publisher '${publisherId}' was not found.`, 'PublisherNotFoundException');
  }
  return publisher.events;
}

function publisherJson(state: State, id: string): JsonObject {
  const events = eventsOf(id);
  const supportedEvents = events.map((event) => eventJson(state, event));
  const url = `${organizationUrl(state)}${hooks}/publishers/${id}`;
  return { id, url, name: publishers.get(id)?.name, description: '', supportedEvents };
}

const actionJson = (state: State, action: ConsumerAction): JsonObject => ({
  ...action,
  supportedEventTypes: ['*'],
  url: `${organizationUrl(state)}${hooks}/consumers/${action.consumerId}/actions/${action.id}`,
});

function consumerJson(state: State, id: string): JsonObject {
  const consumer = consumers.get(id);
  if (consumer === undefined)
    throw notFound(`The consumer '${id}' was not found.`, 'ConsumerNotFoundException');
  const url = `${organizationUrl(state)}${hooks}/consumers/${id}`;
  return {
    id,
    url,
    name: consumer.name,
    actions: consumer.actions.map((action) => actionJson(state, action)),
  };
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

function publisherRoutes({ app, state }: Routes): void {
  app.addHook('preHandler', (request, _reply, done) => {
    const [path = ''] = request.url.split('?');
    if (path.includes(`${hooks}/`)) {
      requireMember(callerOf(state, request), `PublisherSecurity/${state.project.id}`, 'View Subscriptions');
    }
    done();
  });
  app.get(`${hooks}/publishers`, () => list([...publishers.keys()].map((id) => publisherJson(state, id))));
  app.get(`${hooks}/publishers/:id`, (request) => publisherJson(state, paramOf(request, 'id')));
  app.get(`${hooks}/publishers/:id/eventtypes`, (request) =>
    list(eventsOf(paramOf(request, 'id')).map((event) => eventJson(state, event))),
  );
  app.get(`${hooks}/publishers/:id/eventtypes/:type`, (request) => {
    const type = paramOf(request, 'type');
    const event = findEvent(paramOf(request, 'id'), type);
    if (event === undefined)
      throw notFound(`The event type '${type}' was not found.`, 'EventTypeNotFoundException');
    return eventJson(state, event);
  });
  app.post(`${hooks}/publishersquery`, (request) => {
    const query = bodyOf(request);
    const ids = Array.isArray(query.publisherIds) ? query.publisherIds : [...publishers.keys()];
    return { ...query, results: ids.map((id) => publisherJson(state, String(id))) };
  });
  app.post(`${hooks}/publishers/:id/inputValuesQuery`, (request) => inputValues(state, bodyOf(request)));
}

function consumerRoutes({ app, state }: Routes): void {
  app.get(`${hooks}/consumers`, () => list([...consumers.keys()].map((id) => consumerJson(state, id))));
  app.get(`${hooks}/consumers/:id`, (request) => consumerJson(state, paramOf(request, 'id')));
  app.get(`${hooks}/consumers/:id/actions`, (request) =>
    list((consumers.get(paramOf(request, 'id'))?.actions ?? []).map((action) => actionJson(state, action))),
  );
  app.get(`${hooks}/consumers/:id/actions/:action`, (request) => {
    const action = findAction(paramOf(request, 'id'), paramOf(request, 'action'));
    if (action === undefined)
      throw notFound('The consumer action was not found.', 'ConsumerActionNotFoundException');
    return actionJson(state, action);
  });
}

export function hookCatalogRoutes(routes: Routes): void {
  publisherRoutes(routes);
  consumerRoutes(routes);
}

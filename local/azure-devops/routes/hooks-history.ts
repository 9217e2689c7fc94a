import { notFound } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, list, paramOf, queryOf, text } from '../json.ts';
import type { Notification } from '../model.ts';
import type { State } from '../state.ts';
import type { Routes } from './context.ts';
import { subscriptionOf } from './hooks-subscriptions.ts';

const hooks = '/_apis/hooks';
const notifications = `${hooks}/subscriptions/:id/notifications`;

/** The newest first; a member that is not given asks for any. */
function find(
  state: State,
  wanted: {
    readonly ids: readonly string[];
    readonly status: string;
    readonly result: string;
    readonly most: number;
  },
): Notification[] {
  const { ids, status, result, most } = wanted;
  const found = state.notifications.filter(
    (each) =>
      (ids.length === 0 || ids.includes(each.subscriptionId)) &&
      (status === '' || each.status === status) &&
      (result === '' || each.result === result),
  );
  return found.reverse().slice(0, most);
}

function historyRoutes({ app, state }: Routes): void {
  app.get(notifications, (request) => {
    const { id } = subscriptionOf(state, paramOf(request, 'id'));
    const { maxResults = '100', status = '', result = '' } = queryOf(request);
    return list(find(state, { ids: [id], status, result, most: Number(maxResults) }));
  });
  app.get(`${notifications}/:notification`, (request) => {
    const id = Number(paramOf(request, 'notification'));
    const found = state.notifications.find((each) => each.id === id);
    if (found === undefined)
      throw notFound(`The notification ${id} was not found.`, 'NotificationNotFoundException');
    return found;
  });
  app.post(`${hooks}/notificationsquery`, (request) => {
    const query = bodyOf(request);
    const ids = Array.isArray(query.subscriptionIds) ? query.subscriptionIds.map(String) : [];
    const most = typeof query.maxResults === 'number' ? query.maxResults : 100;
    return {
      ...query,
      results: find(state, { ids, status: text(query.status), result: text(query.resultType), most }),
    };
  });
}

interface Diagnostics {
  readonly deliveryResults: { readonly enabled: boolean };
  readonly deliveryTracing: { readonly enabled: boolean };
  readonly evaluationTracing: { readonly enabled: boolean };
}

const isEnabled = (value: unknown): { enabled: boolean } => ({
  enabled: isObject(value) && value.enabled === true,
});

const readDiagnostics = (body: JsonObject): Diagnostics => ({
  deliveryResults: isEnabled(body.deliveryResults),
  deliveryTracing: isEnabled(body.deliveryTracing),
  evaluationTracing: isEnabled(body.evaluationTracing),
});

function diagnosticsRoutes({ app, state }: Routes): void {
  const known = new Map<string, Diagnostics>();
  const path = `${hooks}/subscriptions/:id/diagnostics`;
  app.get(path, (request) => {
    const { id } = subscriptionOf(state, paramOf(request, 'id'));
    return known.get(id) ?? readDiagnostics({});
  });
  app.put(path, (request) => {
    const { id } = subscriptionOf(state, paramOf(request, 'id'));
    const diagnostics = readDiagnostics(bodyOf(request));
    known.set(id, diagnostics);
    return diagnostics;
  });
}

/** What became of events, and what of it is traced. */
export function hookHistoryRoutes(routes: Routes): void {
  historyRoutes(routes);
  diagnosticsRoutes(routes);
}

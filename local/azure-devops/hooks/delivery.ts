import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../json.ts';
import type { Change, Notification, Subscription } from '../model.ts';
import type { State } from '../state.ts';
import { eventOf } from './events.ts';
import type { HookEvent } from './hook-event.ts';
import { payloadOf, wholeEvent } from './payload.ts';

type Target = Pick<Subscription, 'id' | 'consumerId' | 'consumerActionId' | 'consumerInputs'>;

export interface Delivered {
  readonly isDelivered: boolean;
  /** HTTP status of the receiver; absent where none answered. */
  readonly status?: number;
  readonly response: string;
}

const transientStatuses = new Set([408, 502, 503, 504]);
// Azure DevOps waits as many seconds; the further tries of a subscription on probation, hours later, are not modelled.
const defaultDelays = [1, 2, 4, 8, 16, 32, 60, 60];

function headersOf(inputs: Readonly<Record<string, string>>): Headers {
  const headers = new Headers({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'VSServices/19.0 (local)',
  });
  const { basicAuthUsername = '', basicAuthPassword = '' } = inputs;
  if (basicAuthUsername !== '' || basicAuthPassword !== '') {
    headers.set(
      'authorization',
      `Basic ${Buffer.from(`${basicAuthUsername}:${basicAuthPassword}`).toString('base64')}`,
    );
  }
  for (const line of (inputs.httpHeaders ?? '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return headers;
}

async function post(inputs: Readonly<Record<string, string>>, payload: JsonObject): Promise<Delivered> {
  try {
    const response = await fetch((inputs.url ?? '').trim(), {
      method: 'POST',
      headers: headersOf(inputs),
      body: JSON.stringify(payload),
      redirect: 'manual',
    });
    return { isDelivered: response.ok, status: response.status, response: await response.text() };
  } catch (error) {
    return { isDelivered: false, response: error instanceof Error ? error.message : String(error) };
  }
}

/** One try through one consumer. */
export async function deliverOnce(state: State, target: Target, payload: JsonObject): Promise<Delivered> {
  const { consumerId, consumerActionId, consumerInputs } = target;
  if (consumerId === 'webHooks') return post(consumerInputs, payload);
  if (consumerId === 'slack') return post(consumerInputs, { text: payload.message });
  const queue = consumerInputs.queueName ?? consumerInputs.topicName ?? consumerActionId;
  state.queueMessages.push({ queue, body: payload });
  return { isDelivered: true, status: 201, response: '' };
}

const isWanted = (subscription: Subscription, event: HookEvent): boolean =>
  Object.entries(event.facts).every(([input, value]) => {
    const wanted = subscription.publisherInputs[input] ?? '';
    return wanted === '' || wanted.toLowerCase() === value.toLowerCase();
  });

export function record(state: State, subscriptionId: string, event: Pick<HookEvent, 'id'>): Notification {
  const notification: Notification = {
    id: state.notifications.length + 1,
    subscriptionId,
    eventId: event.id,
    createdDate: new Date().toISOString(),
    status: 'requestInProgress',
    result: 'pending',
    details: {},
  };
  state.notifications.push(notification);
  return notification;
}

export function settle(notification: Notification, delivered: Delivered): void {
  notification.status = 'completed';
  notification.result = delivered.isDelivered ? 'succeeded' : 'failed';
  notification.details.response = delivered.response;
  if (delivered.status !== undefined) notification.details.statusCode = delivered.status;
}

async function deliver(state: State, subscription: Subscription, payload: JsonObject): Promise<Delivered> {
  let delivered = await deliverOnce(state, subscription, payload);
  for (const delay of state.options.deliveryDelays ?? defaultDelays) {
    if (delivered.isDelivered || !transientStatuses.has(delivered.status ?? 0)) break;
    await sleep(delay, undefined, { ref: false });
    delivered = await deliverOnce(state, subscription, payload);
  }
  if (!delivered.isDelivered)
    subscription.status = delivered.status === 410 ? 'disabledBySystem' : 'onProbation';
  return delivered;
}

/** Sends events to subscribers, and knows when all of them are done. */
export class Deliveries {
  readonly #state: State;
  readonly #pending = new Set<Promise<void>>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Events for a subscription that is on probation or disabled are lost. */
  tell(change: Change): void {
    for (const subscription of this.#state.subscriptions.values()) {
      if (subscription.status !== 'enabled') continue;
      const event = eventOf(this.#state, change, subscription.resourceVersion);
      if (subscription.eventType !== event.eventType || !isWanted(subscription, event)) continue;
      const sending = this.#send(subscription, event).finally(() => this.#pending.delete(sending));
      this.#pending.add(sending);
    }
  }

  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async #send(subscription: Subscription, event: HookEvent): Promise<void> {
    const notification = record(this.#state, subscription.id, event);
    const payload = payloadOf(this.#state, event, notification, subscription.consumerInputs);
    notification.details.event = wholeEvent(this.#state, event, notification);
    settle(notification, await deliver(this.#state, subscription, payload));
  }
}

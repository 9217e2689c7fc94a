import type { JsonObject } from '../json.ts';
import type { Notification } from '../model.ts';
import { type State, organizationUrl } from '../state.ts';
import type { HookEvent } from './hook-event.ts';

const messageJson = (message: string): JsonObject => ({ text: message, html: message, markdown: message });

function messagePart(wanted: string | undefined, message: string): JsonObject | undefined {
  if (wanted === 'all') return messageJson(message);
  if (wanted === 'text' || wanted === 'html' || wanted === 'markdown') return { [wanted]: message };
  return undefined;
}

/** Which part of the resource is sent. Not set, the API means `minimal`, which has no more than where to look. */
function resourcePart(wanted: string | undefined, resource: JsonObject): JsonObject | undefined {
  if (wanted === 'all') return resource;
  if (wanted === 'none') return undefined;
  const { id, url } = resource;
  return { ...(id !== undefined && { id }), ...(url !== undefined && { url }) };
}

/** What a subscriber is sent who asks for everything, and the history keeps. */
export const wholeEvent = (state: State, event: HookEvent, notification: Notification): JsonObject =>
  payloadOf(state, event, notification, {
    resourceDetailsToSend: 'all',
    messagesToSend: 'all',
    detailedMessagesToSend: 'all',
  });

/** The body that a receiver gets, as far as the consumer's `…ToSend` inputs ask for it. */
export function payloadOf(
  state: State,
  event: HookEvent,
  { id: notificationId, subscriptionId }: Notification,
  inputs: Readonly<Record<string, string>>,
): JsonObject {
  const resource = resourcePart(inputs.resourceDetailsToSend, event.resource);
  const message = messagePart(inputs.messagesToSend, event.message);
  const detailedMessage = messagePart(inputs.detailedMessagesToSend, event.message);
  const baseUrl = `${organizationUrl(state)}/`;
  return {
    subscriptionId,
    notificationId,
    id: event.id,
    eventType: event.eventType,
    publisherId: event.publisherId,
    ...(message && { message }),
    ...(detailedMessage && { detailedMessage }),
    ...(resource && { resource }),
    resourceVersion: event.resourceVersion,
    resourceContainers: {
      collection: { id: state.collectionId, baseUrl },
      account: { id: state.collectionId, baseUrl },
      ...(event.hasNoProject !== true && { project: { id: state.project.id, baseUrl } }),
    },
    createdDate: new Date().toISOString(),
  };
}

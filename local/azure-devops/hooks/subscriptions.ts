import { randomUUID } from 'node:crypto';
import { identityJson } from '../build-json.ts';
import { AzureError, badRequest } from '../errors.ts';
import { type JsonObject, isObject, strings, text } from '../json.ts';
import type { Subscription, SubscriptionStatus } from '../model.ts';
import { type State, organizationUrl } from '../state.ts';
import { findAction, findEvent, publishers } from './catalog.ts';
import type { InputDescriptor } from './descriptors.ts';

/** What an answer shows in place of a confidential input. */
const masked = '********';

const isStatus = (value: unknown): value is SubscriptionStatus =>
  value === 'enabled' || value === 'disabledByUser';

/** A value the stand-in gives back where the caller sent the mask: the one it had. */
export function unmask(
  given: Record<string, string>,
  before: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === masked ? (before[name] ?? value) : value]),
  );
}

const badInput = (message: string): AzureError => badRequest(message, 'SubscriptionInputException');

function checkInputs(
  scope: string,
  descriptors: readonly InputDescriptor[],
  given: Record<string, string>,
): void {
  const serverOwn = ['tfsSubscriptionId', 'hostId'];
  for (const [name, value] of Object.entries(given)) {
    const descriptor = descriptors.find((each) => each.id === name);
    if (descriptor === undefined && !serverOwn.includes(name)) {
      throw badInput(`Subscription input '${name}' is not supported at scope '${scope}'.`);
    }
    const values = descriptor?.values;
    const isKnown = values?.possibleValues.some((each) => each.value.toLowerCase() === value.toLowerCase());
    if (values?.isLimitedToPossibleValues === true && value !== '' && isKnown !== true) {
      throw badInput(`Value '${value}' is not valid for subscription input '${name}'.`);
    }
  }
  const missing = descriptors.find((each) => each.validation.isRequired && (given[each.id] ?? '') === '');
  if (missing !== undefined) {
    throw badInput(`Subscription input '${missing.id}' at scope '${scope}' is required.`);
  }
}

/** @throws AzureError 400 with the words of what is wrong */
function checkSubscription(state: State, subscription: Subscription): void {
  const { publisherId, eventType, consumerId, consumerActionId, resourceVersion } = subscription;
  if (!publishers.has(publisherId)) {
    throw badRequest(`The publisher '${publisherId}' was not found.`, 'PublisherNotFoundException');
  }
  const event = findEvent(publisherId, eventType);
  if (event === undefined) {
    throw badRequest(
      `The event type '${eventType}' was not found for publisher '${publisherId}'.`,
      'EventTypeNotFoundException',
    );
  }
  if (resourceVersion !== '' && !event.supportedResourceVersions.includes(resourceVersion)) {
    throw badRequest(
      `Resource version '${resourceVersion}' is not supported by event type '${eventType}'.`,
      'InvalidResourceVersionException',
    );
  }
  const action = findAction(consumerId, consumerActionId);
  if (action === undefined) {
    throw badRequest(
      `The consumer action '${consumerActionId}' was not found for consumer '${consumerId}'.`,
      'ConsumerActionNotFoundException',
    );
  }
  checkInputs('publisher', event.inputDescriptors, subscription.publisherInputs);
  checkInputs('consumer', action.inputDescriptors, subscription.consumerInputs);
  const projectId = subscription.publisherInputs.projectId ?? '';
  if (projectId !== '' && projectId !== state.project.id) {
    throw new AzureError(
      404,
      'ProjectDoesNotExistException',
      `VS800075: The project with id '${projectId}' does not exist, or you do not have permission to access it.`,
    );
  }
}

/** Makes, or with `before` replaces, a subscription out of a request's body. There is no check for duplicates. */
export function readSubscription(state: State, body: JsonObject, before?: Subscription): Subscription {
  const now = new Date().toISOString();
  const event = findEvent(text(body.publisherId), text(body.eventType));
  const kept = state.faults.forgetsSecrets ? {} : (before?.consumerInputs ?? {});
  const given: Subscription = {
    id: before?.id ?? randomUUID(),
    publisherId: text(body.publisherId),
    eventType: text(body.eventType),
    resourceVersion: text(body.resourceVersion) || (event?.supportedResourceVersions.at(-1) ?? ''),
    consumerId: text(body.consumerId),
    consumerActionId: text(body.consumerActionId),
    publisherInputs: strings(body.publisherInputs),
    consumerInputs: unmask(strings(body.consumerInputs), kept),
    status: isStatus(body.status) ? body.status : 'enabled',
    createdDate: before?.createdDate ?? now,
    modifiedDate: now,
  };
  checkSubscription(state, given);
  return {
    ...given,
    publisherInputs: {
      ...Object.fromEntries((event?.inputDescriptors ?? []).map((each) => [each.id, ''])),
      ...given.publisherInputs,
      tfsSubscriptionId: before?.publisherInputs.tfsSubscriptionId ?? randomUUID(),
      hostId: state.collectionId,
    },
  };
}

function maskInputs(subscription: Subscription): Record<string, string> {
  const action = findAction(subscription.consumerId, subscription.consumerActionId);
  const isConfidential = (name: string): boolean =>
    action?.inputDescriptors.some((each) => each.id === name && each.isConfidential) === true;
  return Object.fromEntries(
    Object.entries(subscription.consumerInputs).map(([name, value]) => [
      name,
      isConfidential(name) ? masked : value,
    ]),
  );
}

export function subscriptionJson(state: State, subscription: Subscription): JsonObject {
  const url = `${organizationUrl(state)}/_apis/hooks/subscriptions/${subscription.id}`;
  const { createdDate, modifiedDate, ...rest } = subscription;
  return {
    ...rest,
    url,
    eventDescription: findEvent(subscription.publisherId, subscription.eventType)?.name ?? '',
    actionDescription: `To ${subscription.consumerInputs.url ?? subscription.consumerInputs.queueName ?? ''}`,
    consumerInputs: maskInputs(subscription),
    subscriber: null,
    createdBy: identityJson(state),
    createdDate,
    modifiedBy: identityJson(state),
    modifiedDate,
    _links: { self: { href: url } },
  };
}

function conditionsOf(filters: unknown): [input: string, value: string][] {
  const all: unknown[] = Array.isArray(filters) ? filters : [];
  return all
    .flatMap((filter) => (isObject(filter) ? (filter.conditions as unknown[]) : []))
    .filter(isObject)
    .map(({ inputId, inputValue }) => [text(inputId), text(inputValue)]);
}

/** The subscriptions that a query asks for; a member that is missing or empty asks for any. */
export function querySubscriptions(state: State, query: JsonObject): Subscription[] {
  const members = ['publisherId', 'eventType', 'consumerId', 'consumerActionId'] as const;
  return [...state.subscriptions.values()].filter(
    (subscription) =>
      members.every((member) => text(query[member]) === '' || text(query[member]) === subscription[member]) &&
      conditionsOf(query.publisherInputFilters).every(
        ([input, value]) => (subscription.publisherInputs[input] ?? '').toLowerCase() === value.toLowerCase(),
      ),
  );
}

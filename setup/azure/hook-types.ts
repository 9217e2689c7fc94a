import { type Json, recordOf, recordsOf, textOf } from '../json.ts';

/** The service hooks' objects, as far as they are used here, and how they are read out of answers. */

export type Inputs = Readonly<Record<string, string>>;

/** What a subscription is made of. */
export interface SubscriptionSettings {
  readonly publisherId: string;
  readonly eventType: string;
  readonly resourceVersion?: string | undefined;
  readonly consumerId: string;
  readonly consumerActionId: string;
  readonly publisherInputs: Inputs;
  readonly consumerInputs: Inputs;
}

export interface Subscription extends SubscriptionSettings {
  readonly id: string;
  /** `enabled`, `onProbation`, `disabledByUser`, `disabledBySystem` or `disabledByInactiveIdentity`. */
  readonly status: string;
  readonly eventDescription: string;
  readonly actionDescription: string;
  /** As it was answered. */
  readonly raw: Json;
}

export interface InputDescriptor {
  readonly id: string;
  readonly name: string;
  readonly isConfidential: boolean;
  readonly isRequired: boolean;
  readonly isDynamic: boolean;
  /** Empty where any value goes. */
  readonly values: readonly string[];
}

export interface EventType {
  readonly publisherId: string;
  readonly id: string;
  readonly name: string;
  readonly versions: readonly string[];
  readonly inputs: readonly InputDescriptor[];
}

export interface ConsumerAction {
  readonly consumerId: string;
  readonly id: string;
  readonly name: string;
  readonly inputs: readonly InputDescriptor[];
}

const stringsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(recordOf(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

function readInput(json: Json): InputDescriptor {
  const values = recordOf(json.values);
  const validation = recordOf(json.validation);
  const isLimited = values.isLimitedToPossibleValues === true;
  return {
    id: textOf(json.id),
    name: textOf(json.name),
    isConfidential: json.isConfidential === true,
    isRequired: validation.isRequired === true,
    isDynamic: json.hasDynamicValueInformation === true,
    values: isLimited ? recordsOf(values.possibleValues).map((each) => textOf(each.value)) : [],
  };
}

export const inputsOf = (json: Json): InputDescriptor[] => recordsOf(json.inputDescriptors).map(readInput);

export const readEvent = (publisherId: string, json: Json): EventType => ({
  publisherId,
  id: textOf(json.id),
  name: textOf(json.name),
  versions: Array.isArray(json.supportedResourceVersions) ? json.supportedResourceVersions.map(String) : [],
  inputs: inputsOf(json),
});

export function readSubscription(raw: Json): Subscription {
  return {
    id: textOf(raw.id),
    status: textOf(raw.status),
    publisherId: textOf(raw.publisherId),
    eventType: textOf(raw.eventType),
    resourceVersion: textOf(raw.resourceVersion),
    consumerId: textOf(raw.consumerId),
    consumerActionId: textOf(raw.consumerActionId),
    publisherInputs: stringsOf(raw.publisherInputs),
    consumerInputs: stringsOf(raw.consumerInputs),
    eventDescription: textOf(raw.eventDescription),
    actionDescription: textOf(raw.actionDescription),
    raw,
  };
}

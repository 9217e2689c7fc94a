import { type ConsumerAction, consumers } from './consumers.ts';
import { type EventType, publishers } from './publishers.ts';

export type { ConsumerAction } from './consumers.ts';
export { consumers } from './consumers.ts';
export type { InputDescriptor } from './descriptors.ts';
export type { EventType } from './publishers.ts';
export { publishers } from './publishers.ts';

export const findEvent = (publisherId: string, eventType: string): EventType | undefined =>
  publishers.get(publisherId)?.events.find((event) => event.id === eventType);

export const findAction = (consumerId: string, actionId: string): ConsumerAction | undefined =>
  consumers.get(consumerId)?.actions.find((each) => each.id === actionId);

import type { Entity, JsonObject, Run } from './model.ts';

/** An event that automations listen to, in the shape their JQ sees. */
export interface PortEvent {
  readonly types: readonly string[];
  /** The blueprint (entity events) or the action (run events) that a trigger names. */
  readonly subject: string;
  /** The property whose time is up, where that is the event. */
  readonly property?: string;
  readonly data: JsonObject;
  readonly change: PortChange;
}

/** Something that a page about this Port would show anew. An entity's identifier stands behind its blueprint's: `service/checkout`. */
export interface PortChange {
  readonly resource: 'entity' | 'run' | 'log' | 'workflowRun' | 'nodeRun';
  /** Of a log, that of its run. */
  readonly identifier: string;
}

interface Change<T> {
  readonly before: T | null;
  readonly after: T | null;
  readonly at: Date;
  readonly by: string;
}

function changeOf(change: Change<unknown>): 'CREATE' | 'UPDATE' | 'DELETE' {
  if (change.before === null) return 'CREATE';
  return change.after === null ? 'DELETE' : 'UPDATE';
}

const PAST = { CREATE: 'CREATED', UPDATE: 'UPDATED', DELETE: 'DELETED' } as const;

function eventData(resourceType: string, change: Change<unknown>, context: JsonObject): JsonObject {
  return {
    action: changeOf(change),
    resourceType,
    status: 'SUCCESS',
    trigger: { by: { user: { email: change.by } }, at: change.at.toISOString(), origin: 'API' },
    context,
    diff: { before: change.before, after: change.after },
  };
}

export function entityEvent(change: Change<Entity>): PortEvent {
  const { blueprint = '', identifier = '' } = change.after ?? change.before ?? {};
  const context = { blueprintIdentifier: blueprint, entityIdentifier: identifier };
  return {
    types: [`ENTITY_${PAST[changeOf(change)]}`, 'ANY_ENTITY_CHANGE'],
    subject: blueprint,
    data: eventData('entity', change, { ...context, blueprint, entity: identifier }),
    change: { resource: 'entity', identifier: `${blueprint}/${identifier}` },
  };
}

/** Entity, blueprint and property stand in `context`, the entity in `diff` as well. */
export function timerEvent(entity: Entity, property: string, at: Date): PortEvent {
  const { blueprint, identifier } = entity;
  const context = {
    blueprintIdentifier: blueprint,
    entityIdentifier: identifier,
    propertyIdentifier: property,
  };
  const data = eventData('entity', { before: entity, after: entity, at, by: 'port' }, context);
  return {
    types: ['TIMER_PROPERTY_EXPIRED'],
    subject: blueprint,
    property,
    data: { ...data, action: 'TIMER_EXPIRED' },
    change: { resource: 'entity', identifier: `${blueprint}/${identifier}` },
  };
}

export function runEvent(change: Change<Run>): PortEvent {
  const run = change.after ?? change.before;
  return {
    types: [`RUN_${PAST[changeOf(change)]}`, 'ANY_RUN_CHANGE'],
    subject: run?.action ?? '',
    data: eventData('run', change, { runId: run?.id, actionIdentifier: run?.action }),
    change: { resource: 'run', identifier: run?.id ?? '' },
  };
}

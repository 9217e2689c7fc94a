import type { Context } from '../context.ts';
import type { PortEvent } from '../events.ts';
import type { Action, ActionTrigger } from '../model.ts';
import { invoke } from './invocation.ts';
import { jq } from './jq.ts';
import { createRun } from './runs.ts';

/** Runs every automation that listens to this event and whose JQ condition holds. */
export function runAutomations(context: Context, event: PortEvent): void {
  for (const action of context.store.actions.values()) {
    const { trigger, publish } = action;
    if (trigger.type === 'automation' && publish !== false && listensTo(trigger.event, event))
      context.background.start(() => runAutomation(context, action, event));
  }
}

export function listensTo(awaited: ActionTrigger['event'], { types, subject, property }: PortEvent): boolean {
  const { type = '', blueprintIdentifier, actionIdentifier, propertyIdentifier } = awaited ?? {};
  const isSubject = (blueprintIdentifier ?? actionIdentifier) === subject && propertyIdentifier === property;
  return types.includes(type) && isSubject;
}

async function runAutomation(context: Context, action: Action, event: PortEvent): Promise<void> {
  if (!(await holds(action.trigger.condition, event))) return;
  const run = createRun(context, { action, properties: {}, source: 'AUTOMATION', by: 'port' });
  await invoke(context, action, run, event.data);
}

export async function holds(condition: ActionTrigger['condition'], event: PortEvent): Promise<boolean> {
  const { expressions = [], combinator = 'and' } = condition ?? {};
  if (expressions.length === 0) return true;
  const results = await Promise.all(expressions.map((expression) => jq(expression, event.data)));
  const isTrue = (result: unknown): boolean => result === true;
  return combinator === 'or' ? results.some(isTrue) : results.every(isTrue);
}

import type { Context } from '../context.ts';
import type { PortEvent } from '../events.ts';
import type { Action } from '../model.ts';
import { invoke } from './invocation.ts';
import { jq } from './jq.ts';
import { createRun } from './runs.ts';

/** Runs every automation that listens to this event and whose JQ condition holds. */
export function runAutomations(context: Context, event: PortEvent): void {
  for (const action of context.store.actions.values())
    if (listensTo(action, event)) context.background.start(() => runAutomation(context, action, event));
}

function listensTo({ trigger, publish }: Action, event: PortEvent): boolean {
  if (trigger.type !== 'automation' || publish === false) return false;
  const { type = '', blueprintIdentifier, actionIdentifier } = trigger.event ?? {};
  return event.types.includes(type) && (blueprintIdentifier ?? actionIdentifier) === event.subject;
}

async function runAutomation(context: Context, action: Action, event: PortEvent): Promise<void> {
  if (!(await holds(action, event))) return;
  const run = createRun(context, { action, properties: {}, source: 'AUTOMATION', by: 'port' });
  await invoke(context, action, run, event.data);
}

async function holds({ trigger: { condition } }: Action, event: PortEvent): Promise<boolean> {
  const { expressions = [], combinator = 'and' } = condition ?? {};
  if (expressions.length === 0) return true;
  const results = await Promise.all(expressions.map((expression) => jq(expression, event.data)));
  const isTrue = (result: unknown): boolean => result === true;
  return combinator === 'or' ? results.some(isTrue) : results.every(isTrue);
}

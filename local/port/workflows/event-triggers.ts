import { holds, listensTo } from '../actions/automations.ts';
import type { Context } from '../context.ts';
import type { PortEvent } from '../events.ts';
import { startWorkflow } from './runs.ts';

/** Starts every workflow whose trigger listens to this event and whose JQ condition holds. */
export function triggerWorkflows(context: Context, event: PortEvent): void {
  for (const workflow of context.store.workflows.values())
    for (const node of workflow.nodes) {
      const { type, published, event: awaited, condition } = node.config;
      if (type !== 'EVENT_TRIGGER' || published === false || !listensTo(awaited, event)) continue;
      context.background.start(async () => {
        if (await holds(condition, event))
          startWorkflow(context, workflow, { node, output: event.data, by: 'port' });
      });
    }
}

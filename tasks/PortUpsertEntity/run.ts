import type { FindFiles } from '../common/agent/host.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { withPort } from '../common/port/session.ts';
import { readInputs } from './inputs.ts';
import { callsInFlight, writeMany } from './write-many.ts';
import { writeOne } from './write-one.ts';

/** PortUpsertEntity: reads and checks everything first, then writes it. */
export async function run(context: TaskContext, findFiles: FindFiles): Promise<Outcome> {
  const inputs = await readInputs(context.host, findFiles);
  const { entities } = inputs;
  return entities.kind === 'single'
    ? withPort(context, inputs, (port) => writeOne(context, port, inputs, entities))
    : withPort(context, inputs, (port) => writeMany(context, port, inputs, entities), {
        connections: callsInFlight,
        isLong: true,
      });
}

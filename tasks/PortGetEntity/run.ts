import type { Outcome, TaskContext } from '../common/main.ts';
import { writeJsonFile } from '../common/outputs/json-array-file.ts';
import { withPicks } from '../common/outputs/pick.ts';
import { temporaryFile } from '../common/outputs/temporary-file.ts';
import { getBlueprint } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { type StoredEntity, getEntity, isNotFound } from '../common/port/entities/get-entity.ts';
import { entityPage } from '../common/port/pages.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { type GetInputs, readInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';

/** PortGetEntity: reads one entity, and gives it to the steps that follow. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const inputs = readInputs(host);
  return withPort(context, inputs, async (port) => {
    const entity = await read(port, inputs);
    const file = inputs.resultFile ?? temporaryFile(host, 'port-entity-', 'entity.json');
    const url = entityPage(port.connection.appUrl, inputs.blueprint, inputs.identifier);
    await writeJsonFile(context, file, entity ?? null);
    setOutputs(context, inputs, { entity, file, url });
    const name = `${oneLine(inputs.blueprint)} "${oneLine(inputs.identifier)}"`;
    return {
      result: 'Succeeded',
      message: entity === undefined ? `There is no ${name} in Port.` : `Read ${name}: ${url}`,
    };
  });
}

/** Undefined where the entity is missing and may be; a missing blueprint is an error all the same. */
async function read(port: PortClient, inputs: GetInputs): Promise<StoredEntity | undefined> {
  try {
    return await getEntity(port, inputs, withPicks(inputs.include, inputs.picks));
  } catch (error) {
    if (inputs.failsIfMissing || !isNotFound(error)) throw error;
    await getBlueprint(port, inputs.blueprint);
    return undefined;
  }
}

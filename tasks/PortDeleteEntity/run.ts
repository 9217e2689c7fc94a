import type { Outcome, TaskContext } from '../common/main.ts';
import { blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { RunTie } from '../common/port/entities/run-tie.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { callsInFlight, deleteAll } from './delete-all.ts';
import { Deletions } from './deletions.ts';
import { type DeleteInputs, readInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';

/** PortDeleteEntity: deletes one entity or many of a blueprint. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const inputs = readInputs(host);
  const { blueprint, deleteDependents, identifiers } = inputs;
  const options = { connections: callsInFlight, isLong: identifiers.length > 1 };
  const work = async (port: PortClient) => {
    const tie = new RunTie(host, inputs.runId);
    const deletions = new Deletions();
    try {
      const lookUp = blueprintLookup(port);
      await deleteAll({ port, blueprint, deleteDependents, tie, lookUp, deletions }, identifiers);
    } finally {
      setOutputs(context, inputs, { deletions, runId: tie.runId, appUrl: port.connection.appUrl });
    }
    const failure = deletions.failure(blueprint, inputs.ignoreMissing);
    if (failure !== undefined) throw failure;
    return { result: 'Succeeded', message: successMessage(inputs, deletions) } as const;
  };
  return withPort(context, inputs, work, options);
}

function successMessage({ blueprint, identifiers }: DeleteInputs, { deleted, missing }: Deletions): string {
  const [only = ''] = identifiers;
  const name = oneLine(blueprint);
  if (identifiers.length === 1) {
    return deleted === 1
      ? `Deleted ${name} "${oneLine(only)}".`
      : `There is no ${name} "${oneLine(only)}": nothing to delete.`;
  }
  const absent = missing === 0 ? '' : `; ${missing} were not there`;
  return `Deleted ${deleted} of ${identifiers.length} entities of blueprint ${name}${absent}.`;
}

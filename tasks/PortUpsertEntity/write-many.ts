import type { Host } from '../common/agent/host.ts';
import { CanceledError, InputError, PortApiError, TaskError, messageOf } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { inParallel } from '../common/parallel.ts';
import { type BlueprintLookup, blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { RunTie } from '../common/port/entities/run-tie.ts';
import type { UpsertInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';
import type { EntityList } from './read/items.ts';
import { Journal } from './results/journal.ts';
import { Sender } from './send/batch-sender.ts';
import { type Batch, batchesOf } from './send/batches.ts';
import { ChangedNumbers } from './send/changed-numbers.ts';
import { orderEntities } from './send/order.ts';

/**
 * Calls at a time. Measured at 50 ms an answer: 1,000 entities take 2.8 s with 1, 0.86 s with 4, 0.6 s with 8; more than 4
 * gain little, and bring an organization closer to its rate limit.
 */
export const callsInFlight = 4;

/** Writes the entities of an input, and fails at the end if one was refused. */
export async function writeMany(
  context: TaskContext,
  port: PortClient,
  inputs: UpsertInputs,
  list: EntityList,
): Promise<Outcome> {
  const { host } = context;
  const journal = await Journal.open(context, inputs, list);
  const tie = new RunTie(host, inputs.runId);
  let failure: unknown;
  try {
    await sendAll(context, port, inputs, { list, journal, tie });
  } catch (error) {
    failure = error;
  }
  await journal.close().catch((error: unknown) => (failure ??= error));
  const { tally, file } = journal;
  setOutputs(context, port.connection.appUrl, inputs, { tally, resultFile: file.path, runId: tie.runId });
  if (failure !== undefined) throw withCounts(failure, journal);
  if (tally.failed > 0) throw new TaskError('PORT_ENTITIES', journal.failureMessage());
  return { result: 'Succeeded', message: `${journal.countSentence()}.` };
}

interface Work {
  readonly list: EntityList;
  readonly journal: Journal;
  readonly tie: RunTie;
}

async function sendAll(
  { host, clock }: TaskContext,
  port: PortClient,
  inputs: UpsertInputs,
  { list, journal, tie }: Work,
): Promise<void> {
  const lookUp = blueprintLookup(port);
  const changed = new ChangedNumbers();
  const lookUpIfShown = lookUpOrWarn(host, lookUp);
  const order = await orderEntities(list.survey, lookUpIfShown);
  if (order.inCircles > 0 && !inputs.createMissingRelatedEntities) {
    host.info(
      `${order.inCircles} entities relate to one another in a circle, so no order suits all of them. If Port refuses them, set createMissingRelatedEntities.`,
    );
  }
  const sender = new Sender({
    port,
    clock,
    tie,
    lookUp,
    write: inputs,
    record: (records) => journal.record(records),
    isStopped: () => journal.isStopped,
  });
  for (let round = 0; round < order.rounds && !journal.isStopped; round++) {
    const batches = batchesOf(list, {
      isWanted: (index) => order.roundOf(index) === round,
      lookUp: lookUpIfShown,
      changed,
    });
    await inParallel(untilStopped(batches, journal), callsInFlight, (batch) => sender.send(batch));
  }
  changed.show(host);
}

/** A blueprint that Port does not show costs no entity of another one: its own are sent, and Port says of each what is wrong. */
function lookUpOrWarn(host: Pick<Host, 'warning'>, lookUp: BlueprintLookup): BlueprintLookup {
  const warned = new Set<string>();
  return async (identifier) => {
    try {
      return await lookUp(identifier);
    } catch (error) {
      if (!(error instanceof PortApiError) || (error.status !== 404 && error.status !== 403)) throw error;
      if (!warned.has(identifier)) {
        host.warning(
          `${messageOf(error)} Values without quotes of its entities are sent as they look, and the entities in the order of the input.`,
        );
      }
      warned.add(identifier);
      return { identifier, properties: {}, relationTargets: {}, listRelations: [] };
    }
  };
}

async function* untilStopped(batches: AsyncIterable<Batch>, journal: Journal): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    if (journal.isStopped) return;
    yield batch;
  }
}

/** The error that ended the work, with what had been written until then. */
function withCounts(failure: unknown, journal: Journal): unknown {
  if (failure instanceof CanceledError || !(failure instanceof TaskError)) return failure;
  // Where it is the file that ended the work, it has not all of them.
  const where = failure instanceof InputError ? '' : ` All results: ${journal.file.path}`;
  const message = `${failure.message} Until then ${journal.countSentence()}.${where}`;
  return new TaskError(failure.code, message, { cause: failure });
}

import { messageOf } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { RunTie } from '../common/port/entities/run-tie.ts';
import { type Entity, writeEntity } from '../common/port/entities/write-entity.ts';
import { entityPage } from '../common/port/pages.ts';
import { cleanerOf } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import type { SingleEntity, UpsertInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';
import { itemKey } from './read/items.ts';
import { ResultFile, type ResultRecord } from './results/result-file.ts';
import { Tally } from './results/tally.ts';
import { refusalOf } from './send/batch-sender.ts';
import { ChangedNumbers } from './send/changed-numbers.ts';
import { entityOf } from './send/typed-entity.ts';

/** Writes the entity that stands in the inputs, in one call. */
export async function writeOne(
  context: TaskContext,
  port: PortClient,
  inputs: UpsertInputs,
  single: SingleEntity,
): Promise<Outcome> {
  const { draft } = single;
  const tie = new RunTie(context.host, inputs.runId);
  const file =
    inputs.resultFile === undefined
      ? undefined
      : await ResultFile.open(context, inputs.resultFile, cleanerOf(context, inputs));
  const finish = async (record: ResultRecord) => {
    const tally = new Tally(inputs.hasInput);
    tally.add(record);
    setOutputs(context, port.connection.appUrl, inputs, {
      tally,
      resultFile: file?.path,
      runId: tie.runId,
      ...(record.error === null && { single: record }),
    });
    file?.write([record]);
    await file?.close();
  };
  const key = itemKey(0, draft);
  let record: ResultRecord;
  try {
    const entity = await composeEntity(context, port, single);
    const written = await tie.write((runId) =>
      writeEntity(port, context.clock, entity, { ...inputs, blueprint: draft.blueprint, runId }),
    );
    record = { ...key, identifier: written.identifier, created: written.isNew ?? null, error: null };
  } catch (error) {
    await finish({ ...key, created: null, error: refusalOf(error) }).catch((problem: unknown) => {
      context.host.warning(messageOf(problem));
    });
    throw error;
  }
  await finish(record);
  return { result: 'Succeeded', message: successMessage(port, inputs, record, tie.runId) };
}

async function composeEntity(
  { host }: TaskContext,
  port: PortClient,
  { draft, service }: SingleEntity,
): Promise<Entity> {
  const lookUp = blueprintLookup(port);
  const changed = new ChangedNumbers();
  const entity = await entityOf(draft, lookUp, changed);
  changed.show(host);
  if (service === undefined || Object.hasOwn(draft.relations ?? {}, 'service')) return entity;
  const { relationTargets } = await lookUp(draft.blueprint);
  if (!Object.hasOwn(relationTargets, 'service')) return entity;
  return { ...entity, relations: { ...entity.relations, service } };
}

function successMessage(
  port: PortClient,
  { validateOnly }: UpsertInputs,
  { blueprint, identifier, created }: ResultRecord,
  runId: string | undefined,
): string {
  const name = `${oneLine(blueprint)} "${oneLine(identifier)}"`;
  if (validateOnly) return `Valid, nothing was written: ${name}.`;
  const verb = created === null ? 'Wrote' : created ? 'Created' : 'Updated';
  const tied = runId === undefined ? '' : `, tied to run ${runId}`;
  return `${verb} ${name}${tied}: ${entityPage(port.connection.appUrl, blueprint, identifier)}`;
}

import type { Outcome, TaskContext } from '../common/main.ts';
import { blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { RunTie } from '../common/port/entities/run-tie.ts';
import { type Entity, writeEntity } from '../common/port/entities/write-entity.ts';
import { entityPage } from '../common/port/pages.ts';
import { cleanerOf } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import type { One, UpsertInputs } from './inputs.ts';
import { announce } from './outputs.ts';
import { ResultFile, type ResultRecord } from './results/result-file.ts';
import { Tally } from './results/tally.ts';
import { refusalOf } from './send/batch-sender.ts';
import { entityOf } from './send/typed-entity.ts';

/** Writes the entity that stands in the inputs, in one call. */
export async function writeOne(
  context: TaskContext,
  port: PortClient,
  inputs: UpsertInputs,
  one: One,
): Promise<Outcome> {
  const { draft } = one;
  const tie = new RunTie(context.host, inputs.runId);
  const tally = new Tally();
  const file =
    inputs.resultFile === undefined
      ? undefined
      : new ResultFile(inputs.resultFile, cleanerOf(context, inputs));
  const finish = (record: ResultRecord) => {
    tally.add(record);
    file?.write([record]);
    file?.close();
    const only = record.error === null ? { only: record } : {};
    announce(context, port.connection.appUrl, inputs, {
      tally,
      resultFile: file?.path,
      runId: tie.runId,
      ...only,
    });
  };
  const asked = {
    index: 0,
    identifier: typeof draft.identifier === 'string' ? draft.identifier : 'unknown',
    blueprint: draft.blueprint,
  };
  try {
    const entity = await composeEntity(port, one);
    const written = await tie.write((runId) =>
      writeEntity(port, context.clock, entity, { ...inputs, blueprint: draft.blueprint, runId }),
    );
    finish({ ...asked, identifier: written.identifier, created: written.isNew ?? null, error: null });
    return { result: 'Succeeded', message: told(port, inputs, { ...asked, ...written, runId: tie.runId }) };
  } catch (error) {
    finish({ ...asked, created: null, error: refusalOf(error) });
    throw error;
  }
}

async function composeEntity(port: PortClient, { draft, service }: One): Promise<Entity> {
  const lookUp = blueprintLookup(port);
  const entity = await entityOf(draft, lookUp);
  if (service === undefined || Object.hasOwn(draft.relations ?? {}, 'service')) return entity;
  const { relationTargets } = await lookUp(draft.blueprint);
  if (!Object.hasOwn(relationTargets, 'service')) return entity;
  return { ...entity, relations: { ...entity.relations, service } };
}

interface Told {
  readonly blueprint: string;
  readonly identifier: string;
  readonly isNew: boolean | undefined;
  readonly runId: string | undefined;
}

function told(
  port: PortClient,
  { validateOnly }: UpsertInputs,
  { blueprint, identifier, isNew, runId }: Told,
): string {
  const name = `${oneLine(blueprint)} "${oneLine(identifier)}"`;
  if (validateOnly) return `Valid, nothing was written: ${name}.`;
  const verb = isNew === undefined ? 'Wrote' : isNew ? 'Created' : 'Updated';
  const tied = runId === undefined ? '' : `, tied to run ${runId}`;
  return `${verb} ${name}${tied}: ${entityPage(port.connection.appUrl, blueprint, identifier)}`;
}

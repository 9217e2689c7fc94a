import type { RunId } from '../../common/inputs/run-id.ts';
import type { TaskContext } from '../../common/main.ts';
import { fitProperties, getBlueprint, tellOfLacking } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import { RunTie } from '../../common/port/entities/run-tie.ts';
import { writeEntity } from '../../common/port/entities/write-entity.ts';
import { entityPage } from '../../common/port/pages.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import { deliver, warningFor } from '../report/details.ts';
import type { FailureEntity } from './failure-entity.ts';

export interface FailureToWrite {
  readonly blueprint: string;
  readonly entity: FailureEntity;
  readonly runId: RunId;
  /** The longest that it may take, in ms. */
  readonly atMost: number;
}

/**
 * Writes a failure, tied to its run: Port ties entities only while a run is in progress, so that this goes before its end. Whatever
 * becomes of it, the report goes on.
 * @returns the warnings that it costs: one at the most.
 * @throws CanceledError
 */
export async function writeFailure(
  { host, clock }: TaskContext,
  port: PortClient,
  { blueprint, entity, runId, atMost }: FailureToWrite,
): Promise<readonly string[]> {
  const limited = withinTime(port, atMost);
  const missed = await deliver(async () => {
    const { properties: schemas } = await getBlueprint(limited, blueprint);
    const { properties, lacking } = fitProperties(entity.properties, schemas);
    tellOfLacking(host, blueprint, lacking);
    // That a run is over already is told by its report.
    const tie = new RunTie({ info: (text) => host.info(text), warning: (text) => host.info(text) }, runId);
    const { identifier, title } = entity;
    await tie.write((tied) =>
      writeEntity(
        limited,
        clock,
        { identifier, title, properties },
        {
          ...{ blueprint, mode: 'merge', createMissingRelatedEntities: false },
          ...{ validateOnly: false, runId: tied },
        },
      ),
    );
    const page = entityPage(port.connection.appUrl, blueprint, identifier);
    host.info(`Wrote the failure as ${oneLine(blueprint)} "${oneLine(identifier)}": ${page}`);
  });
  return missed === undefined ? [] : [warningFor(`the failure (blueprint ${oneLine(blueprint)})`, missed)];
}

/** The same Port, whose calls together take no longer than this, in ms. */
function withinTime(port: PortClient, atMost: number): PortClient {
  const end = port.timeLeft() - atMost;
  const timeLeft = () => port.timeLeft() - end;
  return { ...port, timeLeft, call: (name, call) => port.call(name, { ...call, atMost: timeLeft() }) };
}

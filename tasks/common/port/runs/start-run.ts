import { isRecord, listOf, valueAt } from '../../json.ts';
import type { PortClient } from '../client/client.ts';
import { type Run, parseRun } from './run.ts';
import { holds, identifierOf, isMadeSince, mostLookedAt } from './same-run.ts';

/** A run that is to be started. */
export interface NewRun {
  readonly action: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Identifier of the entity that the action is executed on. */
  readonly entity: string | undefined;
  /** E-mail of the user to run it as. */
  readonly runAs: string | undefined;
}

/** The JSON schemas of an action's user inputs, by name. */
export async function getUserInputs(
  port: PortClient,
  action: string,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await port.call('getAction', { parameters: { action } });
  const inputs = valueAt(answer.action, ['trigger', 'userInputs', 'properties']);
  return isRecord(inputs) ? inputs : {};
}

/** Starts a run. The call is repeated only where it certainly did not arrive: twice would be two runs. */
export async function startRun(
  port: PortClient,
  { action, properties, entity, runAs }: NewRun,
): Promise<Run> {
  const answer = await port.call('startRun', {
    parameters: { action },
    query: { run_as: runAs },
    body: { properties, ...(entity !== undefined && { entity }) },
  });
  return parseRun(answer.run, 'start the run');
}

/** Runs that may be the one that was to be started: of the same action, with the same inputs, made by API since a time in ms. */
export async function findStartedRuns(
  port: PortClient,
  wanted: NewRun,
  since: number,
): Promise<readonly Run[]> {
  const answer = await port.call('findRuns', {
    query: { version: 'v2', action: wanted.action, source: ['API'], limit: mostLookedAt },
  });
  return listOf(answer.runs)
    .filter((run) => isSame(run, wanted) && isMadeSince(run, since))
    .map((run) => parseRun(run, 'look for the run'));
}

/** Port may show an entity for an identifier among the properties: what was given is in `rawProperties` then. */
function isSame(run: unknown, { action, entity, properties }: NewRun): boolean {
  if (!isRecord(run) || identifierOf(run.action) !== action || identifierOf(run.entity) !== entity)
    return false;
  return [run.rawProperties, run.properties].some((held) => isRecord(held) && holds(held, properties));
}

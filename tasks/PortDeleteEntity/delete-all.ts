import { PortApiError, mayHaveBeenDone } from '../common/errors.ts';
import { inParallel } from '../common/parallel.ts';
import type { BlueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import {
  deleteEntities,
  deleteEntity,
  mostDeletesInOneCall,
} from '../common/port/entities/delete-entities.ts';
import { isNotFound } from '../common/port/entities/get-entity.ts';
import type { RunTie } from '../common/port/entities/run-tie.ts';
import type { Deletions } from './deletions.ts';

/** Calls in flight where entities are deleted one by one. */
export const callsInFlight = 4;

export interface DeleteContext {
  readonly port: PortClient;
  readonly blueprint: string;
  readonly deleteDependents: boolean;
  readonly tie: RunTie;
  readonly lookUp: BlueprintLookup;
  /** Filled as the work goes on, so that it is true also where an error ends it. */
  readonly deletions: Deletions;
}

/** Deletes all, a hundred a call; only where a call fails as a whole, its entities one by one. */
export async function deleteAll(context: DeleteContext, identifiers: readonly string[]): Promise<void> {
  if (identifiers.length === 1) return deleteEach(context, identifiers, false);
  for (let start = 0; start < identifiers.length; start += mostDeletesInOneCall) {
    await deleteBatch(context, identifiers.slice(start, start + mostDeletesInOneCall));
  }
}

async function deleteBatch(context: DeleteContext, identifiers: readonly string[]): Promise<void> {
  const { port, blueprint, deleteDependents, tie, deletions } = context;
  try {
    const count = await tie.write((runId) =>
      deleteEntities(port, blueprint, identifiers, { deleteDependents, runId }),
    );
    deletions.addDeleted(count);
    deletions.addMissing(identifiers.length - count);
  } catch (error) {
    const isLost = mayHaveBeenDone(error);
    // Port deletes all of a call or none: one entity that is missing, or that others relate to, stops the others.
    if (!isLost && !isNotFound(error) && !hasDependents(error)) throw error;
    await deleteEach(context, identifiers, isLost);
  }
}

/** @param isLost an earlier call may have deleted them: what is gone counts as deleted. */
async function deleteEach(
  context: DeleteContext,
  identifiers: readonly string[],
  isLost: boolean,
): Promise<void> {
  const { deletions } = context;
  let left = identifiers;
  for (;;) {
    const refused = new Map<string, PortApiError>();
    await inParallel(left.values(), callsInFlight, async (identifier) => {
      const refusal = await deleteOne(context, identifier, isLost);
      if (refusal !== undefined) refused.set(identifier, refusal);
    });
    // Among the others may have been what related to these.
    const again = [...refused].filter(([, error]) => hasDependents(error));
    const isOver = again.length === 0 || again.length === left.length;
    for (const [identifier, error] of refused) {
      if (isOver || !hasDependents(error)) deletions.addRefused(identifier, error);
    }
    if (isOver) return;
    left = again.map(([identifier]) => identifier);
  }
}

async function deleteOne(
  { port, blueprint, deleteDependents, tie, lookUp, deletions }: DeleteContext,
  identifier: string,
  isLost: boolean,
): Promise<PortApiError | undefined> {
  try {
    const missing = await tie.write((runId) =>
      deleteEntity(port, { blueprint, identifier }, { deleteDependents, runId }),
    );
    if (missing === undefined || isLost) deletions.addDeleted(1);
    else {
      // Port says "not found" of a blueprint as well; that is never to be ignored.
      await lookUp(blueprint);
      deletions.addMissing(1, identifier);
    }
    return undefined;
  } catch (error) {
    if (error instanceof PortApiError && [400, 422].includes(error.status)) return error;
    if (hasDependents(error)) return error;
    throw error;
  }
}

function hasDependents(error: unknown): error is PortApiError {
  return error instanceof PortApiError && error.portCode === 'has_dependents';
}

import type { Context } from '../context.ts';
import { runEvent } from '../events.ts';
import { newId } from '../ids.ts';
import type { Action, JsonObject, Run } from '../model.ts';
import { Problem } from '../problem.ts';

export interface NewRun {
  readonly action: Action;
  readonly properties: JsonObject;
  readonly entity?: string | undefined;
  readonly source: Run['source'];
  readonly by: string;
}

/** Makes a run: in progress from its creation, or waiting where its action asks for an approval. */
export function createRun(context: Context, { action, properties, entity, source, by }: NewRun): Run {
  const at = context.now().toISOString();
  const requiredApproval = source === 'AUTOMATION' ? false : (action.requiredApproval ?? false);
  const blueprint = action.trigger.blueprintIdentifier ?? action.trigger.event?.blueprintIdentifier;
  const { type, synchronized } = action.invocationMethod;
  const run: Run = {
    id: newId('r_'),
    action: action.identifier,
    ...(blueprint !== undefined && { blueprint }),
    ...(entity !== undefined && { entity }),
    properties,
    source,
    requiredApproval,
    status: requiredApproval ? 'WAITING_FOR_APPROVAL' : 'IN_PROGRESS',
    statusLabel: null,
    approval: null,
    payload: { type, ...(synchronized !== undefined && { synchronized }) },
    ...{ createdAt: at, createdBy: by, updatedAt: at, updatedBy: by },
  };
  context.store.runs.set(run.id, run);
  context.emit(runEvent({ before: null, after: { ...run }, at: context.now(), by }));
  return run;
}

export const isOpen = (run: Run): boolean => run.endedAt === undefined;

/** An entity can be tied to a run only while it is in progress: 404 for no run, 400 `run_exhausted` for a finished one. */
export function requireOpenRun(context: Context, runId: string | undefined): void {
  if (runId === undefined) return;
  const run = context.store.run(runId);
  if (run.status !== 'IN_PROGRESS')
    throw new Problem(400, 'run_exhausted', `Run "${runId}" is not in progress, its status is ${run.status}`);
}

/** The 422 of a change to a run that has ended. */
export function requireNotEnded(run: Run): void {
  if (!isOpen(run))
    throw new Problem(422, 'run_exhausted', `Run "${run.id}" has already ended with status ${run.status}`);
}

/** The 422 of ending a run that Port ends by itself. */
export function requireNotSynchronized(run: Run): void {
  if (run.payload?.synchronized === true)
    throw new Problem(
      422,
      'run_synchronized_error',
      'Cannot manually change status of a synchronized action run',
    );
}

/** Changes a run and tells the automations; a terminal status ends it. */
export function updateRun(context: Context, run: Run, changes: Partial<Run>, by: string): void {
  const before = { ...run };
  const at = context.now().toISOString();
  Object.assign(run, changes, { updatedAt: at, updatedBy: by });
  if (['SUCCESS', 'FAILURE', 'DECLINED'].includes(run.status)) run.endedAt ??= at;
  context.emit(runEvent({ before, after: { ...run }, at: context.now(), by }));
}

export function addLog(context: Context, run: Run, message: string, by: string) {
  const log = {
    id: newId('rl_'),
    runId: run.id,
    message,
    createdBy: by,
    createdAt: context.now().toISOString(),
  };
  context.store.logsOf(run.id).push(log);
  context.changed({ resource: 'log', identifier: run.id });
  return log;
}

/** A run as version 2 of the API shows it, with objects for what it keeps by identifiers. */
export function runView(context: Context, run: Run): JsonObject {
  const { store } = context;
  const { blueprint, entity, ...rest } = run;
  const reference = (
    identifier: string,
    known: { title?: string; icon?: string } | undefined,
  ): JsonObject => ({
    identifier,
    title: known?.title ?? null,
    icon: known?.icon ?? null,
    deleted: known === undefined,
  });
  return {
    ...rest,
    action: reference(run.action, store.actions.get(run.action)),
    ...(blueprint !== undefined && { blueprint: reference(blueprint, store.blueprints.get(blueprint)) }),
    ...(entity !== undefined &&
      blueprint !== undefined && { entity: reference(entity, store.entity(blueprint, entity)) }),
  };
}

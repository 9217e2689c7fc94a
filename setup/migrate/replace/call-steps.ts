import type { PortCall } from '../calls.ts';
import { type Value, isMap, isTrue, unknownsIn } from '../read/value.ts';
import { Gaps } from './input-text.ts';
import { type TaskStep, given } from './task-step.ts';

/** What a call's step needs of the calls around it. */
export interface StepContext {
  /** The run that the pipeline reports to; undefined where it reports to none that can be read. */
  readonly runId: string | undefined;
  readonly condition: string | undefined;
}

/** The run that an entity is tied to: the call's own, else the pipeline's. */
function tie(call: PortCall, gaps: Gaps, runId: string | undefined): string | undefined {
  if (call.query.run_id === undefined) return runId;
  return inRunId(gaps.line('runId', call.query.run_id));
}

function step(
  task: string,
  call: PortCall,
  { condition }: StepContext,
  [inputs, gaps]: readonly [Readonly<Record<string, string | boolean | undefined>>, Gaps],
): TaskStep {
  return {
    task,
    line: call.line,
    condition,
    inputs: given({ portConnection: 'port', ...inputs }),
    missing: gaps.missing,
  };
}

const known = ['identifier', 'title', 'icon', 'team', 'properties', 'relations', 'blueprint'];

/** `upsert` and `merge` of Port's API as an input; merging is the task's default. */
function modeOf({ method, path, query }: PortCall): string | undefined {
  if (method === 'PUT') return 'replace';
  if (method === 'PATCH') return undefined;
  if (path[3] === 'bulk')
    return isTrue(query.merge) ? undefined : isTrue(query.upsert) ? 'replace' : 'create';
  if (!isTrue(query.upsert)) return 'create';
  return isTrue(query.merge) ? undefined : 'replace';
}

function upsert(call: PortCall, context: StepContext): TaskStep {
  const gaps = new Gaps();
  const shared = {
    runId: tie(call, gaps, context.runId),
    blueprint: gaps.line('blueprint', call.path[1]),
  };
  const more = {
    mode: modeOf(call),
    createMissingRelatedEntities: isTrue(call.query.create_missing_related_entities) || undefined,
  };
  const fields =
    call.bodyFile === undefined
      ? fieldsOf(call, gaps)
      : { entitiesFile: gaps.line('entitiesFile', call.bodyFile) };
  return step('PortUpsertEntity@1', call, context, [{ ...shared, ...fields, ...more }, gaps]);
}

function fieldsOf({ body, path, query, method }: PortCall, gaps: Gaps): Record<string, string | undefined> {
  if (path[3] === 'bulk')
    return { entities: gaps.block('entities', isMap(body) ? (body.entities ?? null) : (body ?? null)) };
  const entity = isMap(body) ? body : {};
  if (!isMap(body))
    gaps.add('identifier, title, properties, relations', unknownsIn(body ?? '')[0] ?? 'the call has no body');
  for (const name of Object.keys(entity))
    if (!known.includes(name)) gaps.add(name, 'no input of the task takes this member of the body');
  for (const name of Object.keys(query))
    if (!['upsert', 'merge', 'run_id', 'create_missing_related_entities', 'validation_only'].includes(name))
      gaps.add(`?${name}`, 'no input of the task takes this part of the address');
  const identifier = entity.identifier ?? (method === 'POST' ? undefined : path[3]);
  if (identifier === undefined && isMap(body))
    gaps.add('identifier', 'the call has none; Port then makes one up, and the task does not');
  return {
    identifier: searched(identifier)
      ? gaps.add('identifier', 'the call looks the entity up; use PortSearchEntities first')
      : gaps.line('identifier', identifier),
    title: gaps.line('title', entity.title),
    icon: gaps.line('icon', entity.icon),
    team: teamOf(entity.team, gaps),
    properties: gaps.block('properties', entity.properties),
    relations: gaps.block('relations', entity.relations),
  };
}

/** Port takes a search in place of an identifier. */
const searched = (value: Value | undefined): boolean => typeof value === 'object' && value !== null;

function teamOf(team: Value | undefined, gaps: Gaps): string | undefined {
  if (!Array.isArray(team)) return searched(team) ? gaps.block('team', team) : gaps.line('team', team);
  const names = (team as readonly Value[]).map((name) => gaps.line('team', name));
  return names.filter((name) => name !== undefined).join('\n') || undefined;
}

function remove(call: PortCall, context: StepContext): TaskStep {
  const gaps = new Gaps();
  const inputs = {
    runId: tie(call, gaps, context.runId),
    blueprint: gaps.line('blueprint', call.path[1]),
    identifier: gaps.line('identifier', call.path[3]),
    deleteDependents: isTrue(call.query.delete_dependents) || undefined,
  };
  return step('PortDeleteEntity@1', call, context, [inputs, gaps]);
}

function answer(call: PortCall, gaps: Gaps): void {
  if (call.isAnswerUsed)
    gaps.add(
      'pick',
      'the script reads the answer. Name what it takes, as "name = properties.x"; the step gives it as an output variable',
    );
}

function get(call: PortCall, context: StepContext): TaskStep {
  const gaps = new Gaps();
  const inputs = {
    blueprint: gaps.line('blueprint', call.path[1]),
    identifier: gaps.line('identifier', call.path[3]),
  };
  answer(call, gaps);
  return step('PortGetEntity@1', call, context, [inputs, gaps]);
}

function search(call: PortCall, context: StepContext): TaskStep {
  const gaps = new Gaps();
  const body = isMap(call.body) && isMap(call.body.query) ? call.body.query : call.body;
  const inputs = {
    blueprint: call.path[0] === 'blueprints' ? gaps.line('blueprint', call.path[1]) : undefined,
    query: gaps.block('query', body),
  };
  answer(call, gaps);
  return step('PortSearchEntities@1', call, context, [inputs, gaps]);
}

/** The call does not wait for the run's end, and so does not the step. */
function execute(call: PortCall, context: StepContext): TaskStep {
  const gaps = new Gaps();
  const body = isMap(call.body) ? call.body : {};
  if (call.body !== undefined && !isMap(call.body))
    gaps.add('properties', unknownsIn(call.body)[0] ?? 'the body is no object');
  const inputs = {
    action: gaps.line('action', call.path[1]),
    properties: gaps.block('properties', body.properties),
    entity: gaps.line('entity', body.entity),
    runAs: gaps.line('runAs', call.query.run_as),
    wait: false,
  };
  if (call.isAnswerUsed)
    gaps.add('name', 'the script reads the answer. The id of the run is the output runId of this step');
  return step('PortExecuteAction@1', call, context, [inputs, gaps]);
}

const makers: Partial<Record<PortCall['kind'], (call: PortCall, context: StepContext) => TaskStep>> = {
  writeEntity: upsert,
  deleteEntity: remove,
  getEntity: get,
  searchEntities: search,
  executeAction: execute,
};

/** The step that does what a call does; undefined for calls that report to a run, and those that no task replaces. */
export const stepFor = (call: PortCall, context: StepContext): TaskStep | undefined =>
  makers[call.kind]?.(call, context);

/** Port's own id needs no guard against what a user typed. */
const inRunId = (text: string | undefined): string | undefined =>
  text?.replace(
    /\$\{\{\s*(?:replace\((.*?), '\$\(', '\$ \('\)|(.*?))\s*\}\}/g,
    (_all, safe?: string, plain?: string) => `\${{ ${safe ?? plain ?? ''} }}`,
  );

/** The run id as an input has it; undefined where it cannot be read. */
export function runIdOf({ path }: PortCall): string | undefined {
  const id = path[2];
  return id === undefined || unknownsIn(id).length > 0 ? undefined : inRunId(id);
}

import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';

/**
 * Azure DevOps starts every pipeline that has an entry for the webhook, at every call of it, unless the entry's filters say
 * otherwise; all of them must hold (learn.microsoft.com, resources.webhooks.webhook). So no entry may let in actions that the
 * file does not name.
 */
export function faultsOfEntries(entries: readonly Json[], actions: readonly Json[]): string[] {
  if (actions.length === 0) return [];
  return entries.flatMap((entry) => {
    if (!isAboutActions(entry, actions))
      return `the entry ${nameOf(entry)} has no filter on the action, so that every action of the webhook starts this pipeline. ${advice(actions)}`;
    if (actions.some((action) => mayLetIn(entry, action))) return [];
    return `the filters of the entry ${nameOf(entry)} let none of the file's actions in. ${advice(actions)}`;
  });
}

/** The webhook entries of a pipeline's YAML. */
export interface PipelineEntries {
  readonly name: string;
  readonly entries: readonly Json[];
}

/**
 * Each action needs an entry that lets it in, of one pipeline: two would both report to the same run. Filters beyond the one
 * on the action may share an action out among pipelines.
 */
export function faultsOfActions(pipelines: readonly PipelineEntries[], actions: readonly Json[]): string[] {
  return actions.flatMap((action) => {
    const name = `the action ${textOf(action.identifier)}`;
    const open = ({ entries }: PipelineEntries) => entries.some((entry) => !isAboutActions(entry, actions));
    const started = pipelines.filter(({ entries }) => entries.some((entry) => letsIn(entry, action)));
    if (started.length > 1)
      return `${name} starts ${started.map((each) => each.name).join(' and ')}, which would all report to its one run`;
    const isLetIn = pipelines.some(
      (each) => open(each) || each.entries.some((entry) => mayLetIn(entry, action)),
    );
    return isLetIn ? [] : `no entry lets ${name} in, so that it starts nothing`;
  });
}

interface Filter {
  readonly path: string;
  readonly value: string;
}

const nameOf = (entry: Json): string => `webhook: ${textOf(entry.webhook)}`;

const filtersOf = (entry: Json): Filter[] =>
  recordsOf(entry.filters).map(({ path, value }) => ({ path: textOf(path), value: String(value) }));

/** A filter that each action of the file passes or not, whatever its form is filled with. */
const isAboutActions = (entry: Json, actions: readonly Json[]): boolean =>
  filtersOf(entry).some(
    (filter) =>
      actions.every((action) => passes(filter, action) !== undefined) &&
      // What all calls of the webhook hold alike tells no action from another.
      actions.some((action) => templateAt(filter, action) === undefined || dependsOnAction(filter, action)),
  );

/** Whether the action's calls may pass the entry's filters; false where none can. */
export const mayLetIn = (entry: Json, action: Json): boolean =>
  filtersOf(entry).every((filter) => passes(filter, action) !== false);

const letsIn = (entry: Json, action: Json): boolean =>
  filtersOf(entry).length > 0 && filtersOf(entry).every((filter) => passes(filter, action) === true);

function templateAt({ path }: Filter, action: Json): unknown {
  const { payload, body } = recordOf(action.invocationMethod);
  return path.split('.').reduce<unknown>((value, key) => recordOf(value)[key], payload ?? body);
}

const ofAction = /\{\{\s*\.action\.identifier\s*\}\}/g;

const dependsOnAction = (filter: Filter, action: Json): boolean => {
  const template = templateAt(filter, action);
  return typeof template === 'string' && (!template.includes('{{') || template.search(ofAction) >= 0);
};

/** Undefined where that depends on who executes the action, and with what. */
function passes(filter: Filter, action: Json): boolean | undefined {
  const template = templateAt(filter, action);
  if (!['string', 'number', 'boolean'].includes(typeof template)) return false;
  const text = String(template).replace(ofAction, textOf(action.identifier));
  return text.includes('{{') ? undefined : text === filter.value;
}

/** The lines to add, where an action's payload says which action it is, or first that it has to. */
function advice(actions: readonly Json[]): string {
  const lines = actions.map(
    ({ identifier }) => `filters: [{path: port_context.action, value: ${textOf(identifier)}}]`,
  );
  const path = { path: 'port_context.action', value: '' };
  const lacking = actions.filter((action) => !dependsOnAction(path, action));
  const first =
    lacking.length === 0
      ? ''
      : `Add "action": "{{ .action.identifier }}" to port_context in the payload of ${lacking.map(({ identifier }) => textOf(identifier)).join(', ')}, and `;
  const add = `${first === '' ? 'Add' : 'add'} ${lines.join(', or ')}`;
  return `${first}${add}${lines.length > 1 ? ' (an entry for each)' : ''}.`;
}

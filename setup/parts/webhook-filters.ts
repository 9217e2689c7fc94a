import { type Json, recordOf, recordsOf, textOf } from '../json.ts';

/**
 * Azure DevOps starts every pipeline that has an entry for the webhook, at every call of it, unless the entry's filters say
 * otherwise; all of them must hold (learn.microsoft.com, resources.webhooks.webhook). So each action needs an entry that lets it
 * in, and no entry may let in actions that the file does not name.
 */
export function faultsOfFilters(entries: readonly Json[], actions: readonly Json[]): string[] {
  if (actions.length === 0) return [];
  const open = entries.filter((entry) => !isAboutActions(entry, actions));
  const closed = entries.filter((entry) => !open.includes(entry));
  return [
    ...open.map(
      (entry) =>
        `the entry ${nameOf(entry)} has no filter on the action, so that every action of the webhook starts this pipeline. ${advice(actions)}`,
    ),
    ...closed
      .filter((entry) => !actions.some((action) => mayLetIn(entry, action)))
      .map(
        (entry) =>
          `the filters of the entry ${nameOf(entry)} let none of the file's actions in. ${advice(actions)}`,
      ),
    ...actions
      .filter((action) => open.length === 0 && !entries.some((entry) => mayLetIn(entry, action)))
      .map((action) => `no entry lets the action ${textOf(action.identifier)} in, so that it starts nothing`),
  ];
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

const mayLetIn = (entry: Json, action: Json): boolean =>
  filtersOf(entry).every((filter) => passes(filter, action) !== false);

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

import { badRequest, found } from '../errors.ts';
import { type JsonObject, isObject, lookup, text } from '../json.ts';
import type { Check, Environment, NewCheck, RequiredTemplate } from '../model.ts';
import type { State } from '../state.ts';

/** The environment of that name; the first use makes it, as a deployment job does. */
export function environmentOf(state: State, name: string): Environment {
  const key = name.toLowerCase();
  const known = state.environments.get(key);
  const environment = known ?? { id: state.environments.size + 1, name, approvers: [], instructions: '' };
  state.environments.set(key, environment);
  return environment;
}

/** Ids of the types, as the service has them. */
const types = {
  Approval: '8c6f20a7-a545-4486-9777-f762fafe0d4d',
  ExtendsCheck: '4020e66e-b0f3-47e1-bc88-48f3cc59b5f3',
} as const;

export function addCheck(state: State, check: NewCheck): Check {
  const added = { ...check, id: (state.checks.at(-1)?.id ?? 0) + 1 };
  state.checks.push(added);
  return added;
}

/** @throws AzureError 404 */
export const checkOf = (state: State, id: number): Check =>
  found(
    state.checks.find((check) => check.id === id),
    `Check configuration with id ${id} was not found.`,
    'CheckConfigurationNotFoundException',
  );

/** Reads the body that makes a check: of an approval, or of a required template. @throws AzureError 400, 404 */
export function readCheck(state: State, body: JsonObject): NewCheck {
  const type = typeIn(body);
  if (lookup(body, 'resource.type') !== 'environment')
    throw badRequest('The local Azure DevOps knows checks of environments only.');
  const wanted = lookup(body, 'resource.id');
  const environment = found(
    [...state.environments.values()].find((each) => String(each.id) === String(wanted)),
    `Environment with ID ${String(wanted)} does not exist.`,
    'EnvironmentNotFoundException',
  );
  if (type === 'Approval') return { type, environment };
  const given = lookup(body, 'settings.extendsChecks');
  if (!Array.isArray(given) || given.length === 0)
    throw badRequest('settings.extendsChecks must be a list of templates.');
  return { type, environment, templates: given.map(readTemplate) };
}

/** @throws AzureError 400 */
function typeIn(body: JsonObject): keyof typeof types {
  const [id, name] = [text(lookup(body, 'type.id')).toLowerCase(), lookup(body, 'type.name')];
  if (id === types.Approval || name === 'Approval') return 'Approval';
  if (id === types.ExtendsCheck || name === 'ExtendsCheck') return 'ExtendsCheck';
  throw badRequest('The local Azure DevOps takes only checks of the types Approval and ExtendsCheck here.');
}

function readTemplate(value: unknown): RequiredTemplate {
  const { repositoryType, repositoryName, repositoryRef, templatePath } = isObject(value) ? value : {};
  const template = {
    repositoryType: text(repositoryType),
    repositoryName: text(repositoryName),
    repositoryRef: text(repositoryRef),
    templatePath: text(templatePath),
  };
  const absent = Object.entries(template).find(([, member]) => member === '');
  if (absent !== undefined) throw badRequest(`A required template needs ${absent[0]}.`);
  return template;
}

/** A check as REST shows it. */
export function checkJson(check: Check): JsonObject {
  const { id, name, approvers, instructions } = check.environment;
  return {
    id: check.id,
    type: { id: types[check.type], name: check.type },
    settings:
      check.type === 'Approval'
        ? { approvers, instructions, minRequiredApprovers: 1, executionOrder: 'anyOrder' }
        : { extendsChecks: check.templates },
    resource: { type: 'environment', id: String(id), name },
  };
}

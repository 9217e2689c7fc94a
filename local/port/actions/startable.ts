import { type Query, compileQuery } from '../catalog/search.ts';
import type { Context } from '../context.ts';
import type { Action, ExecutePermissions } from '../model.ts';
import { Problem, notFound } from '../problem.ts';
import type { Store } from '../store.ts';

/** What an execution of a self-service action is refused for. An action without a blueprint needs no entity, whatever its operation. */
export function requireStartable(
  { store, quirks }: Context,
  action: Action,
  entity: string | undefined,
): void {
  const { identifier, trigger } = action;
  if (trigger.type !== 'self-service')
    throw new Problem(422, 'run_non_self_service_error', `Action "${identifier}" is no self-service action`);
  const { operation, blueprintIdentifier, condition } = trigger;
  if (operation === 'CREATE' || blueprintIdentifier === undefined) return;
  if (entity === undefined)
    throw new Problem(422, 'missing_self_service_action_entity', `Action "${identifier}" needs an entity`);
  const found = store.entity(blueprintIdentifier, entity);
  if (!found) throw notFound('Entity', entity);
  if (!quirks.checksConditions) return;
  const { combinator = 'and', rules = [] } = condition ?? {};
  if (!compileQuery({ combinator, rules } as Query)(found))
    throw new Problem(
      422,
      'entity_does_not_pass_condition',
      `Entity "${entity}" does not pass the condition of action "${identifier}"`,
    );
}

/** Who may execute an action that nobody has set permissions for. */
const everybody: ExecutePermissions = {
  roles: ['Admin', 'Member'],
  users: [],
  teams: [],
  ownedByTeam: false,
};

export const executePermissions = ({ permissions }: Store, action: string): ExecutePermissions =>
  permissions.get(action) ?? everybody;

/** The organization's own credentials are an administrator's. */
export function requirePermitted({ store, userEmail }: Context, action: string, user: string): void {
  const { roles, users, teams } = executePermissions(store, action);
  const { properties, team } = store.entity('_user', user) ?? {};
  const { port_role: given } = properties ?? {};
  const role = typeof given === 'string' ? given : user === userEmail ? 'Admin' : 'Member';
  const isMember = [team ?? []].flat().some((each) => teams.includes(each));
  if (roles.includes(role) || users.includes(user) || isMember) return;
  throw new Problem(403, 'missing_permissions', `User "${user}" may not execute action "${action}"`);
}

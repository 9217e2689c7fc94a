import type { FastifyInstance } from 'fastify';
import { type Credentials, isActive, newCredentials } from '../accounts.ts';
import type { Context } from '../context.ts';
import { Problem, notFound } from '../problem.ts';
import { tokenBody } from '../schemas/run.ts';
import type { Tokens } from '../server/tokens.ts';

export function addAuthRoutes(
  app: FastifyInstance,
  context: Context,
  { tokens, organization }: { readonly tokens: Tokens; readonly organization: Credentials },
): void {
  const { store } = context;

  const userOf = ({ clientId, clientSecret }: Credentials): string | undefined => {
    if (clientId === organization.clientId && clientSecret === organization.clientSecret)
      return context.userEmail;
    const owner = store.credentials.get(clientId);
    return owner?.clientSecret === clientSecret && isActive(store, owner.user) ? owner.user : undefined;
  };
  app.post<{ Body: Credentials }>('/v1/auth/access_token', { schema: { body: tokenBody } }, ({ body }) => {
    const user = userOf(body);
    if (user === undefined)
      throw new Problem(401, 'invalid_credentials', 'The client id or the client secret is wrong');
    return { ok: true, ...tokens.issue(user) };
  });
  app.post<{ Params: { user: string } }>('/v1/rotate-credentials/:user', ({ params: { user } }) => {
    if (![...store.credentials.values()].some((owner) => owner.user === user)) throw notFound('User', user);
    return { ok: true, additionalData: { credentials: newCredentials(store, user) } };
  });
}

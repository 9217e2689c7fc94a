import type { FastifyInstance } from 'fastify';
import { Problem } from '../problem.ts';
import { tokenBody } from '../schemas/run.ts';
import type { Tokens } from '../server/tokens.ts';

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export function addAuthRoutes(app: FastifyInstance, tokens: Tokens, expected: Credentials): void {
  app.post<{ Body: Credentials }>('/v1/auth/access_token', { schema: { body: tokenBody } }, ({ body }) => {
    if (body.clientId !== expected.clientId || body.clientSecret !== expected.clientSecret)
      throw new Problem(401, 'invalid_credentials', 'The client id or the client secret is wrong');
    return { ok: true, ...tokens.issue() };
  });
}

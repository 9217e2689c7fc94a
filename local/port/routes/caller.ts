import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Author } from '../model.ts';

/** Who calls: the user of the token, and the client by its User-Agent. */
export function callerOf(context: Context, request: FastifyRequest): Author {
  return {
    id: context.userOf(request.headers.authorization) ?? context.userEmail,
    datasource: request.headers['user-agent'] ?? '',
  };
}

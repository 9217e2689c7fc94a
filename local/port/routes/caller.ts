import type { FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Author } from '../model.ts';

/** Who calls: the organisation's machine user, and the client by its User-Agent. */
export function callerOf(context: Context, request: FastifyRequest): Author {
  return { id: context.userEmail, datasource: request.headers['user-agent'] ?? '' };
}

import type { FastifyRequest } from 'fastify';
import { badRequest } from './errors.ts';

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const text = (value: unknown, fallback = ''): string => (typeof value === 'string' ? value : fallback);

/** The string members of an object; anything else in it is left out. */
export function strings(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function parseJson(raw: unknown): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** The request's body as an object. @throws AzureError 400 when it is none */
export function bodyOf(request: FastifyRequest): JsonObject {
  const body = parseJson(request.body);
  if (!isObject(body))
    throw badRequest('TF400898: The request body is not valid JSON.', 'VssRequestContentException');
  return body;
}

export function queryOf(request: FastifyRequest): Record<string, string> {
  return strings(request.query);
}

export function paramOf(request: FastifyRequest, name: string): string {
  return text(isObject(request.params) ? request.params[name] : undefined);
}

export const list = (value: readonly unknown[]): JsonObject => ({ count: value.length, value });

/** Looks a dotted path up, member names in any case, as template expressions do. */
export function lookup(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((current, name) => {
    if (!isObject(current)) return undefined;
    const key = Object.keys(current).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    return key === undefined ? undefined : current[key];
  }, value);
}

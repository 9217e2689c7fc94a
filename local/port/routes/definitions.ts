import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import type { Audit, JsonObject } from '../model.ts';
import { Problem, invalidRequest } from '../problem.ts';
import { callerOf } from './caller.ts';

type Definition = Audit & { readonly identifier: string };

/** A kind of definition: blueprints, actions, scorecards and so on differ in little more than this. */
export interface DefinitionKind<T extends Definition> {
  /** Of the collection; `:blueprint` in it is handed to `items`. */
  readonly path: string;
  /** Its key in an answer; with an `s`, the key of the list. */
  readonly name: string;
  readonly body: JsonObject;
  /** The body of a PATCH, where there is one. */
  readonly patch?: JsonObject;
  items(blueprint: string): Map<string, T>;
  /** Throws what the API answers for an identifier that is not there. */
  find(identifier: string, blueprint: string): T;
  /** Fills in what a body may leave out, and throws where a definition contradicts itself or others. */
  complete?(item: T, before: T | undefined, blueprint: string): T;
  /** Throws for a definition that must stay. */
  requireUnused?(item: T): void;
  /** What the answer to a creation has besides. */
  created?(item: T): JsonObject;
}

interface OfDefinition {
  readonly Params: { readonly blueprint?: string; readonly identifier: string };
}

/** Create, list, read, replace, change and delete, as Port has them for every kind of definition. */
export function addDefinitionRoutes<T extends Definition>(
  app: FastifyInstance,
  context: Context,
  kind: DefinitionKind<T>,
): void {
  const { path, name } = kind;
  const one = `${path}/:identifier`;

  const save = (request: FastifyRequest<OfDefinition>, body: T, before?: T): T => {
    const { blueprint = '' } = request.params;
    if (before && body.identifier !== before.identifier)
      throw invalidRequest(`The local Port does not rename a ${name}`);
    const by = callerOf(context, request).id;
    const at = context.now().toISOString();
    const { createdAt = at, createdBy = by } = before ?? {};
    const audited = { ...body, createdAt, createdBy, updatedAt: at, updatedBy: by };
    const item = kind.complete?.(audited, before, blueprint) ?? audited;
    kind.items(blueprint).set(item.identifier, item);
    return item;
  };
  const found = ({ params: { blueprint = '', identifier } }: FastifyRequest<OfDefinition>): T =>
    kind.find(identifier, blueprint);

  app.post<OfDefinition>(path, { schema: { body: kind.body } }, (request, reply) => {
    const body = request.body as T;
    const { identifier } = body;
    if (kind.items(request.params.blueprint ?? '').has(identifier))
      throw new Problem(409, 'identifier_taken', `A ${name} with identifier "${identifier}" already exists`);
    const item = save(request, body);
    reply.code(201);
    return { ok: true, ...kind.created?.(item), [name]: item };
  });
  app.get<OfDefinition>(path, ({ params: { blueprint = '' } }) => ({
    ok: true,
    [`${name}s`]: [...kind.items(blueprint).values()],
  }));
  app.get<OfDefinition>(one, (request) => ({ ok: true, [name]: found(request) }));
  app.put<OfDefinition>(one, { schema: { body: kind.body } }, (request) => {
    const before = found(request);
    return {
      ok: true,
      [name]: save(request, replacing(before, request.body as T), before),
    };
  });
  if (kind.patch)
    app.patch<OfDefinition>(one, { schema: { body: kind.patch } }, (request) => {
      const before = found(request);
      return { ok: true, [name]: save(request, { ...before, ...(request.body as Partial<T>) }, before) };
    });
  app.delete<OfDefinition>(one, (request) => {
    const item = found(request);
    kind.requireUnused?.(item);
    kind.items(request.params.blueprint ?? '').delete(item.identifier);
    return { ok: true };
  });
}

/** A body may leave its identifier to the path. */
function replacing<T extends Definition>(before: T, body: T): T {
  const { identifier = before.identifier } = body as Partial<T>;
  return { ...body, identifier };
}

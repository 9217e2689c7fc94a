import type { FastifyInstance } from 'fastify';
import { type Selection, projectEntity } from '../catalog/projection.ts';
import { withScorecards } from '../catalog/scorecards.ts';
import { type Query, compileQuery, isPagedRule } from '../catalog/search.ts';
import type { Context } from '../context.ts';
import type { Entity } from '../model.ts';
import { invalidRequest } from '../problem.ts';
import { pagedSearchBody, readQuery, searchBody } from '../schemas/entity.ts';
import type { OfBlueprint } from './entities.ts';

/** The page size when a search names none. */
const DEFAULT_LIMIT = 200;
const EVERYTHING: Query = { combinator: 'and', rules: [] };

interface PagedSearch extends Selection {
  readonly query?: Query;
  readonly limit?: number;
  readonly from?: string;
}

export function addSearchRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;

  app.post<{ Body: Query; Querystring: Selection }>(
    '/v1/entities/search',
    { schema: { body: searchBody, querystring: readQuery } },
    ({ body, query }) => {
      const test = compileQuery(body);
      const found = [...store.entities.values()].flatMap((entities) => [...entities.values()].filter(test));
      return {
        ok: true,
        matchingBlueprints: [...new Set(found.map(({ blueprint }) => blueprint))],
        entities: found.map((entity) => projectEntity(context, entity, query)),
      };
    },
  );

  app.post<OfBlueprint & { Body: PagedSearch }>(
    '/v1/blueprints/:blueprint/entities/search',
    { schema: { body: pagedSearchBody } },
    ({ params, body }) => {
      const { identifier } = store.blueprint(params.blueprint);
      const test = compileQuery(body.query ?? EVERYTHING, isPagedRule);
      const isFound = (entity: Entity): boolean => test(withScorecards(store, entity));
      const { page, next } = pageOf(store.entitiesOf(identifier).values(), isFound, body);
      const entities = page.map((entity) => projectEntity(context, entity, body));
      return { ok: true, entities, ...(next === undefined ? {} : { next }) };
    },
  );
}

/** One page of what passes the test, and the cursor of the next when there is more. */
function pageOf(
  entities: Iterable<Entity>,
  test: (entity: Entity) => boolean,
  { limit = DEFAULT_LIMIT, from }: PagedSearch,
): { page: Entity[]; next: string | undefined } {
  const start = from === undefined ? 0 : Number(Buffer.from(from, 'base64url').toString());
  if (!Number.isInteger(start)) throw invalidRequest('from must be the "next" of an earlier answer');
  const page: Entity[] = [];
  let index = 0;
  for (const entity of entities) {
    index += 1;
    if (index <= start || !test(entity)) continue;
    if (page.length === limit) return { page, next: Buffer.from(String(index - 1)).toString('base64url') };
    page.push(entity);
  }
  return { page, next: undefined };
}

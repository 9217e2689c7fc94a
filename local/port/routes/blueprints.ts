import type { FastifyInstance } from 'fastify';
import { checkDefinition } from '../catalog/validation.ts';
import type { Context } from '../context.ts';
import type { Blueprint } from '../model.ts';
import { Problem, notFound } from '../problem.ts';
import { blueprintBody, blueprintPatch } from '../schemas/blueprint.ts';
import { addDefinitionRoutes } from './definitions.ts';

export function addBlueprintRoutes(app: FastifyInstance, context: Context): void {
  const { store } = context;
  addDefinitionRoutes<Blueprint>(app, context, {
    path: '/v1/blueprints',
    name: 'blueprint',
    body: blueprintBody,
    patch: blueprintPatch,
    items: () => store.blueprints,
    find: (identifier) => store.blueprint(identifier),
    complete(blueprint) {
      checkDefinition(blueprint);
      for (const { target } of Object.values(blueprint.relations ?? {}))
        if (target !== blueprint.identifier && !store.blueprints.has(target))
          throw notFound('Blueprint', target);
      return blueprint;
    },
    requireUnused({ identifier }) {
      if (store.entitiesOf(identifier).size > 0)
        throw new Problem(403, 'has_dependents', `Blueprint "${identifier}" has entities`);
      const others = [...store.blueprints.values()].filter((each) => each.identifier !== identifier);
      if (
        others.some(({ relations = {} }) =>
          Object.values(relations).some(({ target }) => target === identifier),
        )
      )
        throw new Problem(403, 'has_dependents', `Blueprint "${identifier}" has dependents`);
      store.scorecards.delete(identifier);
    },
  });
}

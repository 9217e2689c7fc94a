import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IdentifierTable, hashOf } from '../../../../tasks/PortUpsertEntity/read/identifier-table.ts';
import { inlineSource } from '../../../../tasks/PortUpsertEntity/read/sources.ts';
import { surveyEntities } from '../../../../tasks/PortUpsertEntity/read/survey.ts';
import { Warnings } from '../../../../tasks/PortUpsertEntity/read/warnings.ts';
import { type Order, orderEntities } from '../../../../tasks/PortUpsertEntity/send/order.ts';
import type { BlueprintLookup } from '../../../../tasks/common/port/blueprints.ts';

interface Node {
  readonly identifier: string;
  readonly relations?: Readonly<Record<string, string | readonly string[]>>;
}

const selfRelated: BlueprintLookup = (identifier) =>
  Promise.resolve({
    identifier,
    properties: {},
    relationTargets: { parent: 'x', parents: 'x' },
    listRelations: [],
  });

async function orderOf(nodes: readonly Node[], lookUp = selfRelated): Promise<Order> {
  const survey = await surveyEntities(inlineSource(JSON.stringify(nodes)), {
    blueprint: 'x',
    warnings: new Warnings([]),
    problem: (text) => assert.fail(text),
  });
  return orderEntities(survey, lookUp);
}

describe('The order of entities', () => {
  it('puts what is related to into an earlier round, whatever the relations, unless they go in circles', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(19), { maxLength: 3 }), { minLength: 1, maxLength: 20 }),
        async (relations) => {
          const known = relations.map((targets) => targets.filter((target) => target < relations.length));
          const nodes = known.map((targets, index) => ({
            identifier: `e${index}`,
            relations: { parents: targets.map((target) => `e${target}`) },
          }));
          const order = await orderOf(nodes);
          const isLast = (index: number) => order.roundOf(index) === order.rounds - 1;
          for (const [index, targets] of known.entries()) {
            for (const target of targets) {
              const inCircle = order.inCircles > 0 && isLast(index);
              if (target !== index && !inCircle) assert.ok(order.roundOf(target) < order.roundOf(index));
            }
          }
          assert.equal(order.inCircles > 0, hasCircle(known));
        },
      ),
      { seed: 7, numRuns: 300 },
    ));

  it('is the order of the input, in one round, where nothing is related', async () => {
    const order = await orderOf([
      { identifier: 'a' },
      { identifier: 'b', relations: { parent: 'elsewhere' } },
    ]);
    assert.deepEqual([order.rounds, order.roundOf(0), order.roundOf(1), order.inCircles], [1, 0, 0, 0]);
  });
});

describe('The table of identifiers', () => {
  it('finds exactly what was added, by identifier and blueprint', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.nat(2))), (entities) => {
        const table = new IdentifierTable();
        const first = new Map<string, number>();
        for (const [index, [identifier, blueprint]] of entities.entries()) {
          const key = `${blueprint} ${identifier}`;
          assert.equal(table.add(identifier, blueprint), first.get(key) ?? -1);
          if (!first.has(key)) first.set(key, index);
        }
        for (const [identifier, blueprint] of entities) {
          assert.equal(table.find(hashOf(identifier), blueprint), first.get(`${blueprint} ${identifier}`));
        }
        assert.equal(table.find(hashOf('not there'), 0), -1);
      }),
      { seed: 8, numRuns: 500 },
    ));

  it('takes a hundred thousand similar identifiers for different ones', () => {
    const table = new IdentifierTable();
    for (let index = 0; index < 100_000; index++) assert.equal(table.add(`service-${index}`, 0), -1);
    assert.equal(table.find(hashOf('service-99999'), 0), 99_999);
    assert.equal(table.count, 100_000);
  });
});

function hasCircle(graph: readonly (readonly number[])[]): boolean {
  const left = new Set(graph.keys());
  for (let isMoving = true; isMoving;) {
    isMoving = false;
    for (const index of left) {
      if ((graph[index] ?? []).some((target) => target !== index && left.has(target))) continue;
      left.delete(index);
      isMoving = true;
    }
  }
  return left.size > 0;
}

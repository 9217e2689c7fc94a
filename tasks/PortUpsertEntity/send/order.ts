import type { BlueprintLookup } from '../../common/port/blueprints.ts';
import type { Survey } from '../read/survey.ts';
import { Dependencies } from './dependencies.ts';

/** In which order entities must be sent, so that what others relate to exists before them. */
export interface Order {
  /** How many rounds there are. */
  readonly rounds: number;
  /** The round of an entity, from 0. */
  roundOf(index: number): number;
  /** Entities that relate to one another in a circle, or to such ones: no order suits them. */
  readonly inCircles: number;
}

/**
 * Orders the entities of an input by what they relate to in the same input. An entity is meant by a relation where its
 * identifier is the relation's value and its blueprint the relation's target. Port names the targets: each blueprint is read
 * once, and only where an identifier that occurs in the input is related to.
 */
export async function orderEntities(survey: Survey, lookUp: BlueprintLookup): Promise<Order> {
  const dependencies = dependenciesOf(survey, await findTargets(survey, lookUp));
  if (dependencies.isEmpty) return { rounds: 1, roundOf: () => 0, inCircles: 0 };
  return layers(dependencies);
}

/** The number of the blueprint that a relation points to, by the relation's position; -1 where the input has none of it. */
type Targets = ReadonlyMap<number, number>;

async function findTargets(survey: Survey, lookUp: BlueprintLookup): Promise<Targets> {
  const { references, table, blueprints, relations } = survey;
  const related = new Set<number>();
  references.forEach(({ relation, hash }) => {
    if (related.has(relation)) return;
    if (blueprints.some((_name, blueprint) => table.find(hash, blueprint) >= 0)) related.add(relation);
  });
  const targets = new Map<number, number>();
  for (const relation of related) {
    const { blueprint, name } = relations[relation] ?? { blueprint: -1, name: '' };
    targets.set(relation, blueprints.indexOf(await targetOf(blueprints[blueprint] ?? '', name, lookUp)));
  }
  return targets;
}

function dependenciesOf({ count, references, table }: Survey, targets: Targets): Dependencies {
  const dependencies = new Dependencies(count);
  references.forEach(({ entity, relation, hash }) => {
    const target = targets.get(relation) ?? -1;
    const required = target < 0 ? -1 : table.find(hash, target);
    if (required >= 0 && required !== entity) dependencies.add(entity, required);
  });
  return dependencies;
}

/** Empty where the blueprint has no such relation. */
async function targetOf(blueprint: string, relation: string, lookUp: BlueprintLookup): Promise<string> {
  const { relationTargets } = await lookUp(blueprint);
  return Object.hasOwn(relationTargets, relation) ? (relationTargets[relation] ?? '') : '';
}

/** Kahn's algorithm, layer by layer. */
function layers(dependencies: Dependencies): Order {
  const { count } = dependencies;
  const waitsFor = dependencies.counts();
  const round = new Int32Array(count).fill(-1);
  let ready = [...waitsFor.keys()].filter((index) => waitsFor[index] === 0);
  let rounds = 0;
  let placed = 0;
  for (; ready.length > 0; rounds++) {
    const next: number[] = [];
    for (const index of ready) {
      round[index] = rounds;
      dependencies.forEachDependent(index, (dependent) => {
        const left = (waitsFor[dependent] ?? 0) - 1;
        waitsFor[dependent] = left;
        if (left === 0) next.push(dependent);
      });
    }
    placed += ready.length;
    ready = next;
  }
  const inCircles = count - placed;
  const last = rounds;
  return {
    rounds: inCircles > 0 ? rounds + 1 : rounds,
    roundOf: (index) => (round[index] === -1 ? last : (round[index] ?? 0)),
    inCircles,
  };
}

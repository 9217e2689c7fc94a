import { PortApiError } from '../../common/errors.ts';
import type { BlueprintLookup } from '../../common/port/blueprints.ts';
import { Int32List } from '../read/int32-list.ts';
import type { Survey } from '../read/survey.ts';

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
 * identifier is the relation's value and its blueprint the relation's target. Targets are asked from Port, once for each
 * blueprint, and only where an identifier that occurs in the input is related to.
 */
export async function orderEntities(survey: Survey, lookUp: BlueprintLookup): Promise<Order> {
  const edges = await findEdges(survey, lookUp);
  if (edges.length === 0) return { rounds: 1, roundOf: () => 0, inCircles: 0 };
  return layers(survey.count, edges);
}

/** Pairs: an entity, and an entity that must come before it. */
async function findEdges(survey: Survey, lookUp: BlueprintLookup): Promise<Int32List> {
  const { references, table, blueprints, relations } = survey;
  const targets = new Map<number, number>();
  const edges = new Int32List();
  for (let at = 0; at < references.length; at += 4) {
    const relation = references.at(at + 1);
    const hash = [references.at(at + 2), references.at(at + 3)] as const;
    let target = targets.get(relation);
    if (target === undefined) {
      if (!blueprints.some((_name, blueprint) => table.find(hash, blueprint) >= 0)) continue;
      const { blueprint, name } = relations[relation] ?? { blueprint: -1, name: '' };
      target = blueprints.indexOf(await targetOf(blueprints[blueprint] ?? '', name, lookUp));
      targets.set(relation, target);
    }
    const related = target < 0 ? -1 : table.find(hash, target);
    if (related >= 0 && related !== references.at(at)) edges.push(references.at(at), related);
  }
  return edges;
}

/** Empty where it cannot be told; writing the entities will say why. */
async function targetOf(blueprint: string, relation: string, lookUp: BlueprintLookup): Promise<string> {
  try {
    const { relationTargets } = await lookUp(blueprint);
    return Object.hasOwn(relationTargets, relation) ? (relationTargets[relation] ?? '') : '';
  } catch (error) {
    if (error instanceof PortApiError && (error.status === 404 || error.status === 403)) return '';
    throw error;
  }
}

/** Kahn's algorithm, layer by layer, on arrays of numbers. */
function layers(count: number, edges: Int32List): Order {
  const waitsFor = new Int32Array(count);
  const firstEdge = new Int32Array(count).fill(-1);
  const nextEdge = new Int32Array(edges.length / 2);
  for (let edge = 0; edge < nextEdge.length; edge++) {
    const [from, to] = [edges.at(edge * 2), edges.at(edge * 2 + 1)];
    waitsFor[from] = (waitsFor[from] ?? 0) + 1;
    nextEdge[edge] = firstEdge[to] ?? -1;
    firstEdge[to] = edge;
  }
  const round = new Int32Array(count).fill(-1);
  let ready = [...waitsFor.keys()].filter((index) => waitsFor[index] === 0);
  let rounds = 0;
  let placed = 0;
  for (; ready.length > 0; rounds++) {
    const next: number[] = [];
    for (const index of ready) {
      round[index] = rounds;
      for (let edge = firstEdge[index] ?? -1; edge >= 0; edge = nextEdge[edge] ?? -1) {
        const from = edges.at(edge * 2);
        waitsFor[from] = (waitsFor[from] ?? 0) - 1;
        if (waitsFor[from] === 0) next.push(from);
      }
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

import { blueprintProblem, identifierProblem } from '../../common/port/identifiers.ts';
import {
  PlainScalar,
  type Structured,
  type StructuredMap,
  isStructuredList,
  isStructuredMap,
} from '../../common/structured-text/parse.ts';
import { oneLine } from '../../common/text/plain-text.ts';

/** An entity as its writer wrote it: what a plain scalar in `properties` is meant as may still be open. */
export interface Draft {
  readonly blueprint: string;
  /** A search query, where it is not text. */
  readonly identifier: string | StructuredMap;
  readonly title: string | undefined;
  readonly icon: string | undefined;
  readonly team: Structured | undefined;
  readonly properties: StructuredMap | undefined;
  readonly relations: StructuredMap | undefined;
}

/** What Port adds to an entity that is read from it, and does not take back; so that an export can be imported. */
const keysOfExports: ReadonlySet<string> = new Set([
  'id',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'scorecards',
  'scorecardsStats',
  'resolvedRelations',
  'resolverDefinition',
]);

const keys: ReadonlySet<string> = new Set([
  'blueprint',
  'identifier',
  'title',
  'icon',
  'team',
  'properties',
  'relations',
]);

/** Takes what is wrong, as the end of a sentence that begins with the place. */
export type ReportProblem = (text: string) => void;

/** Checks all of an entity that can be checked without Port; undefined where it has no form at all. */
export function readDraft(
  value: Structured,
  defaultBlueprint: string | undefined,
  problem: ReportProblem,
): Draft | undefined {
  if (!isStructuredMap(value)) {
    problem('an entity must be an object with identifier, properties and so on');
    return undefined;
  }
  const wrapper = wrapperOf(value);
  if (wrapper !== undefined) {
    problem(
      `this is an answer of Port's API, and no entity. Pass what stands in its "${wrapper}" (jq .${wrapper})`,
    );
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (keys.has(key) || keysOfExports.has(key) || key.startsWith('$')) continue;
    problem(`"${oneLine(key, 60)}" is no part of an entity; use ${[...keys].join(', ')}`);
  }
  return {
    blueprint: readBlueprint(value.blueprint, defaultBlueprint, problem),
    identifier: readIdentifier(value.identifier, problem),
    title: readText('title', value.title, problem),
    icon: readText('icon', value.icon, problem),
    team: readTeam(value.team, problem),
    properties: readMap('properties', value.properties, problem),
    relations: readRelations(value.relations, problem),
  };
}

/** The key in which an answer of Port's API holds entities; undefined where the object is none. */
function wrapperOf(value: StructuredMap): string | undefined {
  if (Object.hasOwn(value, 'identifier')) return undefined;
  if (Object.hasOwn(value, 'entities') && isStructuredList(value.entities)) return 'entities';
  return Object.hasOwn(value, 'entity') && isStructuredMap(value.entity) ? 'entity' : undefined;
}

function readBlueprint(
  value: Structured | undefined,
  byDefault: string | undefined,
  problem: ReportProblem,
): string {
  const blueprint = value === undefined ? byDefault : readText('blueprint', value, problem);
  if (blueprint === undefined || blueprint === '') {
    problem('the blueprint is missing: name it in the entity, or for all in input blueprint');
    return '';
  }
  const fault = value === undefined ? undefined : blueprintProblem(blueprint);
  if (fault !== undefined) problem(`blueprint ${fault}`);
  return blueprint;
}

function readIdentifier(value: Structured | undefined, problem: ReportProblem): string | StructuredMap {
  if (isStructuredMap(value)) return value;
  const identifier = readText('identifier', value, problem);
  if (identifier === undefined || identifier === '') {
    problem('the identifier is missing');
    return '';
  }
  const fault = identifierProblem(identifier);
  if (fault !== undefined) problem(`identifier ${fault}`);
  return identifier;
}

function readText(name: string, value: Structured | undefined, problem: ReportProblem): string | undefined {
  if (value === undefined || isEmpty(value)) return undefined;
  const text = textOf(value);
  if (text === undefined) problem(`${name} must be text; put it in quotes`);
  return text;
}

/** What goes where only text can go needs no schema: it is what was written. */
export function textOf(value: Structured): string | undefined {
  if (value instanceof PlainScalar) return value.text;
  return typeof value === 'string' ? value : undefined;
}

function readTeam(value: Structured | undefined, problem: ReportProblem): Structured | undefined {
  if (value === undefined || isEmpty(value)) return undefined;
  if (isStructuredMap(value)) return value;
  const texts = isStructuredList(value)
    ? value.map((one) => (isEmpty(one) ? undefined : textOf(one)))
    : textOf(value);
  if (texts !== undefined && (typeof texts === 'string' || !texts.includes(undefined)))
    return texts as Structured;
  problem('team must be the name of a team, or a list of names');
  return undefined;
}

function readMap(
  name: string,
  value: Structured | undefined,
  problem: ReportProblem,
): StructuredMap | undefined {
  if (value === undefined || isEmpty(value)) return undefined;
  if (isStructuredMap(value)) return value;
  problem(`${name} must be an object: one "name: value" a line`);
  return undefined;
}

function readRelations(value: Structured | undefined, problem: ReportProblem): StructuredMap | undefined {
  const relations = readMap('relations', value, problem);
  for (const [name, related] of Object.entries(relations ?? {})) {
    for (const one of isStructuredList(related) ? related : [related]) {
      const identifier = isEmpty(one) || isStructuredMap(one) ? undefined : textOf(one);
      const fault =
        identifier === undefined
          ? isEmpty(one) || isStructuredMap(one)
            ? undefined
            : 'must be an identifier, or a list of identifiers; put numbers in quotes'
          : identifierProblem(identifier);
      if (fault !== undefined) problem(`relation ${oneLine(name, 60)} ${fault}`);
    }
  }
  return relations;
}

/** Nothing, `null` or `~`: in a property or relation JSON's null, elsewhere as if it were not there. */
export function isEmpty(value: Structured): boolean {
  return value === null || (value instanceof PlainScalar && value.value === null);
}

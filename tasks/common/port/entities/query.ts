import type { InputReader } from '../../inputs/input-reader.ts';
import { readStructuredInput } from '../../inputs/structured-input.ts';
import { isRecord } from '../../json.ts';
import {
  type Structured,
  type StructuredMap,
  isStructuredList,
  isStructuredMap,
} from '../../structured-text/parse.ts';
import { isAmbiguous, typedValue } from '../../structured-text/typed-values.ts';
import type { BlueprintLookup } from '../blueprints.ts';

/** Reads Port's search query; a list of rules alone means all of them. */
export function readQuery(reader: InputReader, name: string): StructuredMap | undefined {
  const value = readStructuredInput(reader, name);
  if (value === undefined) return undefined;
  const query = asQuery(value);
  if (query !== undefined) return query;
  reader.problem(
    `Input ${name} must have combinator (and, or) and rules, or be a list of rules, each with property, operator and value.`,
  );
  return undefined;
}

/** A value as a query, undefined where it is none; a list of rules alone means all of them. */
export function asQuery(value: Structured): StructuredMap | undefined {
  const query = isStructuredList(value) ? { combinator: 'and', rules: value } : value;
  return isQuery(query) ? query : undefined;
}

function isQuery(value: Structured): value is StructuredMap {
  return (
    isStructuredMap(value) &&
    (value.combinator === 'and' || value.combinator === 'or') &&
    isStructuredList(value.rules) &&
    value.rules.every(isStructuredMap)
  );
}

/** The query to send. The blueprint is looked up only where YAML leaves open whether a value is text or a number. */
export async function typedQuery(
  query: StructuredMap,
  blueprint: string | undefined,
  lookUp: BlueprintLookup,
): Promise<unknown> {
  if (!isAmbiguous(query)) return query;
  const properties = blueprint === undefined ? {} : (await lookUp(blueprint)).properties;
  return typed(query, properties);
}

type Schemas = Readonly<Record<string, unknown>>;

function typed(query: StructuredMap, schemas: Schemas): Structured {
  const { rules } = query;
  if (!isStructuredList(rules)) return typedRule(query, schemas);
  return { ...query, rules: rules.map((rule) => (isStructuredMap(rule) ? typed(rule, schemas) : rule)) };
}

function typedRule(rule: StructuredMap, schemas: Schemas): Structured {
  return Object.fromEntries(
    Object.entries(rule).map(([key, value]) => [
      key,
      key === 'value' ? typedOperand(value, operandSchema(rule, schemas)) : typedValue(value, textSchema),
    ]),
  );
}

const textSchema = { type: ['string', 'boolean'] };

/** What `relatedTo` takes is identifiers. */
function operandSchema({ operator, property }: StructuredMap, schemas: Schemas): unknown {
  return operator === 'relatedTo' ? textSchema : schemaOf(property, schemas);
}

/** What every entity has (`$title`, `$identifier` …) is text; of a list property the rules compare the entries. */
function schemaOf(property: Structured | undefined, schemas: Schemas): unknown {
  if (typeof property !== 'string') return undefined;
  if (property.startsWith('$')) return textSchema;
  const schema = Object.hasOwn(schemas, property) ? schemas[property] : undefined;
  return isRecord(schema) && schema.type === 'array' ? schema.items : schema;
}

function typedOperand(value: Structured, schema: unknown): Structured {
  return isStructuredList(value) ? value.map((item) => typedValue(item, schema)) : typedValue(value, schema);
}

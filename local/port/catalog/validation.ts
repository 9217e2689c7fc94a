import type { ValidateFunction } from 'ajv';
import type { ActionTrigger, Blueprint, JsonObject } from '../model.ts';
import { Problem } from '../problem.ts';
import { newAjv } from '../schemas/ajv.ts';

const ajv = newAjv({ convert: false });

/** What a value must satisfy; the rest of a property's definition is for people. */
const valueKeywords = new Set(
  (
    'type format enum const pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum ' +
    'items minItems maxItems uniqueItems properties required additionalProperties patternProperties ' +
    'propertyNames anyOf oneOf allOf not'
  ).split(' '),
);

function valueSchema(definition: JsonObject): JsonObject {
  const kept = Object.entries(definition).filter(
    ([key, value]) => valueKeywords.has(key) && !isJqQuery(value),
  );
  return Object.fromEntries(kept);
}

/** An input of an action may take its choices from a JQ query, which only Port's form can ask. */
const isJqQuery = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'jqQuery' in value;

function objectSchema(
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[],
  additionalProperties: boolean,
): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, definition]) => [name, valueSchema(definition)]),
    ),
    required,
    additionalProperties,
  };
}

const validators = new WeakMap<object, ValidateFunction>();

/** Compiled once for each definition: a bulk load must not compile again. */
function validatorOf(key: object, schema: () => JsonObject): ValidateFunction {
  let validate = validators.get(key);
  if (!validate) validators.set(key, (validate = ajv.compile(schema())));
  return validate;
}

function explain(validate: ValidateFunction): string {
  return ajv.errorsText(validate.errors, { dataVar: 'properties' }) + unknownNames(validate);
}

function unknownNames(validate: ValidateFunction): string {
  const names = (validate.errors ?? []).flatMap((error) => {
    const name: unknown = (error.params as JsonObject).additionalProperty;
    return typeof name === 'string' ? [`"${name}"`] : [];
  });
  return names.length > 0 ? `: ${names.join(', ')}` : '';
}

/** Throws 422 `blueprint_schema_mismatch` unless the properties fit the blueprint. */
export function checkProperties(blueprint: Blueprint, properties: JsonObject): void {
  const { schema } = blueprint;
  const validate = validatorOf(schema, () => objectSchema(schema.properties, schema.required ?? [], false));
  if (!validate(properties))
    throw new Problem(
      422,
      'blueprint_schema_mismatch',
      `The entity does not match the schema of blueprint "${blueprint.identifier}": ${explain(validate)}`,
    );
}

/** Throws 422 `user_inputs_schema_invalid` unless the inputs fit the form; Port lets others pass. */
export function checkInputs(owner: string, form: ActionTrigger['userInputs'], inputs: JsonObject): void {
  if (!form) return;
  const required = Array.isArray(form.required) ? form.required.map(String) : [];
  const validate = validatorOf(form, () => objectSchema(form.properties, required, true));
  if (!validate(inputs))
    throw new Problem(
      422,
      'user_inputs_schema_invalid',
      `The inputs do not match the form of ${owner}: ${explain(validate)}`,
    );
}

/** Throws 422 `invalid_request` when a property's definition is no JSON schema. */
export function checkDefinition(blueprint: Blueprint): void {
  const { schema } = blueprint;
  try {
    validatorOf(schema, () => objectSchema(schema.properties, schema.required ?? [], false));
  } catch (error) {
    throw new Problem(422, 'invalid_request', error instanceof Error ? error.message : String(error));
  }
}

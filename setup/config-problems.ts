import type { ErrorObject } from 'ajv';
import { closestMatch } from 'leven';
import validate from './config-validator.ts';
import type { Json } from './json.ts';
import schema from './port-azure.schema.json' with { type: 'json' };

const words: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a mapping',
  array: 'a list',
};

/** `/port/actions/0` as people write it: `port.actions[0]`. */
const pathOf = (pointer: string): string =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');

function unknownMember(name: string, path: string, parent: Json): string {
  const names = Object.keys(parent.properties as Json);
  const meant = closestMatch(name, names, { maxDistance: 3 });
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `${path}${path === '' ? '' : '.'}${name} is not known.${hint} There are: ${names.join(', ')}.`;
}

function wrongType(path: string, { data, schema: types }: ErrorObject): string {
  if (typeof types === 'string') return `${path} must be ${words[types] ?? types}.`;
  return `${path} is ${JSON.stringify(data)}. It must be true, false, or a mapping such as {event: build.complete}; YAML 1.2 takes yes, no, on and off for text.`;
}

/** One sentence for a finding of ajv's. */
function sentence(error: ErrorObject): string {
  const path = pathOf(error.instancePath);
  const parameters: Json = error.params;
  switch (error.keyword) {
    case 'required':
      return `${path}${path === '' ? '' : '.'}${String(parameters.missingProperty)} is missing.`;
    case 'dependencies':
      return `${String(parameters.missingProperty)} is missing: ${String(parameters.property)} is for it.`;
    case 'additionalProperties':
      return unknownMember(String(parameters.additionalProperty), path, error.parentSchema as Json);
    case 'type':
      return wrongType(path, error);
    case 'pattern':
      if (error.schema !== schema.definitions.text.pattern)
        return `${path} is ${JSON.stringify(error.data)}. It may have letters, digits, _ and - only.`;
      return `${path} is empty.`;
    case 'minItems':
      return `${path} is empty.`;
    case 'enum':
      return `${path} must be ${(error.schema as string[]).join(' or ')}, and is ${JSON.stringify(error.data)}.`;
    case 'oneOf':
      return parameters.passingSchemas === null
        ? 'pipeline is missing.'
        : 'pipeline and pipelines are both given. Put all of them under pipelines.';
    default:
      return `${path} ${error.message ?? 'is wrong'}.`;
  }
}

/** A member without a value counts as left out. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNothing(member)]),
  );
}

/** What of the file is otherwise than port-azure.schema.json has it, a sentence each, and the file without empty members. */
export function checkAgainstSchema(file: Json): { readonly value: Json; readonly problems: string[] } {
  const value = withoutNothing(file) as Json;
  validate(value);
  // The branches of a choice say nothing that the choice does not.
  const errors = (validate.errors ?? []).filter(({ schemaPath }) => !/\/oneOf\/\d/.test(schemaPath));
  return { value, problems: errors.map(sentence) };
}

import type { InputReader } from '../input-reader.ts';
import { blueprintProblem, identifierProblem } from './identifiers.ts';

/** Input `blueprint`; a problem where it is empty or cannot be a blueprint's identifier. */
export function readBlueprintIdentifier(reader: InputReader): string {
  return checked(reader, reader.required('blueprint', "the blueprint's identifier"), 'blueprint');
}

/** The same for an input that may be empty. */
export function readOptionalBlueprint(reader: InputReader): string | undefined {
  const blueprint = reader.text('blueprint');
  return blueprint === undefined ? undefined : checked(reader, blueprint, 'blueprint');
}

/** Input `identifier`; a problem where it is empty or cannot be an entity's identifier. */
export function readEntityIdentifier(reader: InputReader): string {
  return checked(reader, reader.required('identifier', "the entity's identifier"), 'identifier');
}

function checked(reader: InputReader, text: string, input: 'blueprint' | 'identifier'): string {
  const fault = input === 'blueprint' ? blueprintProblem(text) : identifierProblem(text);
  if (text !== '' && fault !== undefined) reader.problem(`Input ${input} ${fault}.`);
  return text;
}

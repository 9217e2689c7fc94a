import type { InputReader } from '../inputs/input-reader.ts';
import { blueprintProblem, identifierProblem } from './identifiers.ts';

/** A blueprint's identifier; undefined where the input is empty, a problem where it cannot be one. */
export function blueprintInput(reader: InputReader, name: string): string | undefined {
  return checked(reader, name, blueprintProblem);
}

/** The same for an input that must not be empty. */
export function requiredBlueprint(reader: InputReader, name: string): string {
  return blueprintInput(reader, name) ?? reader.required(name, "the blueprint's identifier");
}

/** An entity's identifier; undefined where the input is empty, a problem where it cannot be one. */
export function identifierInput(reader: InputReader, name: string): string | undefined {
  return checked(reader, name, identifierProblem);
}

/** The same for an input that must not be empty. */
export function requiredIdentifier(reader: InputReader, name: string): string {
  return identifierInput(reader, name) ?? reader.required(name, "the entity's identifier");
}

function checked(
  reader: InputReader,
  name: string,
  problemOf: (text: string) => string | undefined,
): string | undefined {
  const text = reader.text(name);
  const fault = text === undefined ? undefined : problemOf(text);
  if (fault !== undefined) reader.problem(`Input ${name} ${fault}.`);
  return text;
}

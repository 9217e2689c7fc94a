import {
  type Structured,
  type StructuredMap,
  describeTextProblem,
  isStructuredMap,
  parseStructuredText,
} from '../structured-text/parse.ts';
import type { InputReader } from './input-reader.ts';

/** The value of a YAML or JSON input; undefined where it is empty, or cannot be read (which is a problem then). */
export function readStructuredInput(reader: InputReader, name: string): Structured | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  const { value, documents, problems } = parseStructuredText(text);
  for (const problem of problems) reader.problem(`Input ${name}, ${describeTextProblem(problem)}.`);
  if (documents > 1)
    reader.problem(`Input ${name} must be one YAML or JSON object or list, not ${documents} documents.`);
  return problems.length > 0 || documents > 1 || value === null ? undefined : value;
}

/** The same, for an input that must be an object. */
export function readMapInput(reader: InputReader, name: string): StructuredMap | undefined {
  const value = readStructuredInput(reader, name);
  if (value === undefined || isStructuredMap(value)) return value;
  reader.problem(`Input ${name} must be one YAML or JSON object: a "name: value" on each line.`);
  return undefined;
}

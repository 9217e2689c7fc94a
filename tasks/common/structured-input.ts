import type { InputReader } from './input-reader.ts';
import {
  describeTextProblem,
  isStructuredList,
  isStructuredMap,
  PlainScalar,
  parseStructuredText,
  type Structured,
  type StructuredMap,
} from './structured-text.ts';
import { oneLine } from './text.ts';

/** The value of a YAML or JSON input; undefined where it is empty, or cannot be read (which is a problem then). */
export function readStructuredInput(reader: InputReader, name: string): Structured | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  const { value, documents, problems } = parseStructuredText(text);
  for (const problem of problems) reader.problem(`Input ${name}, ${describeTextProblem(problem)}.`);
  if (documents > 1) reader.problem(`Input ${name} holds ${documents} YAML documents. Use one.`);
  return problems.length > 0 || documents > 1 || value === null ? undefined : value;
}

/** The same, for an input that must be an object. */
export function readMapInput(reader: InputReader, name: string): StructuredMap | undefined {
  const value = readStructuredInput(reader, name);
  if (value === undefined || isStructuredMap(value)) return value;
  reader.problem(`Input ${name} must be one YAML or JSON object: a "name: value" on each line.`);
  return undefined;
}

/** Texts: one a line, or with commas between them, or as a YAML or JSON list. Undefined where the input is empty. */
export function readListInput(reader: InputReader, name: string): readonly string[] | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  if (!/^(\[|- )/.test(text)) {
    return reader.lines(name).flatMap((line) => line.split(',').flatMap((part) => part.trim() || []));
  }
  const value = readStructuredInput(reader, name) ?? [];
  const items = isStructuredList(value) ? value : [value];
  return items.flatMap((item) => {
    const plain = item instanceof PlainScalar ? item.text : item;
    if (typeof plain === 'string') return [plain];
    reader.problem(
      `Input ${name} has the entry ${oneLine(JSON.stringify(plain), 60)}, which is no text. Put it in quotes.`,
    );
    return [];
  });
}

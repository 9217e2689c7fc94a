import type { InputReader } from './input-reader.ts';

/**
 * Texts: one a line (with or without YAML's dash before it), or with commas between them, or as a JSON list. Undefined where
 * the input is empty; an empty list is one with nothing in it.
 */
export function readListInput(reader: InputReader, name: string): readonly string[] | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  if (!text.startsWith('[')) {
    return reader
      .lines(name)
      .flatMap((line) => line.replace(/^- +/, '').split(','))
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  const list = parsed(text);
  if (list !== undefined) return list;
  reader.problem(
    `Input ${name} is not a JSON list of texts. Give texts in double quotes: ["a", "b"], or one a line.`,
  );
  return [];
}

function parsed(text: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

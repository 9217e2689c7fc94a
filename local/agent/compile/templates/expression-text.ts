import { refuse } from '../../errors.ts';

/** Text, or an expression that stands in it. */
export type TextPart = string | { readonly expression: string };

/** Where the expression that opens at `start` ends (the position of its `}}`), or -1. Quoted text may hold `}}`. */
function closingOf(text: string, start: number): number {
  let isQuoted = false;
  for (let position = start; position < text.length; position++) {
    if (text[position] === "'") isQuoted = !isQuoted;
    else if (!isQuoted && text.startsWith('}}', position)) return position;
  }
  return -1;
}

/** Splits text into plain parts and `${{ }}` expressions. Throws `PipelineError` when one is not closed. */
export function findParts(text: string, at: string): TextPart[] {
  const parts: TextPart[] = [];
  let position = 0;
  for (;;) {
    const start = text.indexOf('${{', position);
    if (start < 0) break;
    const end = closingOf(text, start + 3);
    if (end < 0) refuse(at, "the expression is not closed. An unescaped '${{' sequence was found");
    parts.push(text.slice(position, start), { expression: text.slice(start + 3, end) });
    position = end + 2;
  }
  return [...parts, text.slice(position)];
}

/** The expression, when the text is one expression and nothing else: such a value keeps its type. */
export function wholeExpression(text: string): string | undefined {
  if (!text.startsWith('${{')) return undefined;
  const end = closingOf(text, 3);
  return end >= 0 && end + 2 === text.length ? text.slice(3, end) : undefined;
}

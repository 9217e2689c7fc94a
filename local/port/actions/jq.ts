import { first } from 'jq-wasm';

/** `.a.b["c d"][0]`: a plain path, by far the most common expression; jq is not asked for it. */
const PATH = /^\.(?:[A-Za-z_]\w*|(?=\[))(?:\.[A-Za-z_]\w*|\["[^"\\]*"\]|\[\d+\])*$/;
const STEP = /\["([^"\\]*)"\]|\[(\d+)\]|([A-Za-z_]\w*)/g;

/** The first result of a JQ expression; null where there is none or where it fails, as Port has it. */
export async function jq(expression: string, data: unknown): Promise<unknown> {
  const text = expression.trim();
  if (PATH.test(text)) return follow(text, data);
  try {
    return (await first(JSON.stringify(data), `[(${text}\n)] | .[0]`)) ?? null;
  } catch {
    return null;
  }
}

function follow(path: string, data: unknown): unknown {
  let value: unknown = data;
  for (const [, quoted, index, plain] of path.matchAll(STEP)) {
    if (typeof value !== 'object' || value === null) return null;
    const key = index === undefined ? (quoted ?? plain ?? '') : Number(index);
    value = Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : null;
  }
  return value;
}

import type { Scope } from '../read/scope.ts';

/** Characters that stand for what the agent replaces in a script before it runs: `${{ … }}` and `$(name)`. */
export interface Mask {
  readonly masked: string;
  /** The text with the real values for the characters. */
  unmask(text: string): string;
}

export interface MaskOptions {
  /** First of the characters; letters, where the language takes only these for a name. */
  readonly first?: number;
  /** Whether `$(name)` is the agent's; it always is where left out. */
  readonly isMacro?: (name: string) => boolean;
}

/** Private characters, and letters (Yi syllables) for languages where an expression may stand as a name. */
const privateCharacters = 0xf000;
export const letters = 0xa000;
const most = 0x480;

const found = /\$\{\{(?:'[^']*'|[^'])*?\}\}|\$\(([A-Za-z_][\w.]*)\)/gs;

/** @param scope gives the values, as a task's input would have them */
export function mask(
  text: string,
  scope: Scope,
  { first = privateCharacters, isMacro = () => true }: MaskOptions = {},
): Mask {
  const values: string[] = [];
  const masked = text.replace(found, (all: string, name: string | undefined) => {
    if (values.length === most || (name !== undefined && !isMacro(name))) return all;
    // Lines keep their numbers.
    return String.fromCharCode(first + values.push(all) - 1) + '\n'.repeat(all.split('\n').length - 1);
  });
  const pattern = new RegExp(`[\\u${first.toString(16)}-\\u${(first + most - 1).toString(16)}]`, 'g');
  return {
    masked,
    unmask: (part) =>
      part.replace(pattern, (each) => scope.resolve(values[each.charCodeAt(0) - first] ?? '') || each),
  };
}

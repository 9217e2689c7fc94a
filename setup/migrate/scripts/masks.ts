/** Characters that stand for what the agent replaces in a script before it runs: `${{ … }}` and `$(name)`. */
export interface Mask {
  readonly masked: string;
  /** The text with the real values for the characters. */
  unmask(text: string): string;
}

export interface MaskOptions {
  /** First of the characters; letters, where the language takes only these for a name. */
  readonly first: number;
  readonly isMacro: (name: string) => boolean;
  /** The value of `${{ … }}` or `$(name)`, as a task's input would have it. */
  readonly valueOf: (found: string) => string;
}

/** Private characters, and letters (Yi syllables) for languages where an expression may stand as a name. */
export const privateCharacters = 0xf000;
export const letters = 0xa000;
const most = 0x480;

const found = /\$\{\{(?:'[^']*'|[^'])*?\}\}|\$\(([A-Za-z_][\w.]*)\)/gs;

export function mask(text: string, { first, isMacro, valueOf }: MaskOptions): Mask {
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
      part.replace(pattern, (each) => valueOf(values[each.charCodeAt(0) - first] ?? '') || each),
  };
}

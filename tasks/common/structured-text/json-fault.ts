import { deepestNesting } from './value.ts';

export interface JsonFault {
  /** In UTF-16 code units from the start. */
  readonly offset: number;
  readonly kind: 'comment' | 'comma at the end' | 'too deep' | 'other';
}

type Expected = 'value' | 'key' | 'colon' | 'comma' | 'nothing';

const scalar = /(?:-?\d[\d.eE+-]*|true|false|null)(?!\w)/y;
const comment = /\/[/*]/y;

/** Is told of each part of a JSON text, from its start to its end; of a list or object, once at either bracket. */
export type OnJsonPart = (kind: 'open' | 'close' | 'key' | 'scalar', start: number, end: number) => void;

/**
 * Where a text stops being JSON, in one pass over it whatever it holds; its end where it is JSON. The inside of strings and
 * numbers is not looked at.
 */
export function findJsonFault(text: string, onPart?: OnJsonPart): JsonFault {
  const closers: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const isAt = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  const afterValue = (): Expected => (closers.length === 0 ? 'nothing' : 'comma');
  for (let previous = ''; ; previous = text.charAt(at - 1)) {
    while (' \t\r\n'.includes(text[at] ?? '-')) at++;
    const mark = text.charAt(at);
    if (isAt(comment)) return { offset: at, kind: 'comment' };
    const isClosing = mark !== '' && mark === closers.at(-1);
    if (isClosing && (expected === 'comma' || '[{'.includes(previous))) {
      closers.pop();
      expected = afterValue();
      onPart?.('close', at, at + 1);
      at++;
    } else if (isClosing && previous === ',') return { offset: at, kind: 'comma at the end' };
    else if (expected === 'colon' && mark === ':') [expected, at] = ['value', at + 1];
    else if (expected === 'comma' && mark === ',')
      [expected, at] = [closers.at(-1) === '}' ? 'key' : 'value', at + 1];
    else if ((expected === 'key' || expected === 'value') && mark === '"') {
      const end = endOfString(text, at);
      if (end === 0) return { offset: text.length, kind: 'other' };
      if (expected === 'key') onPart?.('key', at, end);
      [expected, at] = [expected === 'key' ? 'colon' : afterValue(), end];
    } else if (expected === 'value' && (mark === '{' || mark === '[')) {
      if (closers.push(mark === '{' ? '}' : ']') > deepestNesting) return { offset: at, kind: 'too deep' };
      onPart?.('open', at, at + 1);
      [expected, at] = [mark === '{' ? 'key' : 'value', at + 1];
    } else if (expected === 'value' && isAt(scalar)) {
      onPart?.('scalar', at, scalar.lastIndex);
      [expected, at] = [afterValue(), scalar.lastIndex];
    } else return { offset: at, kind: 'other' };
  }
}

/** The offset behind the closing quote; 0 where there is none. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return 0;
}

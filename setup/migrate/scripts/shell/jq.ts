import { type Value, isMap, readBody, textOf, toJson, unknown } from '../../read/value.ts';

/**
 * What `jq -n … '{a: $a}'` prints: objects, lists, texts with `\(…)`, numbers, `$names` and `env`. Undefined for any other filter.
 * @param file reads a file that the script wrote
 */
export function readJq(
  words: readonly string[],
  stdin: string | undefined,
  file: (path: string) => string,
): string | undefined {
  const variables: Record<string, Value> = {};
  const rest: string[] = [];
  let isWithoutInput = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--arg') variables[words[at + 1] ?? ''] = words[at + 2] ?? '';
    if (word === '--argjson') variables[words[at + 1] ?? ''] = readBody(words[at + 2] ?? '');
    if (word === '--rawfile') variables[words[at + 1] ?? ''] = file(words[at + 2] ?? '');
    if (/^--(arg|argjson|rawfile)$/.test(word)) at += 2;
    else if (word === '--null-input' || /^-[a-zA-Z]*n/.test(word)) isWithoutInput = true;
    else if (!word.startsWith('-')) rest.push(word);
  }
  const [filter = '.', input] = rest;
  if (filter.trim() === '.') return input === undefined ? stdin : file(input);
  if (!isWithoutInput) return undefined;
  const value = new Filter(filter, variables).whole();
  return value === undefined ? undefined : toJson(value);
}

class NotRead extends Error {}

const token =
  /\s*(?:#[^\n]*\n\s*)*("(?:[^"\\]|\\.)*"|\$(?:ENV\.|__)?\w+|-?\d+(?:\.\d+)?|[A-Za-z_][\w.]*|[{}[\]():,+|]|.)/sy;

/** A filter that builds JSON out of nothing, read by descent. */
class Filter {
  readonly #tokens: string[] = [];
  readonly #variables: Readonly<Record<string, Value>>;
  #at = 0;

  constructor(text: string, variables: Readonly<Record<string, Value>>) {
    this.#variables = variables;
    const trimmed = text.trim();
    token.lastIndex = 0;
    for (let found = token.exec(trimmed); found !== null; found = token.exec(trimmed))
      this.#tokens.push(found[1] ?? '');
  }

  whole(): Value | undefined {
    try {
      const value = this.#sum();
      return this.#at === this.#tokens.length ? value : undefined;
    } catch (error) {
      if (error instanceof NotRead) return undefined;
      throw error;
    }
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #takes(text: string): boolean {
    if (this.#tokens[this.#at] !== text) return false;
    this.#at += 1;
    return true;
  }

  #demand(text: string): void {
    if (!this.#takes(text)) throw new NotRead();
  }

  #sum(): Value {
    let value = this.#term();
    while (this.#takes('+')) {
      const more = this.#term();
      if (typeof value === 'string' && typeof more === 'string') value += more;
      else if (isMap(value) && isMap(more)) value = { ...value, ...more };
      else throw new NotRead();
    }
    return value;
  }

  #term(): Value {
    const text = this.#next();
    if (text === '{') return this.#object();
    if (text === '[') return this.#list();
    if (text === '(') {
      const value = this.#sum();
      this.#demand(')');
      return value;
    }
    if (text.startsWith('"')) return this.#text(text);
    if (text.startsWith('$')) return this.#variable(text);
    if (/^-?\d/.test(text)) return Number(text);
    if (text === 'true' || text === 'false') return text === 'true';
    if (text === 'null') return null;
    throw new NotRead();
  }

  #variable(text: string): Value {
    const name = text.slice(1);
    const value = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined;
    if (value === undefined) throw new NotRead();
    return value;
  }

  #text(text: string): string {
    const inner = text
      .slice(1, -1)
      .replace(/\\\(\s*\$(\w+)\s*\)/g, (_all, name: string) =>
        textOf(this.#variable(`$${name}`)).replace(/["\\]/g, '\\$&'),
      );
    if (inner.includes('\\(')) throw new NotRead();
    return readText(inner);
  }

  #list(): Value {
    const items: Value[] = [];
    while (!this.#takes(']')) {
      items.push(this.#sum());
      if (!this.#takes(',') && this.#tokens[this.#at] !== ']') throw new NotRead();
    }
    return items;
  }

  #object(): Value {
    const entries: [string, Value][] = [];
    while (!this.#takes('}')) {
      entries.push(this.#entry());
      if (!this.#takes(',') && this.#tokens[this.#at] !== '}') throw new NotRead();
    }
    return Object.fromEntries(entries);
  }

  #entry(): [string, Value] {
    const key = this.#next();
    const isShort = this.#tokens[this.#at] !== ':';
    if (isShort && key.startsWith('$')) return [key.slice(1), this.#variable(key)];
    if (isShort && key !== '(') throw new NotRead();
    const name =
      key === '('
        ? textOf(this.#keyInBrackets())
        : key.startsWith('"')
          ? this.#text(key)
          : key.replace(/^\$/, '');
    this.#demand(':');
    return [name, this.#sum()];
  }

  #keyInBrackets(): Value {
    const value = this.#sum();
    this.#demand(')');
    return value;
  }
}

function readText(inner: string): string {
  try {
    return String(JSON.parse(`"${inner.replace(/[\n\r\t]/g, (sign) => JSON.stringify(sign).slice(1, -1))}"`));
  } catch {
    return unknown('a text of jq');
  }
}

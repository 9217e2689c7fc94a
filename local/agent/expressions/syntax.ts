/** A parsed Azure Pipelines expression, as between `${{ }}`, `$[ ]` or in a condition. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly target: Expression; readonly key: Expression | '*' }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

/** An expression that cannot be parsed or evaluated. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** Microsoft's limit for nested expressions. */
const maxDepth = 50;
const token =
  /\s*(?:(?<number>-?\d+(?:\.\d+)*)|(?<text>'(?:[^']|'')*')|(?<word>[A-Za-z_]\w*)|(?<symbol>[()[\].,*]))/y;

interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'symbol';
  readonly text: string;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (source.slice(position).trim() !== '') {
    token.lastIndex = position;
    const groups: Record<string, string | undefined> = token.exec(source)?.groups ?? {};
    const found = Object.entries(groups).find(([, text]) => text !== undefined);
    if (found?.[1] === undefined) {
      throw new ExpressionError(`Unexpected symbol: '${source.slice(position).trim()}' in '${source}'`);
    }
    tokens.push({ kind: found[0] as Token['kind'], text: found[1] });
    position = token.lastIndex;
  }
  return tokens;
}

/** Parses an expression. Throws `ExpressionError`. */
export const parseExpression = (source: string): Expression => new Parser(source).parse();

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  parse(): Expression {
    const result = this.#value(1);
    return this.#position < this.#tokens.length ? this.#unexpected() : result;
  }

  #value(depth: number): Expression {
    if (depth > maxDepth) throw new ExpressionError(`Exceeded max expression depth ${maxDepth}`);
    let result = this.#primary(depth);
    while (this.#isSymbol('.') || this.#isSymbol('[')) result = this.#dereference(result, depth);
    return result;
  }

  #dereference(target: Expression, depth: number): Expression {
    if (this.#accept('.')) {
      if (this.#accept('*')) return { kind: 'index', target, key: '*' };
      const next = this.#tokens[this.#position];
      if (next?.kind !== 'word') return this.#unexpected();
      this.#position++;
      return { kind: 'index', target, key: { kind: 'literal', value: next.text } };
    }
    this.#expect('[');
    const key = this.#accept('*') ? '*' : this.#value(depth + 1);
    this.#expect(']');
    return { kind: 'index', target, key };
  }

  #primary(depth: number): Expression {
    const next = this.#tokens[this.#position];
    if (next === undefined || next.kind === 'symbol') return this.#unexpected();
    this.#position++;
    if (next.kind !== 'word') return literal(next);
    if (this.#accept('(')) return { kind: 'call', name: next.text, args: this.#arguments(depth) };
    return keyword(next.text);
  }

  #arguments(depth: number): Expression[] {
    const args: Expression[] = [];
    if (this.#accept(')')) return args;
    do args.push(this.#value(depth + 1));
    while (this.#accept(','));
    this.#expect(')');
    return args;
  }

  #isSymbol(text: string): boolean {
    const next = this.#tokens[this.#position];
    return next?.kind === 'symbol' && next.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#isSymbol(text)) return false;
    this.#position++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#unexpected();
  }

  #unexpected(): never {
    const found = this.#tokens[this.#position]?.text;
    throw new ExpressionError(
      found === undefined
        ? `Unexpected end of '${this.#source}'`
        : `Unexpected symbol: '${found}' in '${this.#source}'`,
    );
  }
}

function literal(token: Token): Expression {
  if (token.kind === 'text') {
    return { kind: 'literal', value: token.text.slice(1, -1).replaceAll("''", "'") };
  }
  // `1.2.3` is a version; versions are compared as text here.
  const isVersion = token.text.split('.').length > 2;
  return { kind: 'literal', value: isVersion ? token.text : Number(token.text) };
}

function keyword(word: string): Expression {
  switch (word.toLowerCase()) {
    case 'true':
      return { kind: 'literal', value: true };
    case 'false':
      return { kind: 'literal', value: false };
    case 'null':
      return { kind: 'literal', value: null };
    default:
      return { kind: 'name', name: word };
  }
}

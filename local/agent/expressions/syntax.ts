/** A parsed Azure Pipelines expression, as between `${{ }}`, `$[ ]` or in a condition. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly target: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

/** What an expression may name in the place where it stands. All names are lower case. */
export interface Vocabulary {
  readonly names: readonly string[];
  /** The least and the most values that a function takes. */
  readonly functions: Readonly<Record<string, { readonly arity: readonly [least: number, most: number] }>>;
  /** Unknown names pass: the server leaves those of a step's condition to the agent. */
  readonly isOpen?: boolean;
}

/** An expression that cannot be parsed or evaluated. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** Microsoft's limit for nested function calls. */
const maxDepth = 50;
const token =
  /\s*(?:(?<number>(?:-|\.?\d)[\w.]*)|(?<text>'(?:[^']|'')*')|(?<word>[A-Za-z_]\w*)|(?<symbol>[()[\].,*]|\S+))/y;
/** Azure Pipelines knows these in some place or other; no example uses them. */
const notModelled =
  'counter iif split join length trim xor containsvalue lt le gt ge variables resources pipeline'.split(' ');

interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'symbol';
  readonly text: string;
  /** From 1. */
  readonly position: number;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (token.lastIndex = 0; token.lastIndex < source.length;) {
    const groups: Record<string, string | undefined> = token.exec(source)?.groups ?? {};
    const [kind, text = ''] = Object.entries(groups).find(([, one]) => one !== undefined) ?? [];
    tokens.push({ kind: kind as Token['kind'], text, position: token.lastIndex - text.length + 1 });
  }
  return tokens;
}

/** What stands in a value that is one `$[ ]`. */
export const runtimeExpression = (value: string): string | undefined =>
  /^\$\[(.*)\]$/s.exec(value.trim())?.[1];

/** Parses an expression and looks its names up. Throws `ExpressionError` in the server's words. */
export const parseExpression = (source: string, vocabulary: Vocabulary): Expression =>
  new Parser(source.trim(), vocabulary).parse();

class Parser {
  readonly #source: string;
  readonly #vocabulary: Vocabulary;
  readonly #tokens: readonly Token[];
  #position = 0;
  /** The first unknown name: what is wrong with the syntax is told before it. */
  #unknown: Token | undefined;
  /** The function whose values are being read. */
  #open: Token | undefined;

  constructor(source: string, vocabulary: Vocabulary) {
    this.#source = source;
    this.#vocabulary = vocabulary;
    this.#tokens = tokenize(source);
  }

  parse(): Expression {
    if (this.#tokens.length === 0) throw new ExpressionError('An expression was expected');
    const result = this.#value(1);
    if (this.#position < this.#tokens.length) this.#unexpected();
    if (this.#unknown !== undefined && !this.#vocabulary.isOpen) this.#unrecognized(this.#unknown);
    return result;
  }

  #value(depth: number): Expression {
    if (depth > maxDepth) throw new ExpressionError(`Exceeded max expression depth ${maxDepth}`);
    let target = this.#primary(depth);
    for (;;) {
      if (this.#accept('.')) target = { kind: 'index', target, key: this.#property() };
      else if (this.#accept('[')) {
        if (this.#isSymbol('*')) this.#unexpected();
        target = { kind: 'index', target, key: this.#value(depth) };
        this.#expect(']');
      } else return target;
    }
  }

  #property(): Expression {
    const next = this.#next();
    if (next.kind !== 'word') this.#unexpected(next);
    return { kind: 'literal', value: next.text };
  }

  #primary(depth: number): Expression {
    const next = this.#next();
    switch (next.kind) {
      case 'text':
        return { kind: 'literal', value: next.text.slice(1, -1).replaceAll("''", "'") };
      case 'number':
        return /^-?(\d+\.?\d*|\.\d+)$/.test(next.text)
          ? { kind: 'literal', value: Number(next.text) }
          : this.#unrecognized(next);
      case 'word':
        if (this.#accept('(')) return { kind: 'call', name: next.text, args: this.#call(next, depth) };
        return this.#name(next);
      case 'symbol':
        return this.#unexpected(next);
    }
  }

  #name(word: Token): Expression {
    const name = word.text.toLowerCase();
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
    if (Object.hasOwn(this.#vocabulary.functions, name))
      this.#fail("Expected '(' to follow a function", word);
    if (!this.#vocabulary.names.includes(name)) this.#unknown ??= word;
    return { kind: 'name', name };
  }

  #call(word: Token, depth: number): Expression[] {
    const name = word.text.toLowerCase();
    const { functions } = this.#vocabulary;
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (known === undefined) this.#unknown ??= word;
    const [least, most] = known?.arity ?? [0, Infinity];
    const outer = this.#open;
    this.#open = word;
    const args: Expression[] = [];
    if (!this.#isSymbol(')')) {
      do args.push(this.#value(depth + 1));
      while (args.length < most && this.#accept(','));
    }
    if (args.length < least || args.length > most) this.#unexpected();
    this.#expect(')');
    this.#open = outer;
    return args;
  }

  #next(): Token {
    const next = this.#tokens[this.#position++];
    return next ?? { kind: 'symbol', text: '', position: this.#source.length + 1 };
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

  #unexpected(found = this.#next()): never {
    if (found.text === '' && this.#open !== undefined) this.#fail('Unclosed function', this.#open);
    const note = found.text === '*' ? '. The local agent does not know filtered arrays' : '';
    return this.#fail('Unexpected symbol', found, note);
  }

  #unrecognized(found: Token): never {
    const isVersion = /^\d+(\.\d+){2,3}$/.test(found.text);
    const isKnownElsewhere = isVersion || notModelled.includes(found.text.toLowerCase());
    const note = isKnownElsewhere ? `. The local agent does not know '${found.text}'` : '';
    return this.#fail('Unrecognized value', found, note);
  }

  #fail(kind: string, { text, position }: Token, note = ''): never {
    throw new ExpressionError(
      `${kind}: '${text}'. Located at position ${position} within expression: '${this.#source}'${note}`,
    );
  }
}

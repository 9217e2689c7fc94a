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
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let position = 0;
  const unexpected = (): never => {
    const found = tokens[position]?.text;
    throw new ExpressionError(
      found === undefined ? `Unexpected end of '${source}'` : `Unexpected symbol: '${found}' in '${source}'`,
    );
  };
  const isSymbol = (text: string) => tokens[position]?.kind === 'symbol' && tokens[position]?.text === text;
  const accept = (text: string) => isSymbol(text) && ++position > 0;
  const expect = (text: string) => {
    if (!accept(text)) unexpected();
  };

  const value = (depth: number): Expression => {
    if (depth > maxDepth) throw new ExpressionError(`Exceeded max expression depth ${maxDepth}`);
    let result = primary(depth);
    while (isSymbol('.') || isSymbol('[')) result = dereference(result, depth);
    return result;
  };
  const dereference = (target: Expression, depth: number): Expression => {
    if (accept('.')) {
      if (accept('*')) return { kind: 'index', target, key: '*' };
      const next = tokens[position];
      if (next?.kind !== 'word') return unexpected();
      position++;
      return { kind: 'index', target, key: { kind: 'literal', value: next.text } };
    }
    expect('[');
    const key = accept('*') ? '*' : value(depth + 1);
    expect(']');
    return { kind: 'index', target, key };
  };
  const primary = (depth: number): Expression => {
    const next = tokens[position];
    if (next === undefined || next.kind === 'symbol') return unexpected();
    position++;
    if (next.kind !== 'word') return literal(next);
    if (accept('(')) return { kind: 'call', name: next.text, args: callArguments(depth) };
    return keyword(next.text);
  };
  const callArguments = (depth: number): Expression[] => {
    const args: Expression[] = [];
    if (accept(')')) return args;
    do args.push(value(depth + 1));
    while (accept(','));
    expect(')');
    return args;
  };

  const result = value(1);
  if (position < tokens.length) unexpected();
  return result;
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

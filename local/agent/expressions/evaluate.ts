import { type ExpressionFunction, checkArity, generalFunctions } from './functions.ts';
import { type Expression, ExpressionError, parseExpression } from './syntax.ts';
import { FilteredArray, isObject, itemsOf, toBoolean, toNumber, toText } from './values.ts';

/** What an expression can name. Keys of both are lower case. */
export interface ExpressionScope {
  readonly names: Readonly<Record<string, unknown>>;
  readonly functions?: Readonly<Record<string, ExpressionFunction>>;
}

/** Parses and evaluates. Throws `ExpressionError` that quotes the expression. */
export function evaluate(source: string, scope: ExpressionScope): unknown {
  return valueOf(parseExpression(source), scope);
}

function valueOf(expression: Expression, scope: ExpressionScope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name': {
      const name = expression.name.toLowerCase();
      if (!Object.hasOwn(scope.names, name)) {
        throw new ExpressionError(`Unrecognized value: '${expression.name}'`);
      }
      return scope.names[name];
    }
    case 'index':
      return indexInto(valueOf(expression.target, scope), expression.key, scope);
    case 'call':
      return call(expression, scope);
  }
}

function indexInto(target: unknown, key: Expression | '*', scope: ExpressionScope): unknown {
  if (key === '*') return new FilteredArray(membersOf(target));
  const wanted = valueOf(key, scope);
  if (target instanceof FilteredArray) {
    const found = target.items.map((item) => member(item, wanted));
    return new FilteredArray(found.filter((item) => item !== null));
  }
  return member(target, wanted);
}

function membersOf(target: unknown): readonly unknown[] {
  if (target instanceof FilteredArray) return target.items.flatMap(membersOf);
  return isObject(target) ? Object.values(target) : (itemsOf(target) ?? []);
}

/** A member by name without regard to case, or by position; null where there is none, so that chains hold. */
export function member(target: unknown, key: unknown): unknown {
  if (isObject(target)) {
    const wanted = toText(key).toLowerCase();
    const found = Object.keys(target).find((name) => name.toLowerCase() === wanted);
    return found === undefined ? null : (target[found] ?? null);
  }
  const position = toNumber(key);
  return (position === undefined ? null : itemsOf(target)?.[position]) ?? null;
}

function call(expression: Extract<Expression, { kind: 'call' }>, scope: ExpressionScope): unknown {
  const name = expression.name.toLowerCase();
  checkArity(expression.name, expression.args.length);
  const lazy = lazyFunctions[name];
  if (lazy !== undefined) return lazy(expression.args.map((arg) => () => valueOf(arg, scope)));
  const own = scope.functions ?? {};
  const run = Object.hasOwn(own, name)
    ? own[name]
    : Object.hasOwn(generalFunctions, name)
      ? generalFunctions[name]
      : undefined;
  if (run === undefined)
    throw new ExpressionError(`the local agent does not know the function '${expression.name}'`);
  return run(...expression.args.map((arg) => valueOf(arg, scope)));
}

type Lazy = (args: readonly (() => unknown)[]) => unknown;

const lazyFunctions: Readonly<Record<string, Lazy | undefined>> = {
  and: (args) => args.every((arg) => toBoolean(arg())),
  or: (args) => args.some((arg) => toBoolean(arg())),
  coalesce: (args) => {
    for (const arg of args) {
      const value = arg();
      if (value !== null && value !== undefined && value !== '') return value;
    }
    return null;
  },
  iif: ([condition, whenTrue, whenFalse]) => (toBoolean(condition?.()) ? whenTrue?.() : whenFalse?.()),
};

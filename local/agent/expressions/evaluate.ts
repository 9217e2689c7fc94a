import { type ExpressionFunction, generalFunctions } from './functions.ts';
import { type Expression, parseExpression } from './syntax.ts';
import { member } from './values.ts';

/** What an expression can name. Keys of both are lower case. */
export interface ExpressionScope {
  readonly names: Readonly<Record<string, unknown>>;
  /** Besides the general ones. */
  readonly functions?: Readonly<Record<string, ExpressionFunction>>;
}

/** Parses and evaluates. Throws `ExpressionError`. */
export function evaluate(source: string, scope: ExpressionScope): unknown {
  const functions = { ...generalFunctions, ...scope.functions };
  const tree = parseExpression(source, { names: Object.keys(scope.names), functions });
  return valueOf(tree, { names: scope.names, functions });
}

function valueOf(expression: Expression, scope: Required<ExpressionScope>): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return scope.names[expression.name];
    case 'index':
      return member(valueOf(expression.target, scope), valueOf(expression.key, scope));
    case 'call':
      return scope.functions[expression.name.toLowerCase()]?.run(
        expression.args.map((arg) => () => valueOf(arg, scope)),
      );
  }
}

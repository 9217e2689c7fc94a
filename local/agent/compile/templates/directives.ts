import { refuse } from '../../errors.ts';
import type { Entry } from '../../yaml/tree.ts';
import { wholeExpression } from './expression-text.ts';

/** A key that says what becomes of its value. */
export type Directive =
  | { readonly kind: 'if' | 'elseif'; readonly condition: string }
  | { readonly kind: 'else' | 'insert' }
  | { readonly kind: 'each'; readonly name: string; readonly collection: string };

export function readDirective({ key: { text, at } }: Entry): Directive | undefined {
  const source = wholeExpression(text)?.trim() ?? '';
  const [, kind = '', rest = ''] = /^(if|elseif|else|each|insert)\b\s*([^]*)$/.exec(source) ?? [];
  switch (kind) {
    case 'if':
    case 'elseif':
      return { kind, condition: rest };
    case 'else':
    case 'insert':
      return rest === '' ? { kind } : undefined;
    case 'each': {
      const [, name, collection] = /^(\w+)\s+in\s+([^]+)$/.exec(rest) ?? [];
      if (name === undefined || collection === undefined)
        return refuse(at, `the local agent does not know '${text}': each needs a name and 'in'`);
      return { kind, name, collection };
    }
    default:
      return undefined;
  }
}

/** Which bodies of `if`, `elseif` and `else` count, among the members of one list or mapping. */
export class Chain {
  #state: 'none' | 'open' | 'taken' = 'none';

  /** Another directive ends the chain; a member that is none does not. */
  end(): void {
    this.#state = 'none';
  }

  /** True where the body is the one that counts. A condition behind it is not evaluated. */
  takes(directive: Directive, at: string, holds: (condition: string) => boolean): boolean {
    const { kind } = directive;
    if (kind === 'if') this.#state = 'open';
    else if (this.#state === 'none')
      refuse(at, `The expression directive '${kind}' is not supported in this context`);
    const isTaken = this.#state === 'open' && (!('condition' in directive) || holds(directive.condition));
    if (isTaken) this.#state = 'taken';
    if (kind === 'else') this.end();
    return isTaken;
  }
}

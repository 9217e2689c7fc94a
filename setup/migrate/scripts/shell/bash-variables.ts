import type { Scope } from '../../read/scope.ts';
import { textOf, unknown } from '../../read/value.ts';
import { type Node, childrenOf, fieldsOf } from '../grammars.ts';
import type { Mask } from '../masks.ts';
import { Variables } from '../variables.ts';
import { type WordSource, wordText, words } from './bash-words.ts';

/** The variables of a script, and the texts of its words. */
export class ShellWords implements WordSource {
  readonly variables = new Variables();
  readonly outputOf: (substitution: Node) => string;
  readonly #arrays = new Map<string, readonly string[]>();
  readonly #mask: Mask;
  readonly #scope: Scope;

  constructor(mask: Mask, scope: Scope, outputOf: (substitution: Node) => string) {
    this.#mask = mask;
    this.#scope = scope;
    this.outputOf = outputOf;
  }

  unmask(text: string): string {
    return this.#mask
      .unmask(text)
      .replace(/\$\((\w+)\)/g, (all, name: string) =>
        this.variables.has(name) && !this.#scope.isDeclared(name)
          ? unknown(`$(${name}), which is a variable of the script and no macro`)
          : all,
      );
  }

  variable(name: string): string {
    const own = this.variables.get(name);
    if (own !== undefined) return textOf(own);
    return /^[A-Za-z_]\w*$/.test(name) ? this.#scope.inEnvironment(name) : unknown(`$${name}`);
  }

  array(name: string): readonly string[] | undefined {
    return this.#arrays.get(name);
  }

  /** Does what an assignment says, `+=` too. */
  assign(node: Node): void {
    const name = fieldsOf(node, 'name')[0]?.text ?? '';
    const [value] = fieldsOf(node, 'value');
    const isMore = node.text.startsWith(`${name}+=`);
    if (value?.type === 'array') {
      const items = childrenOf(value).flatMap((child) => words(child, this));
      this.#arrays.set(name, isMore ? [...(this.#arrays.get(name) ?? []), ...items] : items);
    } else {
      const before = isMore ? textOf(this.variables.get(name)) : '';
      this.variables.set(name, before + (value === undefined ? '' : wordText(value, this)));
    }
  }
}

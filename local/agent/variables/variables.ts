import { Context } from '../expressions/values.ts';
import { isReadOnlyName } from './read-only-names.ts';

export interface StoredVariable {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  readonly isReadOnly: boolean;
}

interface VariableFlags {
  readonly isSecret?: boolean;
  readonly isReadOnly?: boolean;
}

const maxNesting = 50;

/** A job's variables. Names are found without regard to case. */
export class Variables {
  readonly #written = new Map<string, StoredVariable>();
  #expanded = new Map<string, string>();

  /** Gives a variable its value before the job starts, whatever it was. */
  define(name: string, value: string, flags: VariableFlags = {}): void {
    const { isSecret = false, isReadOnly = false } = flags;
    this.#written.set(name.toLowerCase(), { name, value, isSecret, isReadOnly });
    this.#expanded.set(name.toLowerCase(), value);
  }

  /** Sets a variable while the job runs: what was secret or read-only once stays so (Variables.cs, Set). */
  set(name: string, value: string, flags: VariableFlags = {}): void {
    const old = this.find(name);
    this.define(old?.name ?? name, value, {
      isSecret: flags.isSecret === true || old?.isSecret === true,
      isReadOnly: flags.isReadOnly === true || old?.isReadOnly === true,
    });
  }

  /** Whether no step may set it: by its flag, or by its name. */
  isReadOnly(name: string): boolean {
    const found = this.find(name);
    return found !== undefined && (found.isReadOnly || isReadOnlyName(name));
  }

  get(name: string): string | undefined {
    return this.#expanded.get(name.toLowerCase());
  }

  find(name: string): StoredVariable | undefined {
    return this.#written.get(name.toLowerCase());
  }

  all(): StoredVariable[] {
    return [...this.#written].map(([key, one]) => ({ ...one, value: this.#expanded.get(key) ?? one.value }));
  }

  /** Variables inside variables' values are resolved, as the agent does before each step. */
  expandNested(): void {
    this.#expanded = new Map(
      [...this.#written].map(([key, { value }]) => [key, this.#resolve(value, new Set([key]))]),
    );
  }

  #resolve(text: string, seen: ReadonlySet<string>): string {
    return expandMacros(text, (name) => {
      const key = name.toLowerCase();
      if (seen.has(key) || seen.size > maxNesting) return undefined;
      const found = this.#written.get(key);
      return found && this.#resolve(found.value, new Set([...seen, key]));
    });
  }

  /** Replaces `$(name)`. Unknown names stay; values are not looked at again. */
  expand(text: string): string {
    return expandMacros(text, (name) => this.get(name));
  }

  /** As conditions and `$[ ]` see them. */
  toContext(): Context {
    return new Context(Object.fromEntries(this.all().map(({ name, value }) => [name, value])));
  }
}

/** Replaces each `$(name)` that `lookup` knows, once. */
export function expandMacros(text: string, lookup: (name: string) => string | undefined): string {
  let result = '';
  let position = 0;
  for (;;) {
    const start = text.indexOf('$(', position);
    const end = start < 0 ? -1 : text.indexOf(')', start);
    if (end < 0) return result + text.slice(position);
    const value = lookup(text.slice(start + 2, end));
    // After an unknown name the search goes on inside it: `$($(x))` finds `$(x)`.
    const next = value === undefined ? start + 2 : end + 1;
    result += text.slice(position, start) + (value ?? '$(');
    position = next;
  }
}

/** `a.b c` -> `A_B_C`, the agent's rule for names in the environment. */
export const environmentName = (name: string) => name.replaceAll(/[. ]/g, '_').toUpperCase();

export interface StoredVariable {
  readonly name: string;
  readonly value: string;
  readonly isSecret: boolean;
  readonly isReadOnly: boolean;
}

const maxNesting = 50;

/** A job's variables. Names are found without regard to case. */
export class Variables {
  readonly #written = new Map<string, StoredVariable>();
  #expanded = new Map<string, string>();

  set(name: string, value: string, flags: { isSecret?: boolean; isReadOnly?: boolean } = {}): void {
    const key = name.toLowerCase();
    const old = this.#written.get(key);
    const { isSecret = old?.isSecret ?? false, isReadOnly = old?.isReadOnly ?? false } = flags;
    this.#written.set(key, { name: old?.name ?? name, value, isSecret, isReadOnly });
    this.#expanded.set(key, value);
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

  /** As `${{ variables }}` and conditions see them. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this.all().map(({ name, value }) => [name, value]));
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

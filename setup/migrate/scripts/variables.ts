import { type Value, type ValueMap, isMap, toJson, unknown } from '../read/value.ts';

/** The variables of a script, which branches may set in more than one way. */
export class Variables {
  #values = new Map<string, Value>();

  get(name: string): Value | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Sets a member of a map; of anything else nothing is known afterwards. */
  setMember(name: string, member: string, value: Value): void {
    const before = this.#values.get(name);
    this.#values.set(
      name,
      isMap(before) ? { ...before, [member]: value } : unknown(`${name}, whose ${member} the script sets`),
    );
  }

  /**
   * Runs each way and joins what they leave; a variable that they set differently is known to nobody.
   * @param isExhaustive one of the ways is always taken
   */
  branch(ways: readonly (() => void)[], isExhaustive: boolean): void {
    const before = this.#values;
    const after = ways.map((way) => {
      this.#values = new Map(before);
      way();
      return this.#values;
    });
    if (!isExhaustive) after.push(before);
    this.#values = new Map();
    for (const name of new Set(after.flatMap((each) => [...each.keys()]))) {
      const [first, ...others] = after.map((each) => each.get(name));
      const same =
        first !== undefined &&
        others.every((other) => other !== undefined && toJson(other) === toJson(first));
      this.#values.set(name, same ? first : unknown(`${name}, which the script sets in more than one way`));
    }
  }
}

/** A member of a value: of a map its own, of something unknown something unknown. */
export function memberOf(value: Value | undefined, name: string, source: string): Value {
  const map: ValueMap = isMap(value) ? value : {};
  return Object.hasOwn(map, name) ? (map[name] ?? null) : unknown(source);
}

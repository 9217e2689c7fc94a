import { environmentName, isPredefined, predefinedInEnvironment } from './predefined.ts';
import { unknown } from './value.ts';

/** Where a script stands, as far as its variables go. */
export interface ScopeOptions {
  /** The pipeline's, stage's and job's variables, by name. */
  readonly variables: ReadonlyMap<string, string>;
  /** Those of the variables that only the job or stage has. */
  readonly local: ReadonlySet<string>;
  /** Names that steps set with task.setvariable. */
  readonly setBySteps: ReadonlySet<string>;
  /** The step's `env`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Windows' environment does not know case. */
  readonly isWindows: boolean;
}

const macro = /\$\(([A-Za-z_][\w.]*)\)/g;
const compileTime = /\$\{\{\s*variables(?:\.([\w.]+)|\[\s*'([^']+)'\s*\])\s*\}\}/g;

/** Finds what variables of the pipeline hold. */
export class Scope {
  readonly #options: ScopeOptions;
  /** Names that are set nowhere in the file, and were taken for variables of the pipeline. */
  readonly assumed = new Set<string>();

  constructor(options: ScopeOptions) {
    this.#options = options;
  }

  isDeclared(name: string): boolean {
    return isPredefined(name) || this.#declared(name) !== undefined || this.#isSet(name) !== undefined;
  }

  /**
   * A text of the pipeline with its variables followed: to an expression, which holds what a user typed, and to an address. Other
   * values stay macros, so that they keep one place.
   */
  resolve(text: string, depth = 0): string {
    if (depth > 10) return text;
    return text
      .replace(compileTime, (all, plain: string | undefined, quoted: string | undefined) => {
        const value = this.#declared(plain ?? quoted ?? '');
        return value === undefined ? all : this.resolve(value, depth + 1);
      })
      .replace(macro, (all, name: string) => this.#macro(all, name, depth));
  }

  #macro(all: string, name: string, depth: number): string {
    const value = this.#declared(name);
    if (value === undefined) return all;
    if (value.startsWith('$[')) return all;
    const resolved = this.resolve(value, depth + 1);
    return /\$\{\{|^https?:/.test(resolved) ? resolved : all;
  }

  /** What the file or the agent gives to a script's environment under this name, as a task's input would name it. */
  known(name: string): string | undefined {
    const given = this.#given(name);
    if (given !== undefined) return this.resolve(given);
    const predefined = predefinedInEnvironment(name);
    if (predefined !== undefined && (this.#options.isWindows || name === name.toUpperCase()))
      return `$(${predefined})`;
    const wanted = this.#options.isWindows ? name.toUpperCase() : name;
    const known = [...this.#options.variables.keys(), ...this.#options.setBySteps].find(
      (each) => environmentName(each) === wanted,
    );
    return known === undefined ? undefined : this.resolve(`$(${known})`);
  }

  /** A variable of a script's environment, as a task's input would name it. */
  inEnvironment(name: string): string {
    const known = this.known(name);
    if (known !== undefined) return known;
    if (!/^[A-Z][A-Z0-9_]*$/.test(this.#options.isWindows ? name.toUpperCase() : name))
      return unknown(`${name}, a variable that nothing in the file gives to this script`);
    this.assumed.add(name);
    return `$(${name})`;
  }

  /** A text for another job: variables of this job and stage are replaced by what they hold. */
  localized(text: string): string {
    return text.replace(macro, (all, name: string) => {
      const value = this.#options.local.has(name) ? this.#declared(name) : undefined;
      if (value === undefined) return all;
      const [, output] =
        /^\$\[\s*(?:stageD|d)ependencies\.[\w.]+\.outputs\[\s*'([\w.]+)'\s*\]\s*\]$/.exec(value) ?? [];
      return output === undefined ? value : `$(${output})`;
    });
  }

  #given(name: string): string | undefined {
    const { environment, isWindows } = this.#options;
    if (!isWindows) return Object.hasOwn(environment, name) ? environment[name] : undefined;
    return Object.entries(environment).find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1];
  }

  #declared(name: string): string | undefined {
    const lower = name.toLowerCase();
    return [...this.#options.variables].find(([key]) => key.toLowerCase() === lower)?.[1];
  }

  #isSet(name: string): string | undefined {
    const lower = name.toLowerCase();
    return [...this.#options.setBySteps].find((key) => key.toLowerCase() === lower);
  }
}

import type { Host } from '../../common/agent/host.ts';
import { PlainScalar, type Structured } from '../../common/structured-text/parse.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import { redactorOf } from '../../common/text/redaction.ts';
import type { Draft } from './draft.ts';

const mostNames = 10;

/** A macro of a variable that is not there stays as it was written. */
const unresolved = /^\$\([A-Za-z_][\w. -]*\)$/;

/** What `"C:\\temp"` with a single backslash becomes inside double quotes, in YAML and in JSON. */
const brokenPath = /^[A-Za-z]:[\t\v\f\u0008]/;

interface Doubt {
  readonly applies: (text: string) => boolean;
  /** The sentence around the names of what it applies to. */
  readonly tell: (names: string) => string;
  readonly found: Set<string>;
}

/**
 * Looks for what may well be meant as it is, but more often is not: it is sent, but not in silence. The agent masks values of
 * secret variables in its own logs only; in Port everybody who sees the entity would read them.
 */
export class Doubts {
  readonly #doubts: readonly Doubt[];

  constructor(secrets: readonly string[]) {
    const redact = redactorOf(secrets);
    this.#doubts = [
      {
        applies: (text) => secrets.length > 0 && redact(text) !== text,
        tell: (names) =>
          `The value of a secret variable stands in ${names}, and is sent to Port, where everybody who sees the entity can read it. Take it out if that is not meant.`,
        found: new Set(),
      },
      {
        applies: (text) => unresolved.test(text),
        tell: (names) =>
          `A variable that nothing replaced stands in ${names}, and is sent as it is: is it defined?`,
        found: new Set(),
      },
      {
        applies: (text) => brokenPath.test(text),
        tell: (names) =>
          `A control character stands behind what looks like a drive in ${names}: in double quotes a backslash starts an escape. Write it twice, or use single quotes or none.`,
        found: new Set(),
      },
    ];
  }

  look({ title, identifier, properties, relations }: Draft): void {
    this.#lookAt('the identifier', identifier);
    this.#lookAt('the title', title);
    for (const [name, value] of Object.entries(properties ?? {})) {
      this.#lookAt(`property "${oneLine(name, 60)}"`, value);
    }
    for (const [name, value] of Object.entries(relations ?? {})) {
      this.#lookAt(`relation "${oneLine(name, 60)}"`, value);
    }
  }

  /** A warning for each kind of doubt, which names where it was found. */
  warn(host: Pick<Host, 'warning'>): void {
    for (const { found, tell } of this.#doubts) {
      if (found.size === 0) continue;
      const more = found.size > mostNames ? ` and ${found.size - mostNames} more` : '';
      host.warning(tell([...found].slice(0, mostNames).join(', ') + more));
    }
  }

  #lookAt(name: string, value: Structured | undefined): void {
    if (value instanceof PlainScalar) this.#lookAt(name, value.text);
    else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values<Structured>(value)) this.#lookAt(name, item);
    } else if (value !== undefined && value !== null) {
      const text = String(value);
      for (const { applies, found } of this.#doubts) if (applies(text)) found.add(name);
    }
  }
}

import type { Host } from '../../common/agent/host.ts';
import {
  PlainScalar,
  type Structured,
  type StructuredMap,
  isStructuredMap,
} from '../../common/structured-text/parse.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import { redactorOf } from '../../common/text/redaction.ts';
import type { Draft } from './draft.ts';

const mostNames = 10;

/** A macro of a variable that is not there stays as it was written. */
const unresolved = /^\$\([A-Za-z_][\w. -]*\)$/;

/**
 * What `"C:\temp"` and `"D:\new"` with single backslashes become inside double quotes, in YAML and in JSON; further on in a
 * path too. Lines that end as lines of a text do are none of that.
 */
const brokenPath =
  /^[A-Za-z]:(?:[\t\v\f\u0008]|\r(?!\n|$)|\n(?![ \n]|$)|\\[^\s\u0008]*(?:[\t\v\f\u0008]|\r(?!\n|$)))/;

interface Warning {
  readonly applies: (text: string) => boolean;
  /** The sentence around the names of what it applies to. */
  readonly sentence: (names: string) => string;
  readonly found: Set<string>;
}

/**
 * Looks for what may well be meant as it is, but more often is not: it is sent, but not in silence. The agent masks values of
 * secret variables in its own logs only; in Port everybody who sees the entity would read them.
 */
export class Warnings {
  readonly #warnings: readonly Warning[];

  constructor(secrets: readonly string[]) {
    const redact = redactorOf(secrets);
    this.#warnings = [
      {
        applies: (text) => secrets.length > 0 && redact(text) !== text,
        sentence: (names) =>
          `The value of a secret variable stands in ${names}, and is sent to Port, where everybody who sees the entity can read it. Take it out if that is not meant.`,
        found: new Set(),
      },
      {
        applies: (text) => unresolved.test(text),
        sentence: (names) =>
          `A variable that nothing replaced stands in ${names}, and is sent as it is: is it defined?`,
        found: new Set(),
      },
      {
        applies: (text) => brokenPath.test(text),
        sentence: (names) =>
          `A control character stands behind what looks like a drive in ${names}: in double quotes a backslash starts an escape. Write it twice, or use single quotes or none.`,
        found: new Set(),
      },
    ];
  }

  check({ title, icon, team, identifier, properties, relations }: Draft): void {
    this.#checkValue('the identifier', identifier);
    this.#checkValue('the title', title);
    this.#checkValue('the icon', icon);
    this.#checkValue('the team', team);
    this.#checkMembers('property', properties);
    this.#checkMembers('relation', relations);
  }

  /** Shows a warning for each kind of which there is one; it names the places. */
  show(host: Pick<Host, 'warning'>): void {
    for (const { found, sentence } of this.#warnings) {
      if (found.size === 0) continue;
      const more = found.size > mostNames ? ` and ${found.size - mostNames} more` : '';
      host.warning(sentence([...found].slice(0, mostNames).join(', ') + more));
    }
  }

  #checkMembers(kind: string, members: StructuredMap = {}): void {
    for (const [name, value] of Object.entries(members)) {
      this.#checkValue(`the name of a ${kind}`, name);
      this.#checkValue(`${kind} "${oneLine(name, 60)}"`, value);
    }
  }

  #checkValue(name: string, value: Structured | undefined): void {
    if (value instanceof PlainScalar) this.#checkValue(name, value.text);
    else if (typeof value === 'object' && value !== null) {
      if (isStructuredMap(value)) for (const key of Object.keys(value)) this.#checkValue(name, key);
      for (const item of Object.values<Structured>(value)) this.#checkValue(name, item);
    } else if (value !== undefined && value !== null) {
      const text = String(value);
      for (const { applies, found } of this.#warnings) if (applies(text)) found.add(name);
    }
  }
}

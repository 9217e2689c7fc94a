import type { Host } from '../common/host.ts';
import { redactorOf } from '../common/redaction.ts';
import { PlainScalar, type Structured } from '../common/structured-text.ts';
import { oneLine } from '../common/text.ts';
import type { Draft } from './draft.ts';

const mostNames = 10;

/**
 * Finds values of secret variables in what is to be sent: the agent masks them in its own logs, but in Port everybody who
 * sees the entity would read them. They are sent, since they may be meant to be, but not in silence.
 */
export class SecretFinder {
  readonly #holdsSecret: (text: string) => boolean;
  readonly #found = new Set<string>();
  readonly isIdle: boolean;

  constructor(secrets: readonly string[]) {
    const redact = redactorOf(secrets);
    this.isIdle = secrets.length === 0;
    this.#holdsSecret = (text) => redact(text) !== text;
  }

  look({ title, identifier, properties, relations }: Draft): void {
    if (this.isIdle) return;
    if (this.#isIn(identifier)) this.#found.add('the identifier');
    if (this.#isIn(title)) this.#found.add('the title');
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (this.#isIn(value) || this.#holdsSecret(name)) this.#found.add(`property "${oneLine(name, 60)}"`);
    }
    for (const [name, value] of Object.entries(relations ?? {})) {
      if (this.#isIn(value)) this.#found.add(`relation "${oneLine(name, 60)}"`);
    }
  }

  /** One warning that names everything that was found. */
  warn(host: Pick<Host, 'warning'>): void {
    if (this.#found.size === 0) return;
    const names = [...this.#found].slice(0, mostNames);
    const more = this.#found.size > mostNames ? ` and ${this.#found.size - mostNames} more` : '';
    host.warning(
      `The value of a secret variable stands in ${names.join(', ')}${more}, and is sent to Port, where everybody who sees the entity can read it. Take it out if that is not meant.`,
    );
  }

  #isIn(value: Structured | undefined): boolean {
    if (typeof value === 'string') return this.#holdsSecret(value);
    if (value instanceof PlainScalar) return this.#holdsSecret(value.text);
    if (typeof value !== 'object' || value === null)
      return value !== undefined && this.#holdsSecret(String(value));
    return Object.values(value).some((item: Structured) => this.#isIn(item));
  }
}

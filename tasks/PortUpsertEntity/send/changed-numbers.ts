import type { Host } from '../../common/agent/host.ts';
import { PlainScalar, type Structured, type StructuredMap } from '../../common/structured-text/parse.ts';
import { oneLine } from '../../common/text/plain-text.ts';

const mostNames = 10;

/** Collects the properties in which a schema made another text of a number (1.10 is 1.1, 0x1f is 31). */
export class ChangedNumbers {
  readonly #names = new Set<string>();

  compare(written: StructuredMap, sent: StructuredMap): void {
    for (const [name, value] of Object.entries(written)) {
      if (isChanged(value, sent[name])) this.#names.add(`"${oneLine(name, 60)}"`);
    }
  }

  show(host: Pick<Host, 'warning'>): void {
    if (this.#names.size === 0) return;
    const more = this.#names.size > mostNames ? ` and ${this.#names.size - mostNames} more` : '';
    host.warning(
      `The blueprint makes a number of what stands in property ${[...this.#names].slice(0, mostNames).join(', ')}${more}, and it is sent in another form than it was written (1.10 as 1.1). If text is meant, change the property's type to string.`,
    );
  }
}

function isChanged(written: Structured, sent: Structured | undefined): boolean {
  if (written instanceof PlainScalar)
    return typeof sent === 'number' && JSON.stringify(sent) !== written.text;
  if (typeof written !== 'object' || written === null) return false;
  const members = (sent ?? {}) as StructuredMap;
  return Object.entries<Structured>(written as StructuredMap).some(([key, value]) =>
    isChanged(value, members[key]),
  );
}

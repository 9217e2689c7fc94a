import type { Host } from '../agent/host.ts';
import { redactorOf } from '../text/redaction.ts';

/** Warns where an input that is sent to Port as it is holds the value of a secret variable. */
export function warnOfSecretInput(
  host: Pick<Host, 'input' | 'secretValues' | 'warning'>,
  name: string,
): void {
  const text = host.input(name);
  if (text === undefined || redactorOf(host.secretValues())(text) === text) return;
  host.warning(
    `The value of a secret variable stands in input ${name}, and is sent to Port. Take it out if that is not meant.`,
  );
}

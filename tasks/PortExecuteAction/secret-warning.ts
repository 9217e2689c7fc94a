import type { Host } from '../common/agent/host.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { redactorOf } from '../common/text/redaction.ts';

/** Names the properties that hold the value of a secret variable: the agent masks it in its own logs, Port shows it. */
export function warnOfSecrets(
  host: Pick<Host, 'secretValues' | 'warning'>,
  properties: Readonly<Record<string, unknown>>,
): void {
  const redact = redactorOf(host.secretValues());
  const names = Object.entries(properties)
    .filter(([, value]) => isChanged(redact, JSON.stringify(value)))
    .map(([name]) => `"${oneLine(name, 60)}"`);
  if (names.length === 0) return;
  host.warning(
    `The value of a secret variable stands in ${names.length === 1 ? 'property' : 'properties'} ${names.join(', ')}, and is sent to Port, where everybody who sees the run can read it (unless the action encrypts the input). Take it out if that is not meant.`,
  );
}

function isChanged(redact: (text: string) => string, text: string): boolean {
  return redact(text) !== text;
}

import type { Host } from '../common/agent/host.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { redactorOf } from '../common/text/redaction.ts';
import type { ExecuteInputs } from './inputs.ts';
import type { Values } from './startable.ts';

/** Names the places that hold the value of a secret variable: the agent masks it in its own logs, Port shows it. */
export function warnOfSecrets(
  host: Pick<Host, 'secretValues' | 'warning'>,
  { kind, identifier, entity }: ExecuteInputs,
  values: Values,
): void {
  const redact = redactorOf(host.secretValues());
  const places: readonly (readonly [place: string, value: unknown])[] = [
    [`the ${kind}`, identifier],
    ['the entity', entity ?? ''],
    ['the name of a property', Object.keys(values)],
    ...Object.entries(values).map(([name, value]) => [`property "${oneLine(name, 60)}"`, value] as const),
  ];
  const found = places
    .filter(([, value]) => isChanged(redact, JSON.stringify(value)))
    .map(([place]) => place);
  if (found.length === 0) return;
  host.warning(
    `The value of a secret variable stands in ${found.join(', ')}, and is sent to Port, where everybody who sees the run can read it (unless the ${kind} encrypts the input). Take it out if that is not meant.`,
  );
}

function isChanged(redact: (text: string) => string, text: string): boolean {
  return redact(text) !== text;
}

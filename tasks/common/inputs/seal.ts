import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Connection } from './connection.ts';

/** What shows that a step with the same connection wrote a text: others can write where it stands, and do not have the client secret. */
export function sealOf(
  { apiUrl, clientId, clientSecret }: Connection,
  purpose: string,
  text: string,
): string {
  return createHmac('sha256', clientSecret)
    .update([purpose, apiUrl, clientId, text].join('\n'))
    .digest('hex');
}

export function isSeal(
  connection: Connection,
  { purpose, text, seal }: { purpose: string; text: string; seal: string },
): boolean {
  const expected = Buffer.from(sealOf(connection, purpose, text));
  const given = Buffer.from(seal);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header value that an incoming webhook expects: HMAC-SHA1 of the raw body, in hexadecimal. */
export const signatureOf = (body: Buffer, secret: string): string =>
  createHmac('sha1', secret).update(body).digest('hex');

export function isSignedWith(secret: string, body: Buffer, given: string | undefined): boolean {
  const expected = Buffer.from(signatureOf(body, secret));
  const actual = Buffer.from((given ?? '').toLowerCase());
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

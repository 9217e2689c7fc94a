import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** Port's tokens live for three hours. */
const LIFETIME_SECONDS = 10_800;

/**
 * Access tokens. The same token is handed out for as long as it lives, and `expiresIn` is always three hours, as
 * documented: a client cannot tell from it how long a token really has.
 */
export class Tokens {
  readonly #now: () => Date;
  #token: { readonly value: string; readonly expiresAt: number } | undefined;
  /** How many different tokens were made. */
  issued = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  issue(): { accessToken: string; expiresIn: number; tokenType: 'Bearer' } {
    if (!this.#token || this.#token.expiresAt <= this.#now().getTime()) this.#token = this.#make();
    return { accessToken: this.#token.value, expiresIn: LIFETIME_SECONDS, tokenType: 'Bearer' };
  }

  /** Makes the current token invalid; the next call with it is answered 401. */
  revoke(): void {
    this.#token = undefined;
  }

  accepts(authorization: string | undefined): boolean {
    const token = this.#token;
    if (!token || token.expiresAt <= this.#now().getTime()) return false;
    const value = Buffer.from((authorization ?? '').replace(/^Bearer /, ''));
    const expected = Buffer.from(token.value);
    return value.length === expected.length && timingSafeEqual(value, expected);
  }

  #make() {
    this.issued += 1;
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const expiresAt = issuedAt + LIFETIME_SECONDS;
    const claims = { orgId: 'org_local', jti: randomUUID(), iat: issuedAt, exp: expiresAt };
    const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = createHmac('sha256', randomUUID()).update(content).digest('base64url');
    return { value: `${content}.${signature}`, expiresAt: expiresAt * 1000 };
  }
}

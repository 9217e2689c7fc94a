import { createHmac, randomUUID } from 'node:crypto';

/** Port's tokens live for three hours. */
const lifetimeSeconds = 10_800;

interface Token {
  readonly value: string;
  readonly expiresAt: number;
}

/**
 * Access tokens. A user is handed the same token for as long as it lives, and `expiresIn` is always three hours, as
 * documented: a client cannot tell from it how long a token really has.
 */
export class Tokens {
  readonly #now: () => Date;
  readonly #owner: string;
  readonly #tokens = new Map<string, Token>();
  /** How many different tokens were made. */
  issued = 0;

  /** The owner is who gets a token where nobody is named. */
  constructor(now: () => Date, owner: string) {
    this.#now = now;
    this.#owner = owner;
  }

  issue(user = this.#owner): { accessToken: string; expiresIn: number; tokenType: 'Bearer' } {
    const live = this.#live(user) ?? this.#make(user);
    this.#tokens.set(user, live);
    return { accessToken: live.value, expiresIn: lifetimeSeconds, tokenType: 'Bearer' };
  }

  /** Makes all tokens invalid; the next call with one is answered 401. */
  revoke(): void {
    this.#tokens.clear();
  }

  /** Whose token this header carries; undefined where it is missing, wrong or expired. */
  userOf(authorization = ''): string | undefined {
    const value = authorization.replace(/^Bearer /, '');
    return [...this.#tokens.keys()].find((user) => this.#live(user)?.value === value);
  }

  #live(user: string): Token | undefined {
    const token = this.#tokens.get(user);
    return token && token.expiresAt > this.#now().getTime() ? token : undefined;
  }

  #make(user: string): Token {
    this.issued += 1;
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const expiresAt = issuedAt + lifetimeSeconds;
    const claims = { orgId: 'org_local', sub: user, jti: randomUUID(), iat: issuedAt, exp: expiresAt };
    const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = createHmac('sha256', randomUUID()).update(content).digest('base64url');
    return { value: `${content}.${signature}`, expiresAt: expiresAt * 1000 };
  }
}

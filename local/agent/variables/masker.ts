/** Auth parameters that the agent does not treat as secrets. */
const plainParameters = new Set(
  [
    'Role',
    'Scope',
    'TenantId',
    'IssuedAt',
    'ExpiresAt',
    'Audience',
    'AuthenticationType',
    'AuthorizationType',
    'AccessTokenType',
    'AccessTokenFetchingMethod',
    'UseWindowsSecurity',
    'Unsecured',
    'OAuthAccessTokenIsSupplied',
    'CompleteCallbackPayload',
    'AcceptUntrustedCertificates',
  ].map((name) => name.toLowerCase()),
);

export const isSecretParameter = (name: string) => !plainParameters.has(name.toLowerCase());

/** Credentials in a URL: `https://user:password@host`. */
const urlCredentials = /(?<=:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g;

/** Replaces secrets by `***`, in the forms that the agent knows. */
export class Masker {
  readonly #values = new Set<string>();

  /** `isFromStart`: known when the job began; only those are masked in their base64 forms too. */
  add(secret: string, isFromStart = false): void {
    for (const line of [secret, ...secret.split(/\r?\n/)]) {
      const forms = [line, line.trim(), unquoted(line)];
      for (const form of forms.filter((one) => one.trim() !== '')) {
        [
          form,
          jsonForm(form),
          encodeURIComponentSafely(form),
          form.replaceAll('%', '%25'),
          backslashForm(form),
        ].forEach((variant) => this.#values.add(variant));
      }
    }
    if (isFromStart) base64Forms(secret).forEach((form) => this.#values.add(form));
  }

  mask(text: string): string {
    const ranges = [...this.#values].flatMap((value) => rangesOf(text, value));
    for (const match of text.matchAll(urlCredentials))
      ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length === 0) return text;
    ranges.sort(([a], [b]) => a - b);
    let result = '';
    let position = 0;
    for (let index = 0; index < ranges.length;) {
      const start = ranges[index]?.[0] ?? 0;
      let end = start;
      // Overlapping and touching secrets are one.
      for (; index < ranges.length && (ranges[index]?.[0] ?? 0) <= end; index++)
        end = Math.max(end, ranges[index]?.[1] ?? 0);
      result += `${text.slice(position, start)}***`;
      position = end;
    }
    return result + text.slice(position);
  }
}

type Range = readonly [start: number, end: number];

function rangesOf(text: string, value: string): Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    ranges.push([at, at + value.length]);
  return ranges;
}

const unquoted = (text: string) => /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
const jsonForm = (text: string) => JSON.stringify(text).slice(1, -1);
const backslashForm = (text: string) => text.replaceAll('\\', '\\\\');

function encodeURIComponentSafely(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Base64 of the secret at each of the three offsets that it may have in a longer text. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const shifted = [1, 2].map((shift) => {
    const form = bytes.subarray(shift).toString('base64');
    return form.slice(0, form.length - (form.length % 4)).replace(/=+$/, '');
  });
  return [whole, ...shifted].filter((form) => form.length > 3);
}

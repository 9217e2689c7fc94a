/** Auth parameters that the agent does not treat as secrets: MaskingUtil.cs. */
const plainParameters = (
  'role scope tenantid issuedat expiresat audience authenticationtype authorizationtype ' +
  'accesstokentype accesstokenfetchingmethod usewindowssecurity unsecured ' +
  'oauthaccesstokenissupplied completecallbackpayload acceptuntrustedcertificates'
).split(' ');

export const isSecretParameter = (name: string) => !plainParameters.includes(name.toLowerCase());

/** The password in a URL: AdditionalMaskingRegexes.cs. */
const urlCredentials = /(?<=\/\/[^:/?#\n]+:)(?:[\w.~\-!$&'()*+,;=:]|(?:%|%AZP25)[\da-f]{2})+(?=@)/gi;

/** Replaces secrets by `***`, in the forms that the agent knows and in no other, so that a leak is seen in a log. */
export class Masker {
  readonly #values = new Set<string>();

  /** Masks a value as a whole, also where it has several lines, and as it stands in JSON, in a URL and unescaped. */
  add(secret: string): void {
    const forms = [secret, jsonForm(secret), urlForm(secret), withoutEscapes(secret)];
    forms.filter((form) => form !== '').forEach((form) => this.#values.add(form));
  }

  /** A secret variable that the job starts with is masked in more forms: Worker.cs, InitializeSecretMasker. */
  addVariable(secret: string): void {
    if (secret.trim() === '') return;
    const onOneLine = (text: string) => text.replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    const base64 = Buffer.from(secret).toString('base64');
    for (const form of [secret, onOneLine(secret.replaceAll('%', '%AZP25')), onOneLine(secret), base64]) {
      [form, trimmed(form, "'"), trimmed(form, '"'), trimmed(form, '\r\n ')].forEach((one) => this.add(one));
    }
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

const jsonForm = (text: string) => JSON.stringify(text).slice(1, -1);

function urlForm(text: string): string {
  try {
    return encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    return text;
  }
}

/** As a shell prints it that took the backslashes for its own: ValueEncoders, BackslashEscape. */
const withoutEscapes = (text: string) =>
  text.replaceAll(/\\([\\'"t])/g, (_whole, sign: string) => (sign === 't' ? '\t' : sign));

/** Without the signs at both ends; quotes only where both ends have them. */
function trimmed(text: string, signs: string): string {
  const isSign = (sign: string | undefined) => sign !== undefined && signs.includes(sign);
  if (signs.length === 1 && !(isSign(text[0]) && isSign(text.at(-1)))) return text;
  let start = 0;
  let end = text.length;
  while (start < end && isSign(text[start])) start++;
  while (end > start && isSign(text[end - 1])) end--;
  return text.slice(start, end);
}

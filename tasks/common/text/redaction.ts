import { plainText } from './plain-text.ts';

/** Shorter values are no secrets: replacing them would shred every text they happen to stand in. */
export const shortestSecret = 3;

const replacement = '***';

/** Replaces secret values in a text. */
export type Redact = (text: string) => string;

/**
 * Makes a function that replaces each secret by `***`, in each of its writings. Multi-line
 * secrets are replaced line by line as well, since logs are sent in lines. Where secrets overlap, all of it goes.
 */
export function redactorOf(secrets: Iterable<string>): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (form.length >= shortestSecret) forms.add(form);
  }
  const byBeginning = new Map<string, string[]>();
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    const beginning = form.slice(0, shortestSecret);
    const others = byBeginning.get(beginning);
    if (others === undefined) byBeginning.set(beginning, [form]);
    else others.push(form);
  }
  return (text) => masked(text, byBeginning);
}

/** The same for what is sent to Port, where the password of an address (`https://user:password@host`) goes too, as in the agent's logs. */
export function portRedactorOf(secrets: Iterable<string>): Redact {
  const redact = redactorOf(secrets);
  return (text) => redact(text).replace(/(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g, '$1***');
}

/**
 * Where forms overlap, all that they cover is one place. The time grows with the text, and not with all the forms; a regular
 * expression of those of a long secret is too large for V8.
 * @param forms by their beginning, the longest first.
 */
function masked(text: string, forms: ReadonlyMap<string, readonly string[]>): string {
  if (forms.size === 0) return text;
  let result = '';
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const form = forms
      .get(text.slice(at, at + shortestSecret))
      ?.find((candidate) => text.startsWith(candidate, at));
    if (form === undefined) continue;
    if (at >= end) result += text.slice(end, at) + replacement;
    end = Math.max(end, at + form.length);
  }
  return result + text.slice(end);
}

/** How a secret is written in other texts. */
const writings: readonly ((secret: string) => readonly string[])[] = [
  (secret) => [secret],
  jsonForms,
  urlForms,
  base64Forms,
  backslashForms,
  xmlForms,
];

function formsOf(secret: string): string[] {
  const wholes = [secret, plainText(secret)].flatMap((text) => [
    text,
    text.trim(),
    withoutQuotes(text.trim()),
  ]);
  const lines = wholes.flatMap((text) => text.split(/[\r\n]+/).map((line) => line.trim()));
  const plain = new Set([...wholes, ...lines].filter((form) => form.length >= shortestSecret));
  return [...plain].flatMap((form) => writings.flatMap((write) => write(form)));
}

function withoutQuotes(text: string): string {
  return /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

/** Without the backslashes that escape a character, and with those of a shell (`printf %q`). */
function backslashForms(text: string): string[] {
  return [text.replace(/\\(.)/gs, '$1'), text.replace(/[^\w@%+=:,./-]/g, '\\$&')];
}

function xmlForms(text: string): string[] {
  const angled = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = angled.replaceAll('"', '&quot;');
  return [angled, quoted, ...['&apos;', '&#39;', '&#x27;'].map((code) => quoted.replaceAll("'", code))];
}

/** JavaScript's form, PowerShell's (ConvertTo-Json escapes what HTML acts on), and .NET's (all but plain ASCII). */
function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const code = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0');
  return [
    json,
    json.replace(/[<>&']/g, (character) => `\\u${code(character)}`),
    json.replace(/\\"|[<>&'+`]|[^ -~]/g, (found) => `\\u${code(found.slice(-1)).toUpperCase()}`),
  ];
}

/** Whole URLs, parts of them, the strict form (RFC 3986) and that of forms; with small hexadecimal digits too. */
function urlForms(text: string): string[] {
  const part = encodeURIComponent(text.toWellFormed());
  const strict = part.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [encodeURI(text.toWellFormed()), part, strict, strict.replaceAll('%20', '+')];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** Characters of base64 that a secret makes of its own inside of another text's. */
const shortestInside = 6;

/** Of the text alone, and what it makes of its own where other text, such as `user:`, stands around it. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const inside = [0, 1, 2].map((offset) => {
    const end = Math.floor(((offset + bytes.length) * 4) / 3);
    const base64 = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return base64.slice(Math.ceil((offset * 4) / 3), end);
  });
  // Few characters that other texts hold by chance.
  const telling = inside.filter((form) => form.length >= shortestInside);
  return [bytes.toString('base64'), ...telling].flatMap((form) => [
    form,
    form.replace(/=+$/, ''),
    form.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
  ]);
}

import { plainText } from './plain-text.ts';

/** Shorter values are no secrets: replacing them would shred every text they happen to stand in. */
export const shortestSecret = 3;

const replacement = '***';

/** Replaces secret values in a text. */
export type Redact = (text: string) => string;

/** V8 refuses regular expressions that become too large; so many characters are far from it. */
const longestPattern = 100_000;

/**
 * Makes a function that replaces each secret by `***`, in each of its writings. Multi-line
 * secrets are replaced line by line as well, since logs are sent in lines. Where secrets overlap, all of it goes.
 */
export function redactorOf(secrets: Iterable<string>): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (form.length >= shortestSecret) forms.add(form);
  }
  const patterns = patternsOf([...forms].sort((a, b) => b.length - a.length));
  return (text) => masked(text, patterns);
}

/** The same for what is sent to Port, where the password of an address (`https://user:password@host`) goes too, as in the agent's logs. */
export function portRedactorOf(secrets: Iterable<string>): Redact {
  const redact = redactorOf(secrets);
  return (text) => redact(text).replace(/(:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/g, '$1***');
}

function patternsOf(forms: readonly string[]): readonly RegExp[] {
  const patterns: RegExp[] = [];
  let group: string[] = [];
  let size = 0;
  const flush = () => {
    if (group.length > 0) patterns.push(new RegExp(group.join('|'), 'g'));
    group = [];
    size = 0;
  };
  for (const form of forms.map(escapeRegExp)) {
    if (size + form.length > longestPattern) flush();
    group.push(form);
    size += form.length;
  }
  flush();
  return patterns;
}

function masked(text: string, patterns: readonly RegExp[]): string {
  const ranges = patterns.flatMap((pattern) => rangesOf(text, pattern)).sort(([a], [b]) => a - b);
  let result = '';
  let end = 0;
  let isOpen = false;
  for (const [start, stop] of ranges) {
    if (!isOpen || start >= end) {
      result += text.slice(end, start) + replacement;
      end = stop;
      isOpen = true;
    } else if (stop > end) end = stop;
  }
  return isOpen ? result + text.slice(end) : text;
}

type Range = readonly [start: number, end: number];

/** All places, those too that begin inside of another one; what overlaps is one place. */
function rangesOf(text: string, pattern: RegExp): readonly Range[] {
  const ranges: [start: number, end: number][] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const last = ranges.at(-1);
    if (last !== undefined && match.index < last[1]) last[1] = Math.max(last[1], pattern.lastIndex);
    else ranges.push([match.index, pattern.lastIndex]);
    pattern.lastIndex = match.index + 1;
  }
  return ranges;
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

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

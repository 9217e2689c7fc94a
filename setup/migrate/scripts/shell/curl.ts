import { Tokens } from '../../read/value.ts';

/** What curl's arguments say (curl(1)). */
export interface CurlArguments {
  readonly method: string;
  readonly urls: readonly string[];
  /** Each `-d` and its kin as it was given: text, or `@file`. */
  readonly data: readonly string[];
  /** The data becomes the query. */
  readonly isQuery: boolean;
  /** The exit code tells of an error of the server. */
  readonly isChecked: boolean;
}

/** The short options that take a value. */
const short: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from('AbcCdDeEFhHKmoPQrtTuUwxXyYz', (letter) => [
    letter,
    { d: 'data', X: 'request', T: 'upload-file' }[letter] ?? 'other',
  ]),
);

const data = ['data', 'data-raw', 'data-binary', 'data-ascii', 'data-urlencode', 'json'];
const withValue = new Set(
  `${data.join(' ')} request url header user user-agent cookie cookie-jar output max-time connect-timeout retry retry-delay
  retry-max-time write-out proxy cacert cert key form upload-file referer resolve range config dump-header limit-rate
  oauth2-bearer aws-sigv4 url-query variable max-redirs proto`.split(/\s+/),
);

interface Option {
  readonly name: string;
  readonly value: string;
}

/** `--data=x` is no curl, but people write it; the value of `-XPOST` stands in the same word. */
function* optionsIn(words: readonly string[]): Generator<Option> {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word.startsWith('--')) {
      const [, name = '', joined] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
      yield { name, value: joined ?? (withValue.has(name) ? (words[(at += 1)] ?? '') : '') };
    } else if (word.startsWith('-') && word !== '-') {
      for (let letter = 1; letter < word.length; letter += 1) {
        const name = short[word[letter] ?? ''];
        if (name === undefined) yield { name: word[letter] ?? '', value: '' };
        else {
          yield { name, value: word.slice(letter + 1) || (words[(at += 1)] ?? '') };
          break;
        }
      }
    } else yield { name: 'url', value: word };
  }
}

/** @param words the arguments, without the name of the command */
export function readCurl(words: readonly string[]): CurlArguments {
  const options = [...optionsIn(words)];
  const named = (...names: string[]) =>
    options.filter(({ name }) => names.includes(name)).map(({ value }) => value);
  const isQuery = named('G', 'get').length > 0;
  const sent = named(...data);
  const isHead = named('I', 'head').length > 0;
  const byDefault = sent.length > 0 && !isQuery ? 'POST' : isHead ? 'HEAD' : 'GET';
  return {
    method: (named('request').at(-1) ?? byDefault).toUpperCase(),
    urls: named('url').filter((url) => url !== ''),
    data: [...sent, ...named('upload-file').map((file) => `@${file}`)],
    isQuery,
    isChecked: named('f', 'fail', 'fail-with-body', 'write-out').length > 0,
  };
}

/** `a=b` pairs, and those of an address, decoded. */
export function readQuery(text: string): Record<string, string> {
  const tokens = new Tokens(text);
  const pairs = tokens.text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const [name = '', ...rest] = pair.split('=');
      return [tokens.restore(decode(name)), tokens.restore(decode(rest.join('=')))];
    });
  return Object.fromEntries(pairs);
}

/** What is no valid encoding stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

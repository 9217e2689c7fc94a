import { unknown } from '../../read/value.ts';
import type { Request } from '../request.ts';
import { readCurl, readQuery } from './curl.ts';
import { readJq } from './jq.ts';

type Sent = Omit<Request, 'row' | 'isConditional' | 'isAnswerUsed'>;

/** What a command did. */
export interface Ran {
  readonly output: string;
  readonly requests: readonly Sent[];
  /** It does more than talk to Port. */
  readonly isWork: boolean;
}

/** Commands that only prepare a call, or tell of it. */
const harmless = new Set(
  '[ [[ test : echo printf cat jq set true false exit return sleep local read sed tr grep date base64 cut head tail shift'.split(
    ' ',
  ),
);
const installs =
  /(^|\s)(apt-get|apt|apk|yum|dnf|pip3?|brew|npm)\s+(-\S+\s+)*(install|add|update)\b(?!.*\s(?!jq|curl|requests|-)\w)/;

/** The commands whose output can be told, and the files that they write. */
export class Commands {
  readonly #files = new Map<string, string>();

  /** The content of a file that the script wrote itself. */
  file(path: string): string {
    return this.#files.get(path) ?? unknown(`the content of ${path}`);
  }

  write(path: string, text: string, isAppended: boolean): void {
    this.#files.set(path, isAppended ? (this.#files.get(path) ?? '') + text : text);
  }

  /** @param source the command as it is written */
  run([name = '', ...words]: readonly string[], stdin: string | undefined, source: string): Ran {
    if (/^(sudo|time|exec|command|nohup)$/.test(name)) return this.run(words, stdin, source);
    const ran = (output: string, requests: readonly Sent[] = []): Ran => ({
      output,
      requests,
      isWork: false,
    });
    switch (name.replace(/^.*[\\/]/, '').replace(/\.exe$/, '')) {
      case 'curl':
        return { ...ran(unknown('what a call answers'), this.#curl(words, stdin)), isWork: false };
      case 'echo':
        return ran(`${words.filter((word, index) => index > 0 || !/^-[neE]+$/.test(word)).join(' ')}\n`);
      case 'printf':
        return ran(printf(words, source));
      case 'cat':
        return ran(
          words.length === 0
            ? (stdin ?? '')
            : words.map((word) => (word === '-' ? (stdin ?? '') : this.file(word))).join(''),
        );
      case 'jq':
        return ran(readJq(words, stdin, (path) => this.file(path)) ?? unknown(`the output of ${source}`));
      default:
        return {
          ...ran(unknown(`the output of ${source}`)),
          isWork: !harmless.has(name) && !installs.test(source),
        };
    }
  }

  #curl(words: readonly string[], stdin: string | undefined): readonly Sent[] {
    const { method, urls, data, isQuery } = readCurl(words);
    const files: string[] = [];
    const parts = data.map((part) => {
      if (!part.startsWith('@')) return part;
      const path = part.slice(1);
      if (path === '-') return stdin ?? unknown('standard input');
      if (!this.#files.has(path)) files.push(path);
      return this.file(path);
    });
    const joined = parts.join('&');
    return urls.map((url) => ({
      method,
      url,
      query: isQuery ? readQuery(joined) : {},
      body: isQuery || data.length === 0 ? undefined : joined,
      bodyFile: data.length === 1 ? files[0] : undefined,
    }));
  }
}

/** `%s` and `%d` only. */
function printf([format = '', ...values]: readonly string[], source: string): string {
  if (/%(?![sd%])/.test(format) || format.startsWith('-')) return unknown(`the output of ${source}`);
  let at = 0;
  return format
    .replace(/%[sd%]/g, (found) => (found === '%%' ? '%' : (values[at++] ?? '')))
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t');
}

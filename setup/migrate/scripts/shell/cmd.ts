import type { Scope } from '../../read/scope.ts';
import { unknown } from '../../read/value.ts';
import { type Mask, mask } from '../masks.ts';
import type { Reading, Request } from '../request.ts';
import { Commands } from './bash-commands.ts';

/** The words of a line of cmd, quotes taken away as a C program's start does it (`\"` is a quote). */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [found] of line.matchAll(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/gs))
    words.push(
      found.replace(/"((?:\\.|[^"\\])*)"/gs, (_all, inner: string) => inner.replace(/\\(["\\])/g, '$1')),
    );
  return words;
}

/** Follows a script of cmd, line by line. */
class CommandPrompt {
  readonly requests: Request[] = [];
  readonly work: number[] = [];
  readonly #variables = new Map<string, string>();
  readonly #commands = new Commands();
  readonly #mask: Mask;
  readonly #scope: Scope;

  constructor(masked: Mask, scope: Scope) {
    this.#mask = masked;
    this.#scope = scope;
  }

  run({ line, row }: Line): void {
    const [, before, command = ''] =
      /^\s*@?((?:if|for)\s.*?(?=curl|powershell|set\s)|\|\||\))?\s*\(?\s*(.*)$/is.exec(line) ?? [];
    const isConditional = before !== undefined;
    const [, name, value = ''] = /^set\s+"?(\w+)=(.*?)"?\s*$/is.exec(command) ?? [];
    if (name !== undefined) this.#set(name, value, isConditional);
    else if (!/^(rem|::|echo|setlocal|endlocal|@echo|cls|exit|if\b.*\bexit\b)/i.test(command))
      this.#command(command, row, isConditional);
  }

  #text(part: string): string {
    const expanded = part.replace(/%(\w+)%|!(\w+)!/g, (_all, plain?: string, delayed?: string) => {
      const name = plain ?? delayed ?? '';
      return this.#variables.get(name.toUpperCase()) ?? this.#scope.inEnvironment(name);
    });
    return this.#mask.unmask(expanded);
  }

  #set(name: string, value: string, isConditional: boolean): void {
    const key = name.toUpperCase();
    const isOpen = isConditional || this.#variables.has(key);
    this.#variables.set(
      key,
      isOpen ? unknown(`%${name}%, which the script sets in more than one way`) : this.#text(value),
    );
  }

  #command(command: string, row: number, isConditional: boolean): void {
    const words = wordsOf(command.replace(/\^(.)/g, '$1')).map((word) => this.#text(word));
    if (words.length === 0) return;
    const isAnswerUsed = /[|>]/.test(command.replace(/"[^"]*"/g, ''));
    const ran = this.#commands.run(words, undefined, command);
    for (const request of ran.requests) this.requests.push({ ...request, row, isConditional, isAnswerUsed });
    if (ran.isWork) this.work.push(row);
  }
}

/** Reads a script of cmd: `set`, `%name%`, `^` at the end of a line, curl. A block in brackets is only sent perhaps. */
export function readCmd(text: string, scope: Scope): Reading {
  const masked = mask(text, scope);
  const prompt = new CommandPrompt(masked, scope);
  const lines = linesOf(masked.masked);
  for (const line of lines) prompt.run(line);
  return {
    requests: prompt.requests,
    work: prompt.work,
    statements: lines.map(({ row, last }) => [row, last]),
  };
}

interface Line {
  readonly line: string;
  readonly row: number;
  readonly last: number;
}

/** Commands with their first and last row: `^` goes on in the next line, `&&` begins another. */
function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let open: { line: string; row: number } | undefined;
  text.split(/\r?\n/).forEach((part, row) => {
    const line = (open?.line ?? '') + part.replace(/\^\s*$/, ' ');
    const first = open?.row ?? row;
    if (/\^\s*$/.test(part)) open = { line, row: first };
    else {
      open = undefined;
      for (const each of line.split(/\s&&?\s/))
        if (each.trim() !== '') lines.push({ line: each, row: first, last: row });
    }
  });
  return lines;
}

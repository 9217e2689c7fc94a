import type { Scope } from '../read/scope.ts';
import { unknown } from '../read/value.ts';
import { Commands } from './bash-commands.ts';
import { mask, privateCharacters } from './masks.ts';
import type { Reading, Request } from './request.ts';

/** The words of a line of cmd, quotes taken away as a C program's start does it (`\"` is a quote). */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [found] of line.matchAll(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/gs))
    words.push(
      found.replace(/"((?:\\.|[^"\\])*)"/gs, (_all, inner: string) => inner.replace(/\\(["\\])/g, '$1')),
    );
  return words;
}

/** Reads a script of cmd: `set`, `%name%`, `^` at the end of a line, curl. A block in brackets is only sent perhaps. */
export function readCmd(text: string, scope: Scope): Reading {
  const masked = mask(text, {
    first: privateCharacters,
    isMacro: () => true,
    valueOf: (found) => scope.resolve(found),
  });
  const variables = new Map<string, string>();
  const commands = new Commands();
  const requests: Request[] = [];
  const work: number[] = [];
  const expand = (part: string) =>
    part.replace(/%(\w+)%|!(\w+)!/g, (_all, plain?: string, delayed?: string) => {
      const name = plain ?? delayed ?? '';
      return variables.get(name.toUpperCase()) ?? scope.inEnvironment(name);
    });
  const lines = linesOf(masked.masked);
  for (const { line, row } of lines) {
    const [, conditional, command = ''] =
      /^\s*@?((?:if|for)\s.*?(?=curl|powershell|set\s)|\|\||\))?\s*\(?\s*(.*)$/is.exec(line) ?? [];
    const [, name, value] = /^set\s+"?(\w+)=(.*?)"?\s*$/is.exec(command) ?? [];
    if (name !== undefined) {
      const isTwice = conditional !== undefined || variables.has(name.toUpperCase());
      variables.set(
        name.toUpperCase(),
        isTwice
          ? unknown(`%${name}%, which the script sets in more than one way`)
          : masked.unmask(expand(value ?? '')),
      );
      continue;
    }
    const words = wordsOf(command.replace(/\^(.)/g, '$1')).map((word) => masked.unmask(expand(word)));
    if (words.length === 0 || /^(rem|::|echo|setlocal|@echo)/i.test(command)) continue;
    const ran = commands.run(words, undefined, command);
    for (const request of ran.requests)
      requests.push({
        ...request,
        row,
        isConditional: conditional !== undefined,
        isAnswerUsed: /[|>]/.test(command.replace(/"[^"]*"/g, '')),
      });
    if (ran.isWork) work.push(row);
  }
  return { requests, work, statements: lines.map(({ row, last }) => [row, last]) };
}

/** Commands with their first and last row: `^` goes on in the next line, `&&` begins another. */
function linesOf(text: string): { line: string; row: number; last: number }[] {
  const lines: { line: string; row: number; last: number }[] = [];
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

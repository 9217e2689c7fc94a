import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import { root } from '../../scripts/manifests.ts';
import { createProgram } from '../../setup/cli.ts';
import { documents } from './documents.ts';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe('code blocks of the documentation', () => {
  for (const { path, text, codeBlocks } of documents) {
    const of = (...languages: string[]): string[] =>
      codeBlocks.filter(({ language }) => languages.includes(language)).map(({ text }) => text);
    // In running text: `npm run demo`, `node scripts/pictures.ts --preview`.
    const inText = [
      ...text.matchAll(
        /`((?:npm run|npx (?:--no-install )?(?:tfx|port-azure-pipelines)|node \w+\/) ?[^`]+)`/g,
      ),
    ];
    const commands = [
      ...of('sh', 'bash', 'shell', 'powershell').flatMap(commandsIn),
      ...inText.flatMap(([, command = '']) => commandsIn(command)),
    ];
    if (commands.length > 0) {
      it(`call what is there: ${path}`, () => {
        for (const command of commands) assertCommand(command);
      });
    }
    const shell = of('sh', 'shell').join('\n');
    if (shell !== '') {
      it(`can be typed in PowerShell too: ${path}`, () => {
        // A pipe at the end of a line goes on in both.
        assert.doesNotMatch(shell, /\\$/m);
        const names = (text: string, given: RegExp): string[] =>
          [...text.matchAll(given)].map(([, name = '']) => name).sort();
        const here = names(of('powershell').join('\n'), /^\$env:(\w+) = '/gm);
        assert.deepEqual(names(shell, /^export (\w+)=/gm), here);
      });
    }
    if (of('yaml', 'yml', 'json').length > 0) {
      it(`can be parsed: ${path}`, () => {
        for (const text of of('json')) JSON.parse(text);
        for (const text of of('yaml', 'yml'))
          for (const document of parseAllDocuments(text)) assert.deepEqual(document.errors, [], text);
      });
    }
  }
});

/** Lines of a block, continuations joined and chains taken apart. */
function commandsIn(block: string): string[] {
  return block
    .replaceAll('\\\n', ' ')
    .split(/\n|&&/)
    .map((line) => line.replace(/\s#\s.*$/, '').trim())
    .filter((line) => line !== '');
}

function assertCommand(command: string): void {
  const [first = '', ...words] = command.split(/\s+/).filter((word) => word !== '--no-install');
  const program = first.replace(/\.cmd$/, '');
  if (program === 'npm') assertScript(words, command);
  if (program === 'npx' && words[0] === 'tfx') assertTfx(words.slice(1), command);
  if (program === 'npx' && words[0] === 'port-azure-pipelines')
    assertOptions(createProgram({}), words.slice(1), command);
  if (program === 'node') assert.ok(existsSync(join(root, words[0] ?? '')), command);
}

function assertScript([verb = '', name = '']: readonly string[], command: string): void {
  const script = verb === 'run' ? name : verb;
  const isOwn = ['ci', 'install'].includes(verb);
  assert.ok(isOwn || scripts[script] !== undefined, command);
}

/** tfx has a file for each of its commands. */
function assertTfx(words: readonly string[], command: string): void {
  const names = words.slice(
    0,
    words.findIndex((word) => word.startsWith('--')),
  );
  const file = join(root, 'node_modules', 'tfx-cli', '_build', 'exec', ...names);
  assert.ok(existsSync(`${file}.js`), command);
  const common = join(root, 'node_modules', 'tfx-cli', '_build', 'lib', 'tfcommand.js');
  const source = readFileSync(`${file}.js`, 'utf8') + readFileSync(common, 'utf8');
  const general = ['--service-url', '--publisher', '--extension-id', '--vsix', '--share-with'];
  for (const word of words.filter((each) => each.startsWith('--'))) {
    const name = word.slice(2).replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
    assert.ok(general.includes(word) || source.includes(name), `${command}: ${word}`);
  }
}

/** Walks to the subcommand, and looks for each option there. */
function assertOptions(program: Command, words: readonly string[], command: string): void {
  let [current, rest] = [program, words];
  for (;;) {
    const next = current.commands.find((each) => each.name() === rest[0]);
    if (next === undefined) break;
    [current, rest] = [next, rest.slice(1)];
  }
  if (current.commands.length > 0) assert.deepEqual(rest, ['--help'], command);
  for (const word of rest.filter((each) => each.startsWith('--'))) {
    const [name] = word.split('=');
    const isKnown = word === '--help' || current.options.some(({ long }) => long === name);
    assert.ok(isKnown, `${command}: ${word}`);
  }
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviceByFault, documentedAdvice } from '../tasks/common/port/client/advice.ts';
import type { Manifests, TaskInput, TaskJson } from './manifest-rules.ts';
import { root } from './manifests.ts';

export interface GeneratedDocument {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** The documents with tables between markers, made anew: from task.json, and from what the code says about errors. */
export function documentsWithTables({ tasks }: Manifests): readonly GeneratedDocument[] {
  const readmes = Object.entries(tasks)
    .map(([folder, task]) => ({ path: `tasks/${folder}/README.md`, task }))
    .filter(({ path }) => existsSync(join(root, path)))
    .map(({ path, task }) => ({ path, text: withTables(read(path), task) }));
  return [...readmes, { path: 'docs/errors.md', text: withAdvice(read('docs/errors.md')) }];
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function withAdvice(text: string): string {
  const table = (heading: string, advice: Readonly<Record<string, string>>) =>
    [
      `| ${heading} | what to do |`,
      '| --- | --- |',
      ...Object.entries(advice).map(([key, words]) => `| \`${key}\` | ${cell(words)} |`),
    ].join('\n');
  const { codes, statuses } = documentedAdvice();
  return [
    ['codes', table("Port's code", codes)] as const,
    ['statuses', table('status', statuses)] as const,
    ['faults', table('what happened', adviceByFault)] as const,
  ].reduce((result, [name, made]) => replaceBlock(result, name, made), text);
}

function withTables(text: string, task: TaskJson): string {
  return replaceBlock(replaceBlock(text, 'inputs', inputTable(task)), 'outputs', outputTable(task));
}

function replaceBlock(text: string, name: string, table: string): string {
  return text.replace(
    new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
    (_all: string, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  );
}

function inputTable({ inputs }: TaskJson): string {
  const rows = inputs.map(
    (input) =>
      `| \`${input.name}\` | ${typeOf(input)} | ${input.defaultValue === undefined ? '' : `\`${input.defaultValue}\``} | ${cell(input.helpMarkDown ?? '')} |`,
  );
  return ['| input | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function outputTable({ outputVariables = [] }: TaskJson): string {
  return [
    '| output | meaning |',
    '| --- | --- |',
    ...outputVariables.map(({ name, description }) => `| \`${name}\` | ${cell(description)} |`),
  ].join('\n');
}

function typeOf({ type, options }: TaskInput): string {
  if (options === undefined)
    return type.replace(/^connectedService:.*/, 'service connection').replace('multiLine', 'multi-line');
  return Object.keys(options)
    .map((value) => `\`${value}\``)
    .join(', ');
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}

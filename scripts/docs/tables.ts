import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAsked } from '../../setup/verify/question.ts';
import { questions } from '../../setup/verify/questions.ts';
import { adviceByFault, documentedAdvice } from '../../tasks/common/port/client/advice.ts';
import type { Manifests, TaskInput, TaskJson } from '../manifest-rules.ts';
import { root } from '../manifests.ts';
import { cell, replaceBlock, table } from './blocks.ts';
import { withReference } from './overview.ts';

export interface GeneratedDocument {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** The documents with blocks between markers, made anew: from task.json, from what the code says about errors, and from each other. */
export function documentsWithTables({ tasks }: Manifests): readonly GeneratedDocument[] {
  const readmes = Object.entries(tasks)
    .map(([folder, task]) => ({ path: readmeOf(folder), task }))
    .filter(({ path }) => existsSync(join(root, path)))
    .map(({ path, task }) => ({ path, text: withTables(read(path), task) }));
  const errors = withAdvice(read('docs/errors.md'));
  const overview = withReference(read('overview.md'), {
    tasks,
    errors,
    readmeOf: (folder) => read(readmeOf(folder)),
  });
  return [
    ...readmes,
    { path: 'docs/errors.md', text: errors },
    { path: 'docs/README.md', text: replaceBlock(read('docs/README.md'), 'questions', questionTable()) },
    { path: 'overview.md', text: overview },
  ];
}

function readmeOf(folder: string): string {
  return `tasks/${folder}/README.md`;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function withAdvice(text: string): string {
  const advised = (heading: string, advice: Readonly<Record<string, string>>) =>
    table(
      [heading, 'what to do'],
      Object.entries(advice).map(([key, words]) => [`\`${key}\``, cell(words)]),
    );
  const { codes, statuses } = documentedAdvice();
  return [
    ['codes', advised("Port's code", codes)] as const,
    ['statuses', advised('status', statuses)] as const,
    ['faults', advised('what happened', adviceByFault)] as const,
  ].reduce((result, [name, made]) => replaceBlock(result, name, made), text);
}

/** What only the live products can settle, in the order in which `verify` asks. */
function questionTable(): string {
  const rows = questions.map((question) => {
    const { id, claim, matters, ask } = question;
    const how = isAsked(question)
      ? `yes${question.ask.isOfPipeline === true ? ', with `--pipeline`' : ''}`
      : `no: ${'why' in ask ? ask.why : ''}`;
    return [`\`${id}\``, cell(claim), cell(matters), cell(how)];
  });
  return table(
    ['question', 'what documents say, and is expected', 'where it matters', 'asked by verify'],
    rows,
  );
}

function withTables(text: string, task: TaskJson): string {
  return replaceBlock(replaceBlock(text, 'inputs', inputTable(task)), 'outputs', outputTable(task));
}

function inputTable({ inputs }: TaskJson): string {
  const rows = inputs.map((input) => [
    `\`${input.name}\``,
    typeOf(input),
    input.defaultValue === undefined ? '' : `\`${input.defaultValue}\``,
    cell(input.helpMarkDown ?? ''),
  ]);
  return table(['input', 'type', 'default', 'meaning'], rows);
}

function outputTable({ outputVariables = [] }: TaskJson): string {
  return table(
    ['output', 'meaning'],
    outputVariables.map(({ name, description }) => [`\`${name}\``, cell(description)]),
  );
}

function typeOf({ type, options }: TaskInput): string {
  if (options === undefined)
    return type.replace(/^connectedService:.*/, 'service connection').replace('multiLine', 'multi-line');
  return Object.keys(options)
    .map((value) => `\`${value}\``)
    .join(', ');
}

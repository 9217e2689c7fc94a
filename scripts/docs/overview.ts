import { type TaskInput, type TaskJson, sharedInputs } from '../manifest-rules.ts';
import { blockOf, cell, replaceBlock, table } from './blocks.ts';

/** What the Marketplace page repeats: a page of the Marketplace reaches nothing else of the repository. */
export interface OverviewSources {
  /** By folder, in the order of the page. */
  readonly tasks: Readonly<Record<string, TaskJson>>;
  /** The README of a task's folder. */
  readonly readmeOf: (folder: string) => string;
  /** docs/errors.md */
  readonly errors: string;
}

/** overview.md with its blocks made anew. */
export function withReference(text: string, { tasks, readmeOf, errors }: OverviewSources): string {
  const all = Object.values(tasks);
  const sections = Object.entries(tasks).map(([folder, task]) => taskSection(task, all, readmeOf(folder)));
  return [
    ['shared', inputTable(sharedBy(all))] as const,
    ['tasks', sections.join('\n\n')] as const,
    ['symptoms', withoutLinks(blockOf(errors, 'symptoms'))] as const,
    ['codes', table(['code', 'cause and remedy'], codesIn(errors))] as const,
  ].reduce((result, [name, content]) => replaceBlock(result, name, content), text);
}

/** Each shared input once, as the first task that has it describes it. */
function sharedBy(tasks: readonly TaskJson[]): readonly TaskInput[] {
  return sharedInputs.flatMap((name) => {
    const [input] = inputsNamed(name, tasks);
    return input === undefined ? [] : [hasOneDefault(name, tasks) ? input : { ...input, defaultValue: '' }];
  });
}

function inputsNamed(name: string, tasks: readonly TaskJson[]): readonly TaskInput[] {
  return tasks.flatMap(({ inputs }) => inputs.filter((input) => input.name === name));
}

function hasOneDefault(name: string, tasks: readonly TaskJson[]): boolean {
  return new Set(inputsNamed(name, tasks).map(({ defaultValue }) => defaultValue)).size === 1;
}

function taskSection(task: TaskJson, tasks: readonly TaskJson[], readme: string): string {
  const [, example = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const names: readonly string[] = sharedInputs;
  const shared = task.inputs
    .filter(({ name }) => names.includes(name))
    .map(({ name, defaultValue = '' }) =>
      hasOneDefault(name, tasks) ? `\`${name}\`` : `\`${name}\` (\`${defaultValue}\`)`,
    );
  const outputs = (task.outputVariables ?? []).map(
    ({ name, description }) => `- \`${name}\`: ${description}`,
  );
  return `### ${task.name}

${task.description}

\`\`\`yaml
${example}\`\`\`

${inputTable(task.inputs.filter(({ name }) => !names.includes(name)))}

[Shared](#inputs-that-tasks-share): ${shared.join(', ')}. Outputs:

${outputs.join('\n')}`;
}

function inputTable(inputs: readonly TaskInput[]): string {
  return table(['input', 'default', 'meaning'], inputs.map(inputRow));
}

function inputRow({ name, required, defaultValue = '', options, helpMarkDown = '' }: TaskInput): string[] {
  const words = Object.keys(options ?? {}).map((word) => `\`${word}\``);
  const choice = words.length === 0 ? '' : ` One of ${words.join(', ')}.`;
  const given = defaultValue === '' ? '' : `\`${defaultValue}\``;
  return [`\`${name}\``, required === true ? 'required' : given, cell(helpMarkDown + choice)];
}

/** Links lead to other pages of the repository. */
function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}

/** Each code, and the first paragraph below its heading. */
function codesIn(errors: string): string[][] {
  const headings = [...errors.matchAll(/^## (PORT_\w+)\n\n(.+)$/gm)];
  return headings.map(([, code = '', text = '']) => [`\`${code}\``, withoutLinks(text)]);
}

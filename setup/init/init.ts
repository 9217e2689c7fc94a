import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { stringify } from 'yaml';
import { defaultApiUrl } from '../../tasks/common/inputs/connection.ts';
import { type Config, readConfig } from '../config.ts';
import { UsageError, messageOf } from '../errors.ts';
import { type Output, createOutput } from '../output.ts';
import schema from '../port-azure.schema.json' with { type: 'json' };
import { type FoundFiles, findFiles } from './found-files.ts';

export interface InitFlags {
  readonly file: string;
  readonly organization?: string;
  readonly project?: string;
  readonly pipeline?: string;
  readonly pipelineFile?: string;
  readonly webhook?: string;
  readonly connection?: string;
  readonly portConnection?: string;
  readonly portUrl?: string;
  readonly net?: boolean;
  readonly force?: boolean;
}

/** What is asked, in this order: the flag's name, the question, and what is taken where the answer is empty. */
interface Question {
  readonly name: Exclude<keyof InitFlags, 'file' | 'net' | 'force'>;
  readonly text: string;
  readonly proposal?: string;
}

const questionsFor = ({ pipeline }: FoundFiles): Question[] => [
  { name: 'organization', text: 'Azure DevOps organization (URL, or the name alone)' },
  { name: 'project', text: 'Project in Azure DevOps' },
  { name: 'pipeline', text: 'Name of the pipeline in Azure DevOps' },
  {
    name: 'pipelineFile',
    text: "The pipeline's YAML file here",
    ...(pipeline && { proposal: pipeline.file }),
  },
  { name: 'webhook', text: 'Name of the incoming webhook', proposal: 'portDeploy' },
  {
    name: 'connection',
    text: 'Service connection of the webhook, as the YAML names it',
    proposal: pipeline?.connection ?? 'port-webhook',
  },
  { name: 'portConnection', text: 'Service connection of the tasks', proposal: 'port' },
  { name: 'portUrl', text: "URL of Port's API", proposal: defaultApiUrl },
];

/** Answers a question; empty for what has none. */
export type Ask = (question: string) => Promise<string>;

type Answers = Readonly<Partial<Record<Question['name'], string>>>;

/** @param ask undefined where there is no terminal: proposals are taken then */
async function answer(flags: InitFlags, found: FoundFiles, ask: Ask | undefined): Promise<Answers> {
  const answers: Partial<Record<Question['name'], string>> = {};
  for (const { name, text, proposal = '' } of questionsFor(found)) {
    const hint = proposal === '' ? '' : ` [${proposal}]`;
    const given = flags[name] ?? (ask === undefined ? '' : (await ask(`${text}${hint}: `)).trim());
    const taken = given === '' ? proposal : given;
    if (taken !== '') answers[name] = taken;
  }
  const lacking = (['organization', 'project', 'pipeline'] as const).filter(
    (name) => answers[name] === undefined,
  );
  if (lacking.length > 0)
    throw new UsageError(`Nothing was written: give ${lacking.map((name) => `--${name}`).join(', ')}.`);
  return answers;
}

const line = (name: string, value: unknown, comment: string, indent = ''): string => {
  const text = `${indent}${stringify({ [name]: value }, { collectionStyle: 'flow', lineWidth: 0 })
    .trim()
    .replace(/^\{ ?([^]*?) ?\}$/, '$1')}`;
  return `${text.padEnd(44)} # ${comment}`;
};

/** The file's text, with a comment for each member. */
function fileText(answers: Answers, { blueprints, actions }: FoundFiles, net: boolean): string {
  const { organization, project, pipeline, pipelineFile, webhook, connection, portConnection, portUrl } =
    answers;
  return [
    '# yaml-language-server: $schema=port-azure.schema.json',
    line('organization', organization, 'Azure DevOps'),
    line('project', project, 'where the pipeline is'),
    line('pipeline', pipeline, 'its name in Azure DevOps'),
    ...(pipelineFile === undefined
      ? []
      : [line('pipelineFile', pipelineFile, 'its YAML here: checked, not changed')]),
    'webhook:',
    line('name', webhook, "what Port's actions call", '  '),
    line('connection', connection, 'the service connection that the YAML names', '  '),
    line('portConnection', portConnection, 'the service connection of the tasks'),
    'port:',
    line('url', portUrl, "Port's API", '  '),
    line('blueprints', blueprints, 'JSON files of what Port is to hold', '  '),
    line('actions', actions, 'and of what people can start', '  '),
    line('net', net, 'close runs whose pipeline died'),
    '',
  ].join('\n');
}

/** The file takes its place when it has been read as every other command reads it. */
async function writeConfig(file: string, text: string): Promise<Config> {
  const part = `${file}.part`;
  try {
    await writeFile(part, text);
    const config = await readConfig(part);
    await rename(part, file);
    return config;
  } catch (error) {
    await rm(part, { force: true });
    throw new UsageError(`Nothing was written. ${messageOf(error).replaceAll(part, file)}`, { cause: error });
  }
}

/** Writes the file, and its schema beside it for editors. @throws UsageError where it is there, or would not be read */
export async function init(flags: InitFlags, output: Output, ask: Ask | undefined): Promise<void> {
  const file = resolve(flags.file);
  if (existsSync(file) && flags.force !== true)
    throw new UsageError(
      `${flags.file} is there already, and was not changed. Give --force to write it anew, or --file for another.`,
    );
  const folder = dirname(file);
  const found = await findFiles(folder);
  const answers = await answer(flags, found, ask);
  const config = await writeConfig(file, fileText(answers, found, flags.net ?? true));
  const schemaFile = join(folder, 'port-azure.schema.json');
  await writeFile(schemaFile, `${JSON.stringify(schema, null, 2)}\n`);
  output.json({ file, schema: schemaFile, actions: found.actions, blueprints: found.blueprints });
  output.line(`Wrote ${relative(process.cwd(), file)}, and ${basename(schemaFile)} beside it for editors.`);
  output.line(
    `It has ${found.actions.length} actions and ${found.blueprints.length} blueprints, as found in the folder${config.port.actions.length === 0 ? ': add yours under port' : ''}.`,
  );
  output.line('Next: see what there is to do with "port-azure-pipelines setup plan".');
}

/** Asks on the terminal, where there is one. */
export async function initOnTerminal(flags: InitFlags & { readonly json?: boolean }): Promise<void> {
  const output = createOutput(flags.json === true);
  if (!process.stdin.isTTY || flags.json === true) return init(flags, output, undefined);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    await init(flags, output, (question) => terminal.question(question));
  } finally {
    terminal.close();
  }
}

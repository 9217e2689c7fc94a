import { formProblems } from './form-rules.ts';

/** What this extension asks of its manifests, beyond what tfx looks at. Sources: the task.json schema and the agent's own code. */

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly defaultValue?: string;
  readonly required?: boolean;
  readonly groupName?: string;
  readonly visibleRule?: string;
  readonly helpMarkDown?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, string>>;
}

type Handlers = Readonly<Record<string, { readonly target: string }>>;

export interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly instanceNameFormat: string;
  readonly minimumAgentVersion: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly helpMarkDown: string;
  readonly groups: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly isExpanded?: boolean;
    readonly visibleRule?: string;
  }[];
  readonly inputs: readonly TaskInput[];
  readonly outputVariables?: readonly { readonly name: string; readonly description: string }[];
  readonly restrictions?: { readonly settableVariables?: { readonly allowed: readonly string[] } };
  readonly execution: Handlers;
  readonly postjobexecution?: Handlers;
}

export interface ExtensionJson {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly files: readonly { readonly path: string }[];
  readonly contributions: readonly {
    readonly id: string;
    readonly type: string;
    readonly properties: { readonly name?: string };
  }[];
}

export interface Manifests {
  readonly packageVersion: string;
  readonly extension: ExtensionJson;
  /** By folder name. */
  readonly tasks: Readonly<Record<string, TaskJson>>;
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Inputs that mean the same in every task, and are described in the same words. */
export const sharedInputs = [
  'portConnection',
  'clientId',
  'clientSecret',
  'baseUrl',
  'runId',
  'payload',
  'ifNoRunId',
  'onError',
  'onOutage',
  'timeoutSeconds',
  'summaryTab',
] as const;

/** Everything that is wrong, one line each. */
export function manifestProblems({ packageVersion, extension, tasks }: Manifests): readonly string[] {
  return [
    ...extensionProblems(extension, packageVersion, Object.keys(tasks)),
    ...Object.entries(tasks).flatMap(([folder, task]) =>
      taskProblems(task).map((problem) => `${folder}: ${problem}`),
    ),
    ...duplicates(Object.values(tasks).map(({ id }) => id)).map((id) => `task id ${id} is used twice`),
    ...sharedInputProblems(tasks),
  ];
}

function extensionProblems(
  extension: ExtensionJson,
  packageVersion: string,
  folders: readonly string[],
): string[] {
  const contributed = extension.contributions
    .filter(({ type }) => type === 'ms.vss-distributed-task.task')
    .map(({ properties }) => properties.name ?? '');
  const packaged = extension.files.map(({ path }) => path);
  return [
    ...when(
      extension.version !== packageVersion,
      `vss-extension.json is ${extension.version}, package.json is ${packageVersion}`,
    ),
    ...when(
      extension.description.length > 200,
      'the description of the extension is longer than 200 characters',
    ),
    ...duplicates(extension.contributions.map(({ id }) => id)).map(
      (id) => `contribution ${id} is there twice`,
    ),
    ...folders
      .filter((folder) => !contributed.includes(folder))
      .map((folder) => `${folder} has no contribution`),
    ...folders.filter((folder) => !packaged.includes(folder)).map((folder) => `${folder} is not in files`),
    ...contributed
      .filter((name) => !folders.includes(name))
      .map((name) => `contribution ${name} has no task folder`),
  ];
}

function taskProblems(task: TaskJson): string[] {
  const outputs = (task.outputVariables ?? []).map(({ name }) => name);
  const settable = task.restrictions?.settableVariables?.allowed ?? [];
  return [
    ...when(!guid.test(task.id), `id ${task.id} is not a version 4 GUID in lower case`),
    ...when(task.friendlyName.length > 40, 'friendlyName is longer than 40 characters'),
    ...when(task.instanceNameFormat === '', 'instanceNameFormat is missing'),
    ...handlerProblems('execution', task.execution),
    ...(task.postjobexecution === undefined
      ? []
      : handlerProblems('postjobexecution', task.postjobexecution)),
    ...outputs
      .filter((name) => !settable.includes(name) && !settable.includes('*'))
      .map((name) => `output ${name} is not in settableVariables`),
    ...duplicates(task.inputs.map(({ name }) => name)).map((name) => `input ${name} is declared twice`),
    ...task.inputs.flatMap(inputProblems),
    ...when(task.inputs[0]?.name !== 'portConnection', 'the first input is not portConnection'),
    ...formProblems(task),
  ];
}

/** Both handlers, on one file: with its Node 24 knob off, the agent runs the Node24 target on Node 20. */
function handlerProblems(phase: string, handlers: Handlers): string[] {
  const names = Object.keys(handlers).sort().join(', ');
  const targets = new Set(Object.values(handlers).map(({ target }) => target));
  return [
    ...when(names !== 'Node20_1, Node24', `${phase} has the handlers ${names}; they are Node20_1 and Node24`),
    ...when(targets.size !== 1, `${phase} has more than one target`),
  ];
}

function inputProblems(input: TaskInput): string[] {
  const values = Object.keys(input.options ?? {});
  const problem = (text: string) => `input ${input.name} ${text}`;
  return [
    ...when(input.helpMarkDown === undefined || input.helpMarkDown === '', problem('has no help text')),
    ...when(
      input.type === 'filePath',
      problem('is a filePath: left empty it becomes the repository root; use string'),
    ),
    ...when(
      input.type === 'pickList' && input.defaultValue !== undefined && !values.includes(input.defaultValue),
      problem(`has the default ${input.defaultValue ?? ''}, which is no option`),
    ),
    ...when(
      input.type === 'boolean' && !['true', 'false'].includes(input.defaultValue ?? ''),
      problem('is a boolean without a default'),
    ),
  ];
}

/** The first task that has a shared input says how it is described. */
function sharedInputProblems(tasks: Readonly<Record<string, TaskJson>>): string[] {
  return sharedInputs.flatMap((name) => {
    const described = Object.entries(tasks).flatMap(([folder, task]) =>
      task.inputs.filter((input) => input.name === name).map((input) => ({ folder, text: essence(input) })),
    );
    const [first] = described;
    return described
      .filter(({ text }) => text !== first?.text)
      .map(({ folder }) => `${folder}: input ${name} is not described as in ${first?.folder ?? ''}`);
  });
}

function essence({ name, type, label, defaultValue, options, properties, helpMarkDown }: TaskInput): string {
  return JSON.stringify([
    type,
    label,
    name === 'onOutage' ? undefined : defaultValue,
    options,
    properties,
    helpMarkDown,
  ]);
}

function when(isWrong: boolean, problem: string): string[] {
  return isWrong ? [problem] : [];
}

function duplicates(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

import { refuse } from '../errors.ts';
import { checkoutTask, scriptTasks } from '../extension/built-in-tasks.ts';
import type { InstalledExtension, InstalledTask } from '../extension/install.ts';
import { type TaskDefinition, isVisible } from '../extension/task-definition.ts';
import type { ServiceConnection } from '../types.ts';
import { expandMacros } from '../variables/variables.ts';
import type { Job, Pipeline, Step } from '../yaml/pipeline.ts';

/** What a step runs; a task without a directory is the agent's own. */
export interface ResolvedTask {
  readonly definition: TaskDefinition;
  readonly directory: string | undefined;
  /** Inputs of the step under their canonical names. */
  readonly inputs: Readonly<Record<string, string>>;
}

export type ResolvedTasks = ReadonlyMap<Step, ResolvedTask>;

export interface ResolveSources {
  readonly extensions: readonly InstalledExtension[];
  readonly connections: readonly ServiceConnection[];
  /** A variable known before the run. */
  readonly lookup: (name: string) => string | undefined;
}

/** Finds the task of each step and checks its inputs, as the server does. Throws `PipelineError`. */
export function resolveTasks(pipeline: Pipeline, sources: ResolveSources): ResolvedTasks {
  const jobs = pipeline.stages.flatMap((stage) => stage.jobs);
  return new Map(
    jobs.flatMap((job) => job.steps.map((step) => [step, resolveTask(step, job, sources)] as const)),
  );
}

function resolveTask(step: Step, job: Job, sources: ResolveSources): ResolvedTask {
  const task = findTask(step, job, sources.extensions);
  const inputs = canonicalInputs(step, task.definition);
  checkRequired(step, job, task.definition, inputs);
  checkConnections(step, job, { definition: task.definition, inputs, ...sources });
  return { definition: task.definition, directory: task.directory, inputs };
}

type FoundTask = Omit<InstalledTask, 'directory'> & { readonly directory: string | undefined };

function findTask(step: Step, job: Job, extensions: readonly InstalledExtension[]): FoundTask {
  const [name = '', version = ''] = step.task.split('@');
  const isWanted = (definition: TaskDefinition) =>
    [definition.name.toLowerCase(), definition.id].includes(name.toLowerCase()) &&
    (version.includes('.') ? definition.version === version : definition.major === Number(version));
  const builtIn = [checkoutTask, ...scriptTasks].find(isWanted);
  if (builtIn !== undefined) {
    checkOwnTask(step, builtIn);
    return { definition: builtIn, directory: undefined };
  }
  const installed = extensions.flatMap(({ tasks }) => tasks).filter(({ definition }) => isWanted(definition));
  return (
    installed.sort((a, b) => compareVersions(b, a))[0] ?? refuse(step.at, missing(name, version, job, step))
  );
}

const missing = (name: string, version: string, job: Job, step: Step) =>
  `A task is missing. The pipeline references a task called '${name}', which could not be found. This usually ` +
  "indicates the task isn't installed, and you may be able to install it from the Marketplace: " +
  `https://marketplace.visualstudio.com. (Task version ${version}, job '${job.name}', step '${step.name ?? ''}'.)`;

const compareVersions = (a: InstalledTask, b: InstalledTask) =>
  a.definition.version.localeCompare(b.definition.version, 'en', { numeric: true });

/** Of the agent's own tasks only what examples use is there: scripts that stand in the pipeline. */
function checkOwnTask({ task, inputs, at }: Step, { name, inputs: known }: TaskDefinition): void {
  const names = known.map((input) => input.name);
  const unknown = Object.keys(inputs).find((input) => !names.includes(input));
  if (unknown !== undefined) refuse(at, `the local agent does not know the input '${unknown}' of ${task}`);
  if (names.includes('targetType') && name !== 'CmdLine' && inputs.targetType !== 'inline') {
    refuse(at, `the local agent does not know ${task} without 'targetType: inline'`);
  }
}

/** YAML may name an input by an alias, in any case; the agent only ever sees the canonical name. */
function canonicalInputs(step: Step, definition: TaskDefinition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(step.inputs).map(([given, value]) => {
      const wanted = given.toLowerCase();
      const input = definition.inputs.find(({ name, aliases }) =>
        [name, ...aliases].some((one) => one.toLowerCase() === wanted),
      );
      return [input?.name ?? given, value];
    }),
  );
}

type Inputs = Readonly<Record<string, string>>;

function checkRequired(step: Step, job: Job, definition: TaskDefinition, inputs: Inputs): void {
  const defaults = Object.fromEntries(
    definition.inputs.map(({ name, defaultValue }) => [name, defaultValue]),
  );
  const values = { ...defaults, ...inputs };
  const absent = definition.inputs.find(
    (input) => input.isRequired && !values[input.name]?.trim() && isVisible(input.visibleRule, values),
  );
  if (absent === undefined) return;
  refuse(step.at, `Job ${job.name}: Step ${step.name ?? ''} input ${absent.name} is required.`);
}

interface ConnectionCheck extends ResolveSources {
  readonly definition: TaskDefinition;
  readonly inputs: Inputs;
}

function checkConnections(step: Step, job: Job, check: ConnectionCheck): void {
  for (const { name, type } of connectionInputs(check.definition)) {
    const value = expandMacros(check.inputs[name] ?? '', check.lookup);
    for (const wanted of value.includes('$(') ? [] : splitList(value)) {
      if (findConnection(wanted, type, check.connections) !== undefined) continue;
      refuse(
        step.at,
        `Job ${job.name}: Step ${step.name ?? ''} input ${name} references service connection ${wanted} which ` +
          'could not be found. The service connection does not exist, has been disabled or has not been ' +
          'authorized for use. For authorization details, refer to https://aka.ms/yamlauthz.',
      );
    }
  }
}

/** The inputs that name service connections; `type` is the connection type they want. */
export const connectionInputs = (definition: TaskDefinition) =>
  definition.inputs.flatMap(({ name, type }) => {
    const [kind = '', wanted = ''] = type.split(':');
    return kind.toLowerCase() === 'connectedservice' ? [{ name, type: wanted.toLowerCase() }] : [];
  });

export const splitList = (value: string) =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** A connection by name or id, of the wanted type. */
export const findConnection = (wanted: string, type: string, connections: readonly ServiceConnection[]) =>
  connections.find(
    (one) =>
      (one.name.toLowerCase() === wanted.toLowerCase() || one.id.toLowerCase() === wanted.toLowerCase()) &&
      (type === '' || one.type.toLowerCase() === type),
  );

import { isAbsolute, join, resolve } from 'node:path';
import { type ResolvedTask, connectionInputs, findConnection, splitList } from '../compile/resolve-task.ts';
import type { JobContext } from '../state/job-context.ts';
import type { ServiceConnection } from '../types.ts';
import { expandMacros } from '../variables/variables.ts';

export interface TaskValues {
  readonly inputs: Readonly<Record<string, string>>;
  readonly connections: readonly ServiceConnection[];
}

/**
 * The values a task gets: defaults, then the step's, trimmed, with `$(variables)`, then with the agent's own
 * environment; connections by id; file paths below the sources: TaskRunner.cs, RunAsync.
 */
export function taskValues(task: ResolvedTask, job: JobContext): TaskValues {
  const defaults = task.definition.inputs.map(({ name, defaultValue }) => [name, defaultValue] as const);
  const merged = Object.fromEntries([...defaults, ...Object.entries(task.inputs)]);
  const inputs: Record<string, string> = Object.fromEntries(
    Object.entries(merged).map(([name, value]) => [name.trim(), expandValue(value.trim(), job)]),
  );
  const connections: ServiceConnection[] = [];
  for (const { name, type } of connectionInputs(task.definition)) {
    const found = splitList(inputs[name] ?? '').map((wanted) => mustFind(wanted, type, job));
    if (found.length > 0) inputs[name] = found.map(({ id }) => id.toLowerCase()).join(',');
    connections.push(...found);
  }
  for (const { name, type } of task.definition.inputs) {
    if (type.toLowerCase() === 'filepath') inputs[name] = rootPath(inputs[name] ?? '', job);
  }
  return { inputs, connections };
}

/** `$(name)` from the job's variables, what is left from the agent's environment. */
export const expandValue = (value: string, job: JobContext) =>
  expandMacros(job.variables.expand(value), (name) => job.settings.environment[name]);

function mustFind(wanted: string, type: string, job: JobContext): ServiceConnection {
  const found = findConnection(wanted, type, job.connections);
  if (found === undefined) throw new Error(`The service connection ${wanted} could not be found.`);
  return found;
}

/** An empty path becomes the sources folder. */
const rootPath = (path: string, job: JobContext) =>
  isAbsolute(path) ? resolve(path) : join(job.directories.sources, path);

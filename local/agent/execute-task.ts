import { cp, mkdir, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runChild, type ChildRequest } from './child-process.ts';
import { handleOutput } from './commands.ts';
import { chooseHandler, isEndOfLife, type ChosenHandler } from './handler.ts';
import { scriptEnvironment, taskEnvironment } from './step-environment.ts';
import type { StepContext } from './step-context.ts';
import { taskValues, type TaskValues } from './task-inputs.ts';
import { findExecutable } from './find-executable.ts';

/** Runs a step's process once. Throws when it fails by its exit code; `cancel` stops it in the agent's way. */
export async function executeTask(step: StepContext, cancel: AbortSignal): Promise<void> {
  const { planned, job } = step;
  const values = taskValues(planned.task, job);
  if (planned.task.directory !== undefined) return runNodeTask(step, values, cancel);
  if (planned.task.definition.name === 'Checkout') return checkOut(step, values);
  return runScript(step, values, cancel);
}

async function runNodeTask(step: StepContext, values: TaskValues, cancel: AbortSignal): Promise<void> {
  const { planned } = step;
  const handlers = planned.task.definition[planned.phase] ?? {};
  const handler = chooseHandler(handlers, (name) => isOn(step, name));
  const node = nodePath(step, handler);
  if (isEndOfLife(handlers)) warnOfNode(step, handler);
  const directory = await unpackTask(step, planned.task.directory ?? '');
  const file = join(directory, handler.target.replaceAll('$(currentDirectory)', directory));
  step.debug(`Using node path: ${node}`);
  const code = await runChild({
    ...childOf(step, cancel),
    file: node,
    args: [file],
    cwd: existingFolder(handler.workingDirectory.replaceAll('$(currentDirectory)', directory), step),
    environment: taskEnvironment(step, values),
  });
  if (code === 137 && !cancel.aborted)
    step.error('Exit code 137: the process was killed, often for want of memory.');
  if (code !== 0)
    throw new Error(`Exit code ${code} returned from process: file name '${node}', arguments '"${file}"'.`);
}

/** A knob of the agent: a variable of the run, else of its environment. */
function isOn({ job }: StepContext, name: string): boolean {
  const value = job.variables.get(name) ?? job.settings.environment[name];
  return value?.toLowerCase() === 'true' || value === '1';
}

function nodePath({ job }: StepContext, handler: ChosenHandler): string {
  const path = job.settings.nodes[handler.nodeFolder];
  if (path === undefined || !existsSync(path)) {
    throw new Error(
      'This step requires a node version that does not exist in the agent filesystem. ' +
        `Path: ${path ?? join(job.directories.home, 'externals', handler.nodeFolder)}`,
    );
  }
  return path;
}

function warnOfNode(step: StepContext, { name }: ChosenHandler): void {
  const { definition } = step.planned.task;
  step.warning(
    `Task '${definition.friendlyName}' version ${definition.major} (${definition.name}@${definition.major}) is dependent ` +
      `on a Node version (${name}) that is end-of-life. Contact the extension owner for an updated version of the task.`,
  );
}

/** `_tasks/<Name>_<guid>/<version>`: a version that is there is not copied again. */
async function unpackTask({ job, planned }: StepContext, source: string): Promise<string> {
  const { name, id, version } = planned.task.definition;
  const target = join(job.directories.tasks, `${name}_${id}`, version);
  if (!existsSync(target)) await cp(source, target, { recursive: true });
  return target;
}

function existingFolder(wanted: string, { job }: StepContext): string {
  const folder = wanted === '' ? job.directories.sources : wanted;
  return existsSync(folder) ? folder : job.directories.work;
}

function childOf(
  step: StepContext,
  cancel: AbortSignal,
): Pick<ChildRequest, 'onLine' | 'cancel' | 'kill' | 'done' | 'timings'> {
  const { signals, settings } = step.job;
  return {
    // After `done=true` nothing that the task says counts.
    onLine: (line) => {
      if (!signals.lost.aborted && !step.done.aborted) handleOutput(step, line);
    },
    cancel,
    kill: AbortSignal.any([signals.expired, signals.lost]),
    done: step.done,
    timings: settings.timings,
  };
}

async function checkOut(step: StepContext, { inputs }: TaskValues): Promise<void> {
  const { job } = step;
  if (inputs.repository === 'none') return;
  const from = job.request.repositoryDirectory;
  step.write(`Syncing repository: ${job.request.definitionName} (Git)`);
  if (!(await stat(from).catch(() => undefined))?.isDirectory()) {
    step.write(`fatal: repository '${from}' not found`);
    throw new Error('Git fetch failed with exit code: 128');
  }
  await cp(from, job.directories.sources, {
    recursive: true,
    filter: (path) => !/[\\/](\.git|node_modules)$/.test(path),
  });
  step.write(`HEAD is now at ${job.request.sourceVersion}`);
}

const shells: Readonly<
  Record<string, { programs: readonly string[]; extension: string; args: readonly string[] }>
> = {
  Bash: { programs: ['bash'], extension: 'sh', args: [] },
  CmdLine:
    process.platform === 'win32'
      ? { programs: ['cmd'], extension: 'cmd', args: ['/D', '/E:ON', '/V:OFF', '/S', '/C', 'CALL'] }
      : { programs: ['bash', 'sh'], extension: 'sh', args: [] },
  PowerShell: {
    programs: ['pwsh'],
    extension: 'ps1',
    args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-File'],
  },
};

async function runScript(step: StepContext, { inputs }: TaskValues, cancel: AbortSignal): Promise<void> {
  const { job, planned } = step;
  const { name } = planned.task.definition;
  const shell = shells[name];
  const environment = scriptEnvironment(step);
  const program = shell?.programs
    .map((one) => findExecutable(one, environment.PATH))
    .find((one) => one !== undefined);
  if (shell === undefined || program === undefined) throw new Error(`The machine has no shell for ${name}`);
  const file = await scriptFile(step, inputs, shell.extension);
  const stderr: string[] = [];
  const child = childOf(step, cancel);
  const code = await runChild({
    ...child,
    file: program,
    args: [...shell.args, file],
    cwd: existingFolder(inputs.workingDirectory ?? '', step),
    environment,
    onLine: (line, stream) => {
      if (stream === 'stderr' && line !== '') stderr.push(line);
      child.onLine(line, stream);
    },
    // The shell is a child of the task's node process, and the signals reach only that: it ends at once.
    timings: { ...job.settings.timings, sigint: 0 },
  });
  const title = name === 'CmdLine' && program.endsWith('bash') ? 'Bash' : name;
  if (code !== 0) fail(step, `${title} exited with code '${code}'.`, cancel);
  else if (stderr.length > 0 && inputs.failOnStderr?.toLowerCase() === 'true') {
    fail(step, `${title} wrote one or more lines to the standard error stream.`, cancel);
  }
}

/** Script tasks fail by `task.complete`, not by exit code. */
function fail(step: StepContext, message: string, cancel: AbortSignal): void {
  if (cancel.aborted) return;
  step.error(message);
  step.result = 'failed';
}

async function scriptFile(
  step: StepContext,
  inputs: TaskValues['inputs'],
  extension: string,
): Promise<string> {
  if (inputs.targetType === 'filePath') return join(step.job.directories.sources, inputs.filePath ?? '');
  const script = inputs.script ?? '';
  step.write('Generating script.');
  step.write('========================== Starting Command Output ===========================');
  const { temp } = step.job.directories;
  await mkdir(temp, { recursive: true });
  const path = join(temp, `${step.planned.record.id}.${extension}`);
  const head =
    extension === 'cmd' ? '@echo off\r\n' : extension === 'ps1' ? "$ErrorActionPreference = 'stop'\n" : '';
  await writeFile(path, `${head}${script}\n`);
  return path;
}

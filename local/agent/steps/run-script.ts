import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable } from '../find-executable.ts';
import type { StepContext } from '../state/step-context.ts';
import { runChild } from './child-process.ts';
import { childOf, existingFolder } from './step-child.ts';
import { scriptEnvironment } from './step-environment.ts';
import type { TaskValues } from './task-inputs.ts';

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

/** CmdLine@2, Bash@3 and PowerShell@2. Throws only when there is no shell. */
export async function runScript(
  step: StepContext,
  { inputs }: TaskValues,
  cancel: AbortSignal,
): Promise<void> {
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

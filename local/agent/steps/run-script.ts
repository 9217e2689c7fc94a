import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../state/step-context.ts';
import { runChild } from './child-process.ts';
import { type Shell, shellOf } from './shells.ts';
import { childOf, existingFolder } from './step-child.ts';
import { scriptEnvironment } from './step-environment.ts';
import type { TaskValues } from './task-inputs.ts';

/**
 * CmdLine@2, Bash@3 and PowerShell@2. A working directory that is not there ends them before the script, as
 * `getPathInput('workingDirectory', true, true)` of their sources does. Throws only when the shell cannot be started.
 */
export async function runScript(
  step: StepContext,
  { inputs }: TaskValues,
  cancel: AbortSignal,
): Promise<void> {
  const { workingDirectory = '' } = inputs;
  if (workingDirectory !== '' && !existsSync(workingDirectory)) {
    step.error(`Not found workingDirectory: ${workingDirectory}`);
    step.result = 'failed';
    return;
  }
  const environment = scriptEnvironment(step);
  const kind = {
    task: step.planned.task.definition.name,
    isPwsh: inputs.pwsh === 'true',
    system: step.job.variables.get('Agent.OS') ?? '',
  };
  const shell = shellOf(kind, { platform: process.platform, environment });
  const file = await writeScript(step, inputs.script ?? '', shell);
  const code = await runChild({
    ...childOf(step, cancel),
    file: shell.program,
    args: shell.arguments(file),
    cwd: existingFolder(workingDirectory, step),
    environment,
    // The shell is a child of the task's node process, and the signals reach only that: it ends at once.
    timings: { ...step.job.settings.timings, sigint: 0 },
  });
  if (code === 0 || cancel.aborted) return;
  // Script tasks fail by `task.complete`, not by exit code.
  step.error(`${shell.title} exited with code '${code}'.`);
  step.result = 'failed';
}

async function writeScript(step: StepContext, script: string, { extension, text }: Shell): Promise<string> {
  step.write('Generating script.');
  step.write('========================== Starting Command Output ===========================');
  const { temp } = step.job.directories;
  await mkdir(temp, { recursive: true });
  const path = join(temp, `${step.planned.record.id}.${extension}`);
  await writeFile(path, text(script));
  return path;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../state/step-context.ts';
import { runChild } from './child-process.ts';
import { childOf, existingFolder } from './step-child.ts';
import { scriptEnvironment } from './step-environment.ts';
import type { TaskValues } from './task-inputs.ts';

const bash = { program: 'bash', title: 'Bash', extension: 'sh', args: [], head: '' } as const;
const cmd = {
  program: 'cmd',
  title: 'CmdLine',
  extension: 'cmd',
  args: ['/D', '/E:ON', '/V:OFF', '/S', '/C', 'CALL'],
  head: '@echo off\r\n',
} as const;
type Shell = typeof bash | typeof cmd;

/** CmdLine@2 and Bash@3. Throws only when the shell cannot be started. */
export async function runScript(
  step: StepContext,
  { inputs }: TaskValues,
  cancel: AbortSignal,
): Promise<void> {
  const isCmd = step.planned.task.definition.name === 'CmdLine' && process.platform === 'win32';
  const shell = isCmd ? cmd : bash;
  const file = await writeScript(step, inputs.script ?? '', shell);
  const code = await runChild({
    ...childOf(step, cancel),
    file: shell.program,
    args: [...shell.args, file],
    cwd: existingFolder(inputs.workingDirectory ?? '', step),
    environment: scriptEnvironment(step),
    // The shell is a child of the task's node process, and the signals reach only that: it ends at once.
    timings: { ...step.job.settings.timings, sigint: 0 },
  });
  if (code === 0 || cancel.aborted) return;
  // Script tasks fail by `task.complete`, not by exit code.
  step.error(`${shell.title} exited with code '${code}'.`);
  step.result = 'failed';
}

async function writeScript(step: StepContext, script: string, { extension, head }: Shell): Promise<string> {
  step.write('Generating script.');
  step.write('========================== Starting Command Output ===========================');
  const { temp } = step.job.directories;
  await mkdir(temp, { recursive: true });
  const path = join(temp, `${step.planned.record.id}.${extension}`);
  await writeFile(path, `${head}${script}\n`);
  return path;
}

import { cp, stat } from 'node:fs/promises';
import type { StepContext } from '../state/step-context.ts';
import { runNodeTask } from './run-node-task.ts';
import { runScript } from './run-script.ts';
import { taskValues } from './task-inputs.ts';

/** Runs a step's process once. Throws when it fails by its exit code; `cancel` stops it in the agent's way. */
export async function executeTask(step: StepContext, cancel: AbortSignal): Promise<void> {
  const { planned, job } = step;
  const values = taskValues(planned.task, job);
  if (planned.task.directory !== undefined) return runNodeTask(step, values, cancel);
  if (planned.task.definition.name === 'Checkout') return checkOut(step);
  return runScript(step, values, cancel);
}

async function checkOut(step: StepContext): Promise<void> {
  const { job, planned } = step;
  const { repository, repositoryDirectory: from, sourceVersion } = job.request;
  const name = `${repository.name} (${repository.type === 'GitHub' ? 'GitHub' : 'Git'})`;
  if (planned.phase === 'postJob') {
    step.write(`Cleaning any cached credential from repository: ${name}`);
    return;
  }
  step.write(`Syncing repository: ${name}`);
  if (!(await stat(from).catch(() => undefined))?.isDirectory()) {
    step.write(`fatal: repository '${from}' not found`);
    throw new Error('Git fetch failed with exit code: 128');
  }
  await cp(from, job.directories.sources, {
    recursive: true,
    filter: (path) => !/[\\/](\.git|node_modules)$/.test(path),
  });
  step.write(`HEAD is now at ${sourceVersion}`);
}

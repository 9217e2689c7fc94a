import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../state/step-context.ts';
import { runChild } from './child-process.ts';
import { type ChosenHandler, chooseHandler } from './handler.ts';
import { childOf, existingFolder } from './step-child.ts';
import { taskEnvironment } from './step-environment.ts';
import type { TaskValues } from './task-inputs.ts';

/** Runs one part of a packaged task: NodeHandler.cs. Throws when the process ends with another code than 0. */
export async function runNodeTask(step: StepContext, values: TaskValues, cancel: AbortSignal): Promise<void> {
  const { planned } = step;
  const handler = chooseHandler(planned.task.definition[planned.phase] ?? {}, usesNode24(step));
  const node = nodePath(step, handler);
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

/** A variable of the run decides, otherwise the environment of the agent. */
function usesNode24({ job }: StepContext): boolean {
  const knob = 'AGENT_USE_NODE24_WITH_HANDLER_DATA';
  return (job.variables.get(knob) ?? job.settings.environment[knob])?.toLowerCase() === 'true';
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

/** `_tasks/<Name>_<guid>/<version>`: a version that is there is not copied again. */
async function unpackTask({ job, planned }: StepContext, source: string): Promise<string> {
  const { name, id, version } = planned.task.definition;
  const target = join(job.directories.tasks, `${name}_${id}`, version);
  if (!existsSync(target)) await cp(source, target, { recursive: true });
  return target;
}

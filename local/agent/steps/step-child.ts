import { existsSync } from 'node:fs';
import { handleOutput } from '../commands/handle-output.ts';
import type { StepContext } from '../state/step-context.ts';
import type { ChildRequest } from './child-process.ts';

type ChildControl = Pick<ChildRequest, 'onLine' | 'cancel' | 'kill' | 'done' | 'timings'>;

/** How a step listens to its process and stops it. */
export function childOf(step: StepContext, cancel: AbortSignal): ChildControl {
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

/** The folder a process starts in: the wanted one, else the sources, else the agent's work folder. */
export function existingFolder(wanted: string, { job }: StepContext): string {
  const folder = wanted === '' ? job.directories.sources : wanted;
  return existsSync(folder) ? folder : job.directories.work;
}

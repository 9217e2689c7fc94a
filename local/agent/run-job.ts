import { emptyTemp, prepareDirectories } from './job-directories.ts';
import { AgentLostError, setJobResult, type JobContext } from './job-context.ts';
import { planSteps } from './plan-steps.ts';
import { killOrphans } from './process-tree.ts';
import type { ResolvedTasks } from './resolve-task.ts';
import { runStep } from './run-step.ts';
import type { RecordHandle } from './timeline.ts';
import type { TaskResult } from './types.ts';

/** Runs the steps of a job, its own "Initialize job" and "Finalize Job" around them. Throws `AgentLostError`. */
export async function runJobSteps(job: JobContext, tasks: ResolvedTasks): Promise<TaskResult> {
  const init = addOwnStep(job, 'Initialize job', 'JobExtension_Init', 1);
  init.start(job.agentName);
  init.log(`Agent name: '${job.agentName}'`);
  await prepareDirectories(job.directories);
  const steps = planSteps(job, tasks);
  const final = addOwnStep(job, 'Finalize Job', 'JobExtension_Final', steps.length + 2);
  init.complete('succeeded');
  for (const step of steps) {
    if (!job.signals.lost.aborted) await runStep(step, job);
    if (job.signals.lost.aborted) {
      killOrphans(job.lookupId);
      throw new AgentLostError();
    }
  }
  if (job.signals.canceled.aborted) setJobResult(job, 'canceled');
  final.start(job.agentName);
  final.log('Cleaning up task key');
  final.log('Start cleaning up orphan processes.');
  killOrphans(job.lookupId).forEach((pid) => final.log(`Terminate orphan process: pid (${pid})`));
  await emptyTemp(job.directories);
  final.complete('succeeded');
  return job.result ?? 'succeeded';
}

const addOwnStep = (job: JobContext, name: string, refName: string, order: number): RecordHandle =>
  job.timeline.add({
    parent: job.record,
    type: 'Task',
    name,
    identifier: '',
    key: `${job.record.id}/${refName}`,
    refName,
    order,
  });

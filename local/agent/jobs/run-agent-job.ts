import { setTimeout as delay } from 'node:timers/promises';
import type { ResolvedTasks } from '../compile/resolve-task.ts';
import { messageOf } from '../errors.ts';
import { agentNameOf } from '../settings.ts';
import { AgentLostError, type JobContext, setJobResult } from '../state/job-context.ts';
import { directoriesOf, emptyTemp, prepareDirectories } from '../state/job-directories.ts';
import type { LegRun } from '../state/run-context.ts';
import { type RecordHandle, jobIdentifier } from '../state/timeline.ts';
import { killOrphans } from '../steps/process-tree.ts';
import { runStep } from '../steps/run-step.ts';
import type { TaskResult, Variable } from '../types.ts';
import { guid } from '../variables/guid.ts';
import { connectionsOf, jobVariableStore, makeMasker, watchJob } from './job-setup.ts';
import { planSteps } from './plan-steps.ts';

/** How one agent job ended, with its outputs. */
export interface LegEnd {
  readonly result: TaskResult;
  readonly outputs: ReadonlyMap<string, Variable>;
}

/** Runs one agent job: waits for an agent, runs the steps, ends the record. */
export async function runLeg(about: LegRun): Promise<LegEnd> {
  const { leg, phase } = about;
  const { run } = phase;
  const record = run.timeline.add({
    parent: phase.record,
    type: 'Job',
    name: leg.displayName,
    identifier: jobIdentifier(phase.stage, phase.job, leg),
    refName: leg.name,
    order: about.position,
  });
  const slot = await run.slots.take(about.canceled);
  if (slot === undefined) {
    record.complete('canceled');
    return { result: 'canceled', outputs: new Map() };
  }
  try {
    return await runOnAgent(about, record, slot);
  } finally {
    run.slots.giveBack(slot);
  }
}

async function runOnAgent(about: LegRun, record: RecordHandle, slot: number): Promise<LegEnd> {
  const { phase, leg } = about;
  const agentName = agentNameOf(slot);
  record.start(agentName);
  const watch = watchJob(about, record, agentName);
  const outputs = new Map<string, Variable>();
  let result: TaskResult;
  try {
    const context = makeContext(about, { record, slot, agentName, outputs, signals: watch.signals });
    result = await runJobSteps(context, phase.run.compiled.tasks);
  } catch (error) {
    if (error instanceof AgentLostError) return await abandon(about, record, agentName);
    record.issue({ type: 'error', category: 'General', message: messageOf(error) });
    result = 'failed';
  } finally {
    watch.stop();
  }
  if (result === 'failed' && phase.job.continueOnError) result = 'succeededWithIssues';
  record.complete(result);
  return { result, outputs: new Map([...outputs].map(([name, value]) => [leg.outputPrefix + name, value])) };
}

interface Place extends Pick<JobContext, 'record' | 'agentName' | 'outputs' | 'signals'> {
  readonly slot: number;
}

function makeContext(about: LegRun, place: Place): JobContext {
  const { run, job } = about.phase;
  const directories = directoriesOf(run.settings.workDirectory, place.slot);
  const variables = jobVariableStore(about, place, directories);
  const connections = connectionsOf(about.phase, variables);
  return {
    ...place,
    job,
    request: run.request,
    settings: run.settings,
    observer: run.observer,
    timeline: run.timeline,
    directories,
    variables,
    connections,
    masker: makeMasker(variables, run, connections),
    lookupId: `vsts_${guid(`${place.record.id}/${run.timeline.attempt}/${run.settings.workDirectory}`)}`,
    setBuildNumber: run.setBuildNumber,
    result: null,
  };
}

/** The server notices after a while that the agent is silent. */
async function abandon(about: LegRun, record: RecordHandle, agent: string): Promise<LegEnd> {
  await delay(about.phase.run.settings.timings.agentLost);
  record.issue({
    type: 'error',
    category: 'General',
    message:
      `We stopped hearing from agent ${agent}. Verify the agent machine is running and has a healthy network ` +
      'connection. Anything that terminates an agent process, starves it for CPU, or blocks its network access ' +
      'can cause this error. For more information, see: https://go.microsoft.com/fwlink/?linkid=846610',
  });
  about.phase.run.timeline.abandonBelow(record.id);
  record.complete('abandoned');
  return { result: 'abandoned', outputs: new Map() };
}

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

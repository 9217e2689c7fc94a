import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from './errors.ts';
import { jobIdentifier } from './identifiers.ts';
import { AgentLostError, type JobContext } from './job-context.ts';
import { directoriesOf } from './job-directories.ts';
import { jobVariableStore, makeMasker } from './job-setup.ts';
import { watchJob } from './job-signals.ts';
import { runJobSteps } from './run-job.ts';
import { type RecordHandle, guid } from './timeline.ts';
import type { TaskResult, Variable } from './types.ts';
import type { LegRun } from './run-context.ts';

interface LegEnd {
  readonly result: TaskResult;
  readonly outputs: ReadonlyMap<string, Variable>;
}

/** Runs one agent job: waits for an agent, runs the steps, ends the record. */
export async function runLeg(about: LegRun): Promise<LegEnd> {
  const { leg, phase, parent } = about;
  const { run } = phase;
  const record = run.timeline.add({
    parent,
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
  const { settings } = phase.run;
  const agentName = slot === 1 ? settings.name : `${settings.name}-${slot}`;
  record.start(agentName);
  const watch = watchJob(about, record);
  const outputs = new Map<string, Variable>();
  let result: TaskResult;
  try {
    const context = makeContext(about, { record, slot, agentName, outputs, signals: watch.signals });
    result = await runJobSteps(context, phase.run.compiled.tasks);
  } catch (error) {
    if (error instanceof AgentLostError) return await abandon(about, record);
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
  return {
    ...place,
    job,
    request: run.request,
    settings: run.settings,
    observer: run.observer,
    timeline: run.timeline,
    directories,
    variables,
    masker: makeMasker(variables, run),
    prependPath: [],
    lookupId: `vsts_${guid(`${place.record.id}/${run.timeline.attempt}/${run.settings.workDirectory}`)}`,
    setBuildNumber: run.setBuildNumber,
    result: null,
  };
}

/** The server notices after a while that the agent is silent. */
async function abandon(about: LegRun, record: RecordHandle): Promise<LegEnd> {
  await delay(about.phase.run.settings.timings.agentLost);
  const agent = about.phase.run.settings.name;
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

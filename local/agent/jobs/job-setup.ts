import { pipelineVariables } from '../compile/compile-run.ts';
import { connectionInputs, findConnection, splitList } from '../compile/resolve-task.ts';
import type { JobContext, JobSignals } from '../state/job-context.ts';
import type { JobDirectories } from '../state/job-directories.ts';
import type { LegRun, PhaseRun, RunContext } from '../state/run-context.ts';
import type { RecordHandle } from '../state/timeline.ts';
import type { ServiceConnection } from '../types.ts';
import { Masker, isSecretParameter } from '../variables/masker.ts';
import { evaluateDefinitions } from '../variables/runtime-variables.ts';
import type { Variables } from '../variables/variables.ts';
import { agentVariables, jobVariables } from './job-variables.ts';

/** A job's variables when it starts: pipeline, stage, job, leg, then the predefined ones. */
export function jobVariableStore(
  about: LegRun,
  place: Pick<JobContext, 'record' | 'agentName'> & { slot: number },
  directories: JobDirectories,
): Variables {
  const { phase, leg, names } = about;
  const { run, stage, job } = phase;
  const variables = pipelineVariables(run.compiled.pipeline, run.request);
  const predefine = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).forEach(([name, value]) => variables.define(name, value, { isReadOnly: true }));
  predefine({ 'Build.BuildNumber': run.buildNumber() });
  predefine(jobVariables(about, place.record.id));
  evaluateDefinitions(variables, [...stage.variables, ...job.variables], names);
  predefine(leg.variables);
  if (job.environment !== undefined) {
    predefine({ 'Environment.Name': job.environment, 'Environment.Id': '1', 'Strategy.Name': 'runOnce' });
  }
  const image = run.settings.system === 'own' ? '' : variables.expand(job.image);
  const agent = { name: place.agentName, id: place.slot, image };
  predefine(agentVariables(agent, directories));
  predefine({ 'System.EnableAccessToken': 'SecretVariable' });
  variables.define('System.AccessToken', run.request.accessToken, { isSecret: true, isReadOnly: true });
  variables.expandNested();
  return variables;
}

/** Knows the secrets that a job starts with: variables, outputs of other jobs, the connections its steps name. */
export function makeMasker(
  variables: Variables,
  { outputs }: RunContext,
  connections: readonly ServiceConnection[],
): Masker {
  const masker = new Masker();
  const fromOutside = [...outputs.values()].flatMap((one) => [...one.values()]);
  [...variables.all(), ...fromOutside]
    .filter(({ isSecret }) => isSecret)
    .forEach(({ value }) => masker.addVariable(value));
  // A user name is a secret too.
  connections
    .flatMap(({ authorization }) => Object.entries(authorization.parameters))
    .filter(([name]) => isSecretParameter(name))
    .forEach(([, value]) => masker.add(value));
  return masker;
}

/** The service connections that the steps of a job name. */
export function connectionsOf({ run, job }: PhaseRun, variables: Variables): ServiceConnection[] {
  const tasks = job.steps.flatMap((step) => run.compiled.tasks.get(step) ?? []);
  return tasks.flatMap(({ definition, inputs }) =>
    connectionInputs(definition).flatMap(({ name, type }) =>
      splitList(variables.expand(inputs[name] ?? '')).flatMap(
        (wanted) => findConnection(wanted, type, run.request.serviceConnections) ?? [],
      ),
    ),
  );
}

interface JobWatch {
  readonly signals: JobSignals;
  readonly stop: () => void;
}

/** Watches for what ends a job early: a person's cancel, its timeout, the end of its cancel timeout, a lost agent. */
export function watchJob(about: LegRun, record: RecordHandle, agent: string): JobWatch {
  const { job, run } = about.phase;
  const { minute, cancelMargin } = run.settings.timings;
  const canceled = new AbortController();
  const expired = new AbortController();
  const lost = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const cancel = () => {
    if (canceled.signal.aborted) return;
    // The worker is stopped a little before the server gives up; no cancel timeout is under a minute.
    const grace = Math.max(job.cancelTimeoutInMinutes, 1) * minute - cancelMargin;
    timers.push(setTimeout(() => expired.abort(), Math.max(grace, 0)));
    canceled.abort();
  };
  if (about.canceled.aborted) cancel();
  about.canceled.addEventListener('abort', cancel, { once: true });
  if (job.timeoutInMinutes > 0) {
    const tooLong = () => {
      record.issue({
        type: 'error',
        category: 'General',
        message: timeoutMessage(agent, job.timeoutInMinutes),
      });
      cancel();
    };
    timers.push(setTimeout(tooLong, job.timeoutInMinutes * minute));
  }
  const lose = () => lost.abort();
  run.losses.add(lose);
  const stop = () => {
    timers.forEach(clearTimeout);
    about.canceled.removeEventListener('abort', cancel);
    run.losses.delete(lose);
  };
  return { signals: { canceled: canceled.signal, expired: expired.signal, lost: lost.signal }, stop };
}

const timeoutMessage = (agent: string, minutes: number) =>
  `The job running on agent ${agent} ran longer than the maximum time of ${minutes} minutes. ` +
  `For more information, see https://go.microsoft.com/fwlink/?linkid=2077134`;

import { pipelineVariables } from './compile.ts';
import { jobIdentifier } from './identifiers.ts';
import type { JobContext, JobDirectories } from './job-context.ts';
import { isSecretParameter, Masker } from './masker.ts';
import { agentVariables, jobVariables, type JobIdentity } from './predefined-variables.ts';
import { connectionInputs, findConnection, splitList } from './resolve-task.ts';
import type { RunContext, LegRun } from './run-context.ts';
import { evaluateDefinitions } from './runtime-variables.ts';
import type { ServiceConnection } from './types.ts';
import type { Variables } from './variables.ts';

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
    Object.entries(values).forEach(([name, value]) => variables.set(name, value, { isReadOnly: true }));
  predefine({ 'Build.BuildNumber': run.buildNumber() });
  predefine(jobVariables(identityOf(about, place.record.id)));
  evaluateDefinitions(variables, [...stage.variables, ...job.variables], { request: run.request, names });
  Object.entries(leg.variables).forEach(([name, value]) => variables.set(name, value));
  if (job.environment !== undefined) {
    predefine({ 'Environment.Name': job.environment, 'Environment.Id': '1', 'Strategy.Name': 'runOnce' });
  }
  predefine(agentVariables(place.agentName, place.slot, directories));
  predefine({ 'System.EnableAccessToken': 'SecretVariable' });
  variables.set('System.AccessToken', run.request.accessToken, { isSecret: true, isReadOnly: true });
  variables.expandNested();
  return variables;
}

function identityOf(about: LegRun, jobId: string): JobIdentity {
  const { phase, leg, position, count, parent } = about;
  const { stage, job, run } = phase;
  return {
    stageName: stage.name,
    stageDisplayName: stage.displayName,
    stageId: phase.stageRecord.id,
    phaseName: job.name,
    phaseDisplayName: job.displayName,
    phaseId: parent.id,
    jobName: leg.name,
    jobDisplayName: leg.displayName,
    jobId,
    identifier: jobIdentifier(stage, job, leg),
    planId: run.planId,
    attempt: run.timeline.attempt,
    timeoutInMinutes: job.timeoutInMinutes,
    position,
    count,
  };
}

/** Knows the secrets that a job starts with: variables, outputs of other jobs, the connections its steps name. */
export function makeMasker(variables: Variables, run: RunContext): Masker {
  const masker = new Masker();
  variables
    .all()
    .filter(({ isSecret }) => isSecret)
    .forEach(({ value }) => masker.add(value, true));
  const outputs = [...run.outputs.values()].flatMap((one) => [...one.values()]);
  outputs.filter(({ isSecret }) => isSecret).forEach(({ value }) => masker.add(value, true));
  for (const { authorization } of namedConnections(run, variables)) {
    const secrets = Object.entries(authorization.parameters).filter(([name]) => isSecretParameter(name));
    secrets.forEach(([, value]) => masker.add(value, true));
  }
  return masker;
}

function namedConnections({ compiled, request }: RunContext, variables: Variables): ServiceConnection[] {
  return [...compiled.tasks.values()].flatMap(({ definition, inputs }) =>
    connectionInputs(definition).flatMap(({ name, type }) =>
      splitList(variables.expand(inputs[name] ?? '')).flatMap(
        (wanted) => findConnection(wanted, type, request.serviceConnections) ?? [],
      ),
    ),
  );
}

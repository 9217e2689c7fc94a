import type { RunRequest } from '../../../local/agent/types.ts';
import { runVariables } from '../../../local/agent/variables/run-variables.ts';
import type { AzureDevOpsOptions, LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { finish } from '../../../tasks/PortDeployment/post-job.ts';
import { run } from '../../../tasks/PortDeployment/run.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { closeAll, file, start } from '../../local/azure-devops/fixture.ts';
import { type Ran, type RunOptions, type TaskSetting, startTaskSetting } from '../../support/task-setting.ts';

type Texts = Readonly<Record<string, string>>;

/** A local Port with the blueprints of the DORA guide, and a local Azure DevOps with one pipeline, `shop`. */
export interface DeploymentSetting {
  readonly setting: TaskSetting;
  readonly ado: LocalAzureDevOps;
  /** Runs the pipeline; the variables of a job of it. */
  readonly build: (sourceVersion?: string) => Promise<Texts>;
  /** The task with `record: now`. */
  readonly now: (variables: Texts, inputs?: Texts, options?: RunOptions) => Promise<Ran>;
  /** The main step, and the post-job step at the end of a job with this status. */
  readonly whole: (
    variables: Texts,
    jobStatus: string,
    inputs?: Texts,
    between?: () => void,
  ) => Promise<{ main: Ran; end: Ran }>;
  /** Identifier, properties and relations of a deployment. */
  readonly entity: (identifier: string) => Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

export const environments = { type: 'string', enum: ['Production', 'Staging', 'Testing'] };
const statuses = { type: 'string', enum: ['Success', 'Failed'] };
const time = { type: 'string', format: 'date-time' };

export const properties: Readonly<Record<string, unknown>> = {
  ...{ createdAt: time, environment: environments, deploymentStatus: statuses, leadTimeHours: 'number' },
  ...{ jobUrl: 'string', deployingUser: 'string', commitSha: 'string', imageTag: 'string' },
  ...{ commitCount: 'number', isRollback: 'boolean', tier: 'string' },
};

export async function startDeploymentSetting(
  options: Partial<AzureDevOpsOptions> = {},
): Promise<DeploymentSetting> {
  const runner = fakeRunner();
  const ado = await start(runner, options);
  ado.createPipeline({ name: 'shop', ...file });
  const setting = await startTaskSetting(run);
  await setting.addBlueprint({ identifier: 'service', properties: { ado_repository_id: 'string' } });
  await setting.addBlueprint({ identifier: 'pull_request' });
  await setting.addBlueprint({ identifier: 'work_item' });
  await setting.addBlueprint({
    identifier: 'deployment',
    properties,
    relations: {
      service: { target: 'service' },
      pullRequest: { target: 'pull_request', many: true },
      workItem: { target: 'work_item', many: true },
    },
  });
  await setting.addEntity('service', { identifier: 'checkout' });
  const inputs = { service: 'checkout', environment: 'Production', onOutage: 'fail' };
  return {
    setting,
    ado,
    async build(sourceVersion) {
      const { id } = await ado.queue({
        definitionId: 1,
        ...(sourceVersion !== undefined && { sourceVersion }),
      });
      await ado.idle();
      return variablesOf(runner.seen.findLast(({ buildId }) => buildId === id));
    },
    now: (variables, more = {}, others = {}) =>
      setting.run(
        { ...inputs, record: 'now', ...more },
        { ...others, variables: { 'Agent.JobStatus': 'Succeeded', ...variables } },
      ),
    async whole(variables, jobStatus, more = {}, between = () => undefined) {
      const taskVariables = {};
      const main = await setting.run({ ...inputs, ...more }, { variables, taskVariables });
      between();
      const ended = { ...variables, 'Agent.JobStatus': jobStatus };
      const end = await setting.run(
        { ...inputs, ...more },
        { variables: ended, taskVariables, task: finish },
      );
      return { main, end };
    },
    entity(identifier) {
      const found = setting.port.store.entity('deployment', identifier);
      if (found === undefined) throw new Error(`there is no deployment ${identifier}`);
      return { ...found.properties, ...found.relations, title: found.title };
    },
    async close() {
      await setting.close();
      await closeAll();
    },
  };
}

function variablesOf(request: RunRequest | undefined): Texts {
  if (request === undefined) throw new Error('no run');
  return {
    ...runVariables(request),
    'Build.BuildNumber': `n${request.buildId}`,
    'Build.Repository.ID': request.repository.id,
    'System.AccessToken': request.accessToken,
    'System.StageName': 'Deploy',
  };
}

export const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

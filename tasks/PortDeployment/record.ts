import { InputError } from '../common/errors.ts';
import { warnOfSecretInput } from '../common/inputs/secret-input.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { tellOfLacking } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { RunTie } from '../common/port/entities/run-tie.ts';
import { type Entity, writeEntity } from '../common/port/entities/write-entity.ts';
import { entityPage } from '../common/port/pages.ts';
import { typedMap } from '../common/structured-text/typed-values.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { firstCommitTime } from './contents/commits.ts';
import { isAzureRepo } from './contents/pull-requests.ts';
import { type DeploymentStatus, leadTimeHours } from './entity/measures.ts';
import { fitNamed } from './entity/names.ts';
import { relationsOf, wantedRelations } from './entity/related.ts';
import type { DeploymentInputs } from './inputs.ts';
import { type Prepared, orProblem, prepare } from './prepare.ts';

export interface Recorded extends Prepared {
  readonly identifier: string;
  readonly url: string;
  readonly status: DeploymentStatus;
  /** Undefined where there is none: of a failure, of a rollback, or not known. */
  readonly leadTime: number | undefined;
  readonly outcome: Outcome;
}

/** Writes the entity of a deployment that has just ended like this. */
export async function record(
  context: TaskContext,
  port: PortClient,
  { inputs, status }: { inputs: DeploymentInputs; status: DeploymentStatus },
): Promise<Recorded> {
  const { host, clock } = context;
  const end = clock.now();
  for (const name of ['environment', 'identifier', 'properties']) warnOfSecretInput(host, name);
  const prepared = await prepare(context, port, { inputs, isServiceChecked: false });
  const first = prepared.contents === undefined ? undefined : firstCommitTime(prepared.contents);
  const leadTime = first === undefined || status !== 'Success' ? undefined : leadTimeHours(first, end);
  const { entity, problems } = await compose(context, port, { inputs, prepared, status, end, leadTime });
  for (const remark of prepared.contents?.remarks ?? []) host.info(remark);
  warnOfProblems(context, problems);
  const tie = new RunTie(host, inputs.runId);
  const written = await tie.write((runId) =>
    writeEntity(port, clock, entity, {
      ...{ blueprint: inputs.blueprint, mode: 'merge', createMissingRelatedEntities: false },
      ...{ validateOnly: false, runId },
    }),
  );
  const { identifier } = written;
  const url = entityPage(port.connection.appUrl, inputs.blueprint, identifier);
  const tied = tie.runId === undefined ? '' : `, tied to run ${tie.runId}`;
  const message = `Recorded ${oneLine(inputs.blueprint)} "${oneLine(identifier)}" as ${status}${tied}: ${url}`;
  return { ...prepared, identifier, url, status, leadTime, outcome: { result: 'Succeeded', message } };
}

export function warnOfProblems({ host }: Pick<TaskContext, 'host'>, problems: readonly string[]): void {
  if (problems.length === 0) return;
  host.warning(
    `What this deployment contains is not known in full: ${problems.join('; ')}. It is recorded with what is known.`,
  );
}

interface Ended {
  readonly inputs: DeploymentInputs;
  readonly prepared: Prepared;
  readonly status: DeploymentStatus;
  readonly end: number;
  readonly leadTime: number | undefined;
}

async function compose(
  { host }: TaskContext,
  port: PortClient,
  ended: Ended,
): Promise<{ entity: Entity; problems: readonly string[] }> {
  const { inputs, prepared } = ended;
  const { blueprint, service, contents } = prepared;
  const { properties, lacking } = fitNamed(valuesOf(ended), inputs.propertyNames, blueprint.properties);
  const isAzure = isAzureRepo(host.variable('Build.Repository.Provider'));
  const wanted = wantedRelations(
    service ?? inputs.service,
    contents,
    isAzure ? host.variable('Build.Repository.ID') : undefined,
  );
  const names = inputs.relationNames;
  const related = await orProblem(() => relationsOf(port, blueprint, { wanted, names }));
  const found =
    'problem' in related
      ? { ...(await relationsOf(port, blueprint, { wanted: wanted.slice(0, 1), names })), remarks: [] }
      : related.value;
  tellOfLacking(host, blueprint.identifier, [...lacking, ...found.lacking]);
  for (const remark of found.remarks) host.info(remark);
  const own = typedMap(inputs.properties ?? {}, { properties: blueprint.properties });
  return {
    entity: {
      identifier: inputs.identifier,
      // "deploy 20260302.1 Release Production".
      title: [inputs.known.title ?? '', inputs.environment].join(' ').trim(),
      properties: { ...properties, ...own },
      ...(Object.keys(found.relations).length > 0 && { relations: found.relations }),
    },
    problems: [...prepared.problems, ...('problem' in related ? [`relations (${related.problem})`] : [])],
  };
}

function valuesOf({ inputs, prepared, status, end, leadTime }: Ended) {
  const { environment, known } = inputs;
  const { contents } = prepared;
  const text = (name: string) => {
    const value = known.properties[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return {
    createdAt: new Date(end).toISOString(),
    environment,
    deploymentStatus: status,
    ...(leadTime !== undefined && { leadTimeHours: leadTime }),
    ...text('jobUrl'),
    ...text('deployingUser'),
    ...text('commitSha'),
    ...text('imageTag'),
    ...(contents !== undefined && { commitCount: contents.commits.length }),
    ...(contents?.isRollback !== undefined && { isRollback: contents.isRollback }),
  };
}

/** @throws InputError */
export function requireJobStatus(host: Pick<TaskContext['host'], 'variable'>): string {
  const status = host.variable('Agent.JobStatus');
  if (status !== undefined) return status;
  throw new InputError([
    'The variable Agent.JobStatus is not set, so how the deployment ended cannot be told: this works in an agent job only.',
  ]);
}

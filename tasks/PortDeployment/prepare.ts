import { type OpenJobApi, type Problem, isProblem, openJobApi } from '../common/azure-devops/job-api.ts';
import { CanceledError, TaskError } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import { allOf } from '../common/parallel.ts';
import { type Blueprint, blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import type { SessionOptions } from '../common/port/session.ts';
import { type Contents, connectionsForContents, readContents } from './contents/read-contents.ts';
import { startAfterLast } from './entity/last-deployment.ts';
import { findService, requireService } from './entity/service.ts';
import type { DeploymentInputs } from './inputs.ts';

/** What is known of a deployment before it has ended. */
export interface Prepared {
  readonly blueprint: Blueprint;
  /** Undefined where the blueprint has no relation to one. */
  readonly service: string | undefined;
  /** The blueprint that the relation points to. */
  readonly serviceBlueprint: string | undefined;
  /** Undefined where they are not wanted, or not known. */
  readonly contents: Contents | undefined;
  /** What of them could not be read, and why. */
  readonly problems: readonly string[];
}

/** The longest time for Azure DevOps, in ms; and no more than a third of the step's. */
const longestPatience = 30_000;

/** Pull requests and work items are looked for in Port side by side, and the service beside the last deployment. */
export function sessionOptions({ areContentsWanted }: DeploymentInputs): SessionOptions {
  return areContentsWanted ? { connections: 2, isOpenedAhead: true } : {};
}

interface Preparing {
  readonly context: TaskContext;
  readonly port: PortClient;
  readonly inputs: DeploymentInputs;
  /** Undefined where no contents are wanted. */
  readonly jobApi: OpenJobApi | Problem | undefined;
}

/**
 * Looks up what the deployment is of, and what it contains: since contents may be unknown, what goes wrong with them is no error.
 * @param isServiceChecked whether the service has to be in Port already.
 * @throws TaskError where Port does not take what the inputs name.
 */
export async function prepare(
  context: TaskContext,
  port: PortClient,
  { inputs, isServiceChecked }: { inputs: DeploymentInputs; isServiceChecked: boolean },
): Promise<Prepared> {
  const patience = Math.min(longestPatience, inputs.budget / 3);
  // While Port is asked for the last deployment, Azure DevOps is connected to.
  const jobApi = inputs.areContentsWanted ? openJobApi(context, patience, connectionsForContents) : undefined;
  const preparing = { context, port, inputs, jobApi };
  try {
    const found = await find(preparing);
    const [contents] = await allOf([
      contentsOf(preparing, found),
      isServiceChecked ? check(port, found) : Promise.resolve(),
    ]);
    return { ...found, ...contents };
  } finally {
    if (jobApi !== undefined && !isProblem(jobApi)) await jobApi.close();
  }
}

type Found = Pick<Prepared, 'blueprint' | 'service' | 'serviceBlueprint'>;

async function find({ context: { host }, port, inputs }: Preparing): Promise<Found> {
  const lookUp = blueprintLookup(port);
  const blueprint = await lookUp(inputs.blueprint);
  const { service: relation = '' } = inputs.relationNames;
  const target = Object.hasOwn(blueprint.relationTargets, relation)
    ? blueprint.relationTargets[relation]
    : undefined;
  const service = target === undefined ? undefined : (inputs.service ?? (await search(target)));
  return { blueprint, service, serviceBlueprint: target };

  function search(related: string): Promise<string> {
    return findService(port, lookUp, {
      blueprint: inputs.serviceBlueprint ?? related,
      repository: { id: host.variable('Build.Repository.ID'), name: host.variable('Build.Repository.Name') },
    });
  }
}

async function check(port: PortClient, { service, serviceBlueprint }: Found): Promise<void> {
  if (service !== undefined && serviceBlueprint !== undefined)
    await requireService(port, { blueprint: serviceBlueprint, identifier: service });
}

async function contentsOf(
  { context, port, inputs, jobApi }: Preparing,
  found: Found,
): Promise<Pick<Prepared, 'contents' | 'problems'>> {
  if (jobApi === undefined) return { contents: undefined, problems: [] };
  const of = { ...inputs, ...found };
  const now = context.clock.now();
  const start = await orProblem(async () =>
    inputs.since === 'lastSuccess' ? startAfterLast(port, context.host, { of, now }) : inputs.since,
  );
  if ('problem' in start)
    return { contents: undefined, problems: [`the last deployment (${start.problem})`] };
  const why = typeof start.value === 'string' ? start.value : undefined;
  const read = await readContents(
    context.host,
    jobApi,
    typeof start.value === 'string' ? { kind: 'own' } : start.value,
  );
  const { problems } = read;
  if (!('commits' in read)) return { contents: undefined, problems };
  const remarks = why === undefined ? [] : [`The changes are those of this build alone: ${why}.`];
  return { contents: { ...read, remarks: [...remarks, ...read.remarks] }, problems };
}

/** What goes wrong in Port beside the deployment itself is told, and no reason not to record it. */
export async function orProblem<T>(
  action: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: string }> {
  try {
    return { value: await action() };
  } catch (error) {
    if (error instanceof CanceledError || !(error instanceof TaskError)) throw error;
    return { problem: error.message };
  }
}

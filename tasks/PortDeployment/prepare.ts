import { CanceledError, TaskError } from '../common/errors.ts';
import type { TaskContext } from '../common/main.ts';
import { type Blueprint, blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { type Contents, readContents } from './contents/read-contents.ts';
import { startAfterLast } from './entity/last-deployment.ts';
import { findService } from './entity/service.ts';
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

/**
 * Looks up what the deployment is of, and what it contains: since contents may be unknown, what goes wrong with them is no error.
 * @throws TaskError where Port does not take what the inputs name.
 */
export async function prepare(
  context: TaskContext,
  port: PortClient,
  inputs: DeploymentInputs,
): Promise<Prepared> {
  const lookUp = blueprintLookup(port);
  const blueprint = await lookUp(inputs.blueprint);
  const { service: relation = '' } = inputs.relationNames;
  const target = Object.hasOwn(blueprint.relationTargets, relation)
    ? blueprint.relationTargets[relation]
    : undefined;
  const service = target === undefined ? undefined : (inputs.service ?? (await search(target)));
  return {
    blueprint,
    service,
    serviceBlueprint: target,
    ...(await contentsOf(context, port, inputs, { blueprint, service })),
  };

  async function search(related: string): Promise<string> {
    const { host } = context;
    return findService(port, lookUp, {
      blueprint: inputs.serviceBlueprint ?? related,
      repository: { id: host.variable('Build.Repository.ID'), name: host.variable('Build.Repository.Name') },
    });
  }
}

async function contentsOf(
  context: TaskContext,
  port: PortClient,
  inputs: DeploymentInputs,
  found: Pick<Prepared, 'blueprint' | 'service'>,
): Promise<Pick<Prepared, 'contents' | 'problems'>> {
  if (!inputs.areContentsWanted) return { contents: undefined, problems: [] };
  const of = { ...inputs, ...found };
  const now = context.clock.now();
  const start = await orProblem(async () =>
    inputs.since === 'lastSuccess' ? startAfterLast(port, context.host, { of, now }) : inputs.since,
  );
  if ('problem' in start)
    return { contents: undefined, problems: [`the last deployment (${start.problem})`] };
  const why = typeof start.value === 'string' ? start.value : undefined;
  const patience = Math.min(longestPatience, inputs.budget / 3);
  const read = await readContents(
    context,
    typeof start.value === 'string' ? { kind: 'own' } : start.value,
    patience,
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

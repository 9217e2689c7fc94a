import { refuse } from '../errors.ts';
import { Fields, textOf } from './fields.ts';
import type { Hook, HookName, Job } from './pipeline.ts';
import { readPool } from './read-pool.ts';
import { readStep } from './read-step.ts';
import type { Node } from './tree.ts';

/** Where the deployment job stands, and the machine of a hook that names no pool. */
type Place = Pick<Job, 'at' | 'image'>;

/** Reads what a deployment job has in place of steps. A hook's own `pool` wins over the job's. */
export function readDeployment(
  fields: Fields,
  strategy: Node | undefined,
  job: Place,
): Pick<Job, 'steps' | 'matrix' | 'environment' | 'hooks'> {
  const environment = readEnvironment(fields.take('environment'), job);
  const plan = new Fields(
    strategy ?? refuse(job.at, "a deployment job needs 'strategy'"),
    'a deployment strategy',
  );
  const runOnce = new Fields(plan.take('runOnce') ?? refuse(job.at, unknownStrategy(strategy)), 'runOnce');
  plan.end();
  if (!runOnce.has('deploy')) refuse(job.at, "runOnce needs 'deploy'");
  const hooks = readHooks(runOnce, job);
  return { environment, hooks, steps: hooks.flatMap((hook) => hook.steps), matrix: undefined };
}

function readHooks(runOnce: Fields, { image }: Place): Hook[] {
  const on = runOnce.take('on');
  const ends = on === undefined ? undefined : new Fields(on, 'on');
  const read = (name: HookName, node: Node | undefined): Hook[] => {
    if (node === undefined) return [];
    const fields = new Fields(node, 'a deployment hook');
    const steps = fields.list('steps').map(readStep);
    const own = readPool(fields.take('pool'));
    fields.end();
    return [{ name, steps, image: own ?? image }];
  };
  const hooks = [
    ...read('PreDeploy', runOnce.take('preDeploy')),
    ...read('Deploy', runOnce.take('deploy')),
    ...read('RouteTraffic', runOnce.take('routeTraffic')),
    ...read('PostRouteTraffic', runOnce.take('postRouteTraffic')),
    ...read('OnSuccess', ends?.take('success')),
    ...read('OnFailure', ends?.take('failure')),
  ];
  runOnce.end();
  ends?.end();
  return hooks;
}

const unknownStrategy = (strategy: Node | undefined) =>
  `the local agent does not know 'strategy: ${
    strategy?.kind === 'mapping' ? (strategy.entries[0]?.key.text ?? '') : ''
  }' of a deployment job`;

function readEnvironment(node: Node | undefined, job: Place): string {
  if (node === undefined) return refuse(job.at, "a deployment job needs 'environment'");
  if (node.kind === 'scalar') return node.text;
  const fields = new Fields(node, 'an environment');
  const name = textOf(fields.take('name') ?? refuse(node.at, "an environment needs 'name'"), 'name');
  fields.end();
  return name;
}

import { refuse } from '../errors.ts';
import { runtimeExpression } from '../expressions/syntax.ts';
import { Fields, textOf } from './fields.ts';
import type { Job, Matrix, Step } from './pipeline.ts';
import { readPool } from './read-pool.ts';
import { checkoutStep, readStep } from './read-step.ts';
import { readVariables } from './read-variables.ts';
import type { Node } from './tree.ts';

/** Reads a job or a deployment job; `pool` is what it inherits: `readPool`. */
export function readJob(node: Node, pool: string): Job {
  const fields = new Fields(node, 'a job');
  const isDeployment = fields.has('deployment');
  const name = fields.text(isDeployment ? 'deployment' : 'job');
  if (!name)
    return refuse(node.at, "the local agent does not know a job without a name ('job:' or 'deployment:')");
  if (fields.has('template')) refuse(node.at, "the local agent does not know 'template' in a job");
  const strategy = fields.take('strategy');
  const common = {
    at: node.at,
    name,
    displayName: fields.text('displayName') ?? name,
    dependsOn: fields.names('dependsOn') ?? [],
    condition: fields.text('condition'),
    variables: readVariables(fields.take('variables')),
    continueOnError: fields.flag('continueOnError', false),
    timeoutInMinutes: fields.number('timeoutInMinutes', 60),
    cancelTimeoutInMinutes: fields.number('cancelTimeoutInMinutes', 5),
    isDeployment,
  };
  const image = readPool(fields.take('pool')) ?? pool;
  fields.ignore('workspace', 'uses');
  const body = isDeployment ? readDeployment(fields, strategy, node) : readSteps(fields, strategy, node);
  fields.end();
  return { image, ...common, ...body };
}

type Body = Pick<Job, 'steps' | 'matrix' | 'environment'> & Partial<Pick<Job, 'image'>>;

function readSteps(fields: Fields, strategy: Node | undefined, job: Node): Body {
  const steps = fields.list('steps').map(readStep);
  const hasCheckout = steps.some((step) => step.task === checkoutStep.task);
  const matrix = strategy === undefined ? undefined : readMatrix(strategy);
  return {
    steps: hasCheckout ? steps : [{ ...checkoutStep, at: job.at }, ...steps],
    matrix,
    environment: undefined,
  };
}

function readMatrix(node: Node): Matrix | undefined {
  const fields = new Fields(node, 'a strategy');
  if (fields.has('parallel')) refuse(node.at, "the local agent does not know 'strategy: parallel'");
  const matrix = fields.take('matrix');
  const maxParallel = fields.number('maxParallel', 0);
  fields.end();
  if (matrix === undefined) return undefined;
  const legs = matrix.kind === 'scalar' ? runtimeExpression(matrix.text) : undefined;
  if (legs === undefined)
    return refuse(matrix.at, "the local agent does not know a 'matrix' that is no $[ ]");
  return { legs, maxParallel, at: matrix.at };
}

function readDeployment(fields: Fields, strategy: Node | undefined, job: Node): Body {
  const environment = readEnvironment(fields.take('environment'), job);
  const plan = new Fields(
    strategy ?? refuse(job.at, "a deployment job needs 'strategy'"),
    'a deployment strategy',
  );
  const runOnce = new Fields(plan.take('runOnce') ?? refuse(job.at, unknownStrategy(strategy)), 'runOnce');
  plan.end();
  const deploy = new Fields(runOnce.take('deploy') ?? refuse(job.at, "runOnce needs 'deploy'"), 'deploy');
  runOnce.end();
  const steps: readonly Step[] = deploy.list('steps').map(readStep);
  const image = readPool(deploy.take('pool'));
  deploy.end();
  return { steps, matrix: undefined, environment, ...(image !== undefined && { image }) };
}

const unknownStrategy = (strategy: Node | undefined) =>
  `the local agent does not know 'strategy: ${
    strategy?.kind === 'mapping' ? (strategy.entries[0]?.key.text ?? '') : ''
  }' of a deployment job`;

function readEnvironment(node: Node | undefined, job: Node): string {
  if (node === undefined) return refuse(job.at, "a deployment job needs 'environment'");
  if (node.kind === 'scalar') return node.text;
  const fields = new Fields(node, 'an environment');
  const name = textOf(fields.take('name') ?? refuse(node.at, "an environment needs 'name'"), 'name');
  fields.end();
  return name;
}

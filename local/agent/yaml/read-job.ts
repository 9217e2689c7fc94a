import { refuse } from '../errors.ts';
import { runtimeExpression } from '../expressions/syntax.ts';
import { Fields } from './fields.ts';
import type { Job, Matrix } from './pipeline.ts';
import { readDeployment } from './read-deployment.ts';
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
  // Microsoft's page of jobs.deployment: the word is a keyword.
  if (isDeployment && name.toLowerCase() === 'deploy')
    refuse(node.at, "'deploy' is a keyword, and no name of a deployment job");
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
  const body = isDeployment
    ? readDeployment(fields, strategy, { at: node.at, image })
    : readSteps(fields, strategy, node);
  fields.end();
  return { image, ...common, ...body };
}

type Body = Pick<Job, 'steps' | 'matrix' | 'environment' | 'hooks'>;

function readSteps(fields: Fields, strategy: Node | undefined, job: Node): Body {
  const steps = fields.list('steps').map(readStep);
  const hasCheckout = steps.some((step) => step.task === checkoutStep.task);
  const matrix = strategy === undefined ? undefined : readMatrix(strategy);
  return {
    steps: hasCheckout ? steps : [{ ...checkoutStep, at: job.at }, ...steps],
    matrix,
    environment: undefined,
    hooks: [],
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

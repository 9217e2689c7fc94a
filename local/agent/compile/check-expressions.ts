import { messageOf, refuse } from '../errors.ts';
import { generalFunctions } from '../expressions/functions.ts';
import { graphStatusFunctions } from '../expressions/status-functions.ts';
import { type Vocabulary, parseExpression, runtimeExpression } from '../expressions/syntax.ts';
import type { Job, Pipeline, Stage } from '../yaml/pipeline.ts';

/** What the server knows in each place: every place has a table of its own. */
const rootVariable: Vocabulary = { names: ['variables'], functions: generalFunctions };
const graph = ['variables', 'dependencies', 'stagedependencies'];
const condition: Vocabulary = {
  names: graph,
  functions: { ...generalFunctions, ...graphStatusFunctions(new Map(), () => false) },
};
const matrix: Vocabulary = { names: graph, functions: generalFunctions };
/** The server reads the syntax of a step's condition and leaves its names to the agent. */
const stepCondition: Vocabulary = { ...rootVariable, isOpen: true };

/**
 * Parses what is evaluated only later: conditions and `$[ ]`. Throws `PipelineError`. The server does not read
 * variables of stages and jobs yet, and so a fault in one is found when the job's turn comes.
 */
export function checkExpressions({ variables, stages }: Pipeline): void {
  for (const { value, at } of variables) {
    const expression = runtimeExpression(value);
    const prefix = 'An error occurred while loading the YAML build pipeline. ';
    if (expression !== undefined) check(expression, rootVariable, at, prefix);
  }
  for (const stage of stages) {
    checkCondition(stage);
    stage.jobs.forEach(checkJob);
  }
}

function checkJob(job: Job): void {
  checkCondition(job);
  if (job.matrix !== undefined) check(job.matrix.legs, matrix, job.matrix.at);
  for (const { name = '', condition: source, at } of job.steps) {
    const prefix = `Job ${job.name}: Step ${name} specifies condition ${source ?? ''} which is not valid. Reason: `;
    if (source?.trim()) check(source, stepCondition, at, prefix);
  }
}

function checkCondition(node: Stage | Job): void {
  if (node.condition?.trim()) check(node.condition, condition, node.at);
}

function check(source: string, vocabulary: Vocabulary, at: string, prefix = ''): void {
  try {
    parseExpression(source, vocabulary);
  } catch (error) {
    refuse(at, prefix + messageOf(error));
  }
}

import { evaluate } from '../expressions/evaluate.ts';
import { isObject, toText } from '../expressions/values.ts';
import type { Job } from '../yaml/pipeline.ts';

/** One agent job of a job. */
export interface Leg {
  /** `System.JobName`: the leg's name, `__default` without a matrix, the hook's in a deployment job. */
  readonly name: string;
  readonly displayName: string;
  readonly variables: Readonly<Record<string, string>>;
  /** What stands before `step.name` in the job's outputs. */
  readonly outputPrefix: string;
}

/** The legs of a job's matrix, or its only one. Throws when an expression gives no matrix. */
export function expandLegs(job: Job, names: Readonly<Record<string, unknown>>): Leg[] {
  if (job.matrix === undefined) {
    return [{ name: '__default', displayName: job.displayName, variables: {}, outputPrefix: '' }];
  }
  const { legs, at } = job.matrix;
  const table = parseLegs(toText(evaluate(legs, { names })), at);
  return Object.entries(table).map(([name, variables]) => ({
    name,
    displayName: `${job.displayName} ${name}`,
    variables,
    outputPrefix: `${name}.`,
  }));
}

function parseLegs(json: string, at: string): Record<string, Record<string, string>> {
  const wrong = () => new Error(`${at}: the matrix must be a JSON object of objects, not '${json}'`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw wrong();
  }
  if (!isObject(value)) throw wrong();
  return Object.fromEntries(
    Object.entries(value).map(([name, variables]) => {
      if (!isObject(variables)) throw wrong();
      return [name, Object.fromEntries(Object.entries(variables).map(([key, one]) => [key, toText(one)]))];
    }),
  );
}

import { Scalar, stringify } from 'yaml';

/** What of a call cannot be said in the step. */
export interface Missing {
  /** The input, or a part of it: `properties.commit`. */
  readonly what: string;
  readonly why: string;
}

/** A step of a task that takes the place of calls. */
export interface TaskStep {
  readonly task: string;
  /** Line of the first call that it replaces. */
  readonly line: number;
  readonly condition?: string | undefined;
  readonly inputs: Readonly<Record<string, string | boolean>>;
  readonly missing: readonly Missing[];
}

/** Inputs that hold YAML, or text in several lines. */
const blocks = new Set(['properties', 'relations', 'entities', 'query', 'link']);

function block(text: string): Scalar {
  const scalar = new Scalar(`${text}\n`);
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

const comment = ({ what, why }: Missing): string => `    # ${what}: ${why.replace(/\s+/g, ' ')}\n`;

/** A step as an item of a list of steps. What is missing stands in it as comments, which no task reads. */
export function printStep({ task, condition, inputs, missing }: TaskStep): string {
  const shown = Object.entries(inputs).map(([name, value]) => [
    name,
    blocks.has(name) ? block(String(value)) : value,
  ]);
  const item = [
    { task, ...(condition !== undefined && { condition }), inputs: Object.fromEntries(shown) as unknown },
  ];
  return stringify(item, { lineWidth: 0 }) + missing.map(comment).join('');
}

/** Inputs without those that are not there. */
export function given(
  inputs: Readonly<Record<string, string | boolean | undefined>>,
): Record<string, string | boolean> {
  return Object.fromEntries(
    Object.entries(inputs).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined),
  );
}

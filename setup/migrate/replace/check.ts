import { readInputs as readDelete } from '../../../tasks/PortDeleteEntity/inputs.ts';
import { readInputs as readExecute } from '../../../tasks/PortExecuteAction/inputs.ts';
import { readInputs as readGet } from '../../../tasks/PortGetEntity/inputs.ts';
import { readInputs as readRunStatus } from '../../../tasks/PortRunStatus/inputs.ts';
import { readInputs as readSearch } from '../../../tasks/PortSearchEntities/inputs.ts';
import { readInputs as readUpsert } from '../../../tasks/PortUpsertEntity/inputs.ts';
import type { Host } from '../../../tasks/common/agent/host.ts';
import { InputError } from '../../../tasks/common/errors.ts';
import type { Missing, TaskStep } from './task-step.ts';

/** What an expression or a macro may become, for the input that holds it. */
function example(name: string, text: string): string {
  const value =
    name === 'runId'
      ? 'r_0123456789abcdef'
      : name === 'link' && /^\$[({]/.test(text)
        ? 'https://example.com/'
        : 'x';
  return text
    .replace(/\$\{\{\s*replace\(convertToJson(?:'[^']*'|[^'])*?\}\}/gs, '"x"')
    .replace(/\$\{\{(?:'[^']*'|[^'])*?\}\}|\$\([A-Za-z_][\w.]*\)/gs, name === 'status' ? 'success' : value);
}

class ExampleHost {
  readonly #inputs: ReadonlyMap<string, string>;
  readonly warnings: string[] = [];

  constructor(inputs: TaskStep['inputs']) {
    this.#inputs = new Map(
      Object.entries(inputs).map(([name, value]) => [name, example(name, String(value)).trim()]),
    );
  }

  asHost(): Host {
    const nothing = () => undefined;
    return {
      input: (name) => this.#inputs.get(name) || undefined,
      variable: nothing,
      hasVariable: () => false,
      declaredVariables: () => [],
      secretValues: () => [],
      serviceConnection: () => ({ url: undefined, username: 'id', password: 'secret' }),
      jobConnection: () => ({ url: undefined, token: undefined }),
      proxy: nothing,
      certificates: () => ({}),
      taskVariable: nothing,
      setTaskVariable: nothing,
      setOutput: nothing,
      setVariable: nothing,
      maskSecret: nothing,
      debug: nothing,
      info: nothing,
      warning: (text) => this.warnings.push(text),
      progress: nothing,
      attachSummary: nothing,
      complete: nothing,
    };
  }
}

function runStatusProblems(host: Host): readonly string[] {
  const { mistakes, leftOut } = readRunStatus(host);
  return [...mistakes, ...leftOut];
}

/** By task: what its reader of inputs finds wrong. */
const readers: Readonly<Record<string, (host: Host) => unknown>> = {
  PortRunStatus: runStatusProblems,
  PortUpsertEntity: (host) => readUpsert(host, () => []),
  PortDeleteEntity: readDelete,
  PortGetEntity: readGet,
  PortSearchEntities: readSearch,
  PortExecuteAction: readExecute,
};

async function problemsOf({ task, inputs }: TaskStep): Promise<readonly string[]> {
  // Files are there when the pipeline runs.
  const { entitiesFile, ...others } = inputs;
  const host = new ExampleHost(
    entitiesFile === undefined ? inputs : { ...others, entities: '[{"identifier": "x"}]' },
  );
  try {
    const found = await readers[task.replace(/@.*$/, '')]?.(host.asHost());
    return Array.isArray(found) ? (found as readonly string[]) : [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** The step without the inputs that its task refuses; each of them is missing then, for the reason that the task gives. */
export async function checked(step: TaskStep): Promise<TaskStep> {
  const problems = await problemsOf(step);
  if (problems.length === 0) return step;
  const faulty = (problem: string): string | undefined =>
    Object.keys(step.inputs).find((name) => new RegExp(`\\b${name}\\b`).test(problem));
  const refused = problems.map((problem): Missing => ({
    what: faulty(problem) ?? inputNamed(problem),
    why: problem,
  }));
  const names = new Set(refused.map(({ what }) => what));
  const known = new Set(step.missing.map(({ what }) => what.split(/[.[]/, 1)[0]));
  const news = refused.filter(
    ({ what }) => !known.has(what) && !known.has('identifier, title, properties, relations'),
  );
  return {
    ...step,
    inputs: Object.fromEntries(
      Object.entries(step.inputs).filter(([name]) => !names.has(name) || name === 'portConnection'),
    ),
    missing: [...step.missing, ...news],
  };
}

const inputNamed = (problem: string): string => /^Inputs? (\w+)/.exec(problem)?.[1] ?? 'an input';

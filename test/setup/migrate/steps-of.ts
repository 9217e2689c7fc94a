import { parse } from 'yaml';
import { type Analysis, analyse } from '../../../setup/migrate/analysis.ts';

/** A step of a task, as a pipeline has it. */
export interface ParsedStep {
  readonly task: string;
  readonly condition?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Replaced extends Analysis {
  readonly steps: readonly ParsedStep[];
}

/** What a pipeline's calls become; `files` are those of its repository. */
export async function replaced(
  yaml: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Replaced> {
  const analysis = await analyse(yaml, 'test.yml', (path) => files[path]);
  return { ...analysis, steps: (parse(analysis.replacement) ?? []) as ParsedStep[] };
}

/** The inputs of the only step, without the connection. */
export async function inputsOf(
  yaml: string,
  files?: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { steps } = await replaced(yaml, files);
  if (steps.length !== 1) throw new Error(`${steps.length} steps in place of one`);
  return Object.fromEntries(
    Object.entries(steps[0]?.inputs ?? {}).filter(([name]) => name !== 'portConnection'),
  );
}

/** A pipeline of one step in a language. */
export function pipeline(kind: 'bash' | 'script' | 'pwsh' | 'python', script: string, more = ''): string {
  const text = script.trim().replace(/^/gm, '        ').trimStart();
  if (kind === 'python')
    return `steps:\n  - task: PythonScript@0\n    inputs:\n      scriptSource: inline\n      script: |\n        ${text}\n${more}`;
  return `steps:\n  - ${kind}: |\n        ${text}\n${more}`;
}

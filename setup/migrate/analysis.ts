import { type PortCall, type ReadScript, readCalls } from './calls.ts';
import { type PipelineFile, type ReadFile, readScripts } from './read/scripts.ts';
import { remarksOn } from './remarks.ts';
import { type Plan, planFor } from './replace/plan.ts';
import { checkedPlan, printPlan } from './replace/print.ts';
import { mistakesIn } from './rules/mistakes.ts';
import type { Mistake } from './rules/rule.ts';

/** What is to be said of a pipeline. */
export interface Analysis {
  readonly file: PipelineFile;
  readonly scripts: readonly ReadScript[];
  readonly calls: readonly PortCall[];
  readonly mistakes: readonly Mistake[];
  readonly plan: Plan;
  /** The steps that replace the calls, as YAML; empty where there are none. */
  readonly replacement: string;
  /** What is left to a person: parts that cannot be read, calls that no task replaces, files that were not read. */
  readonly remarks: readonly string[];
}

/** Reads a pipeline, and makes its steps. @throws UsageError for what is no YAML */
export async function analyse(yaml: string, name: string, readFile?: ReadFile): Promise<Analysis> {
  const file = readScripts(yaml, name, readFile);
  const scripts: ReadScript[] = [];
  for (const script of file.scripts) scripts.push(await readCalls(script));
  const calls = scripts.flatMap((each) => each.calls);
  const plan = await checkedPlan(planFor(file, scripts));
  return {
    file,
    scripts,
    calls,
    plan,
    mistakes: mistakesIn({ scripts, calls }),
    replacement: printPlan(plan),
    remarks: remarksOn({ file, scripts, calls, plan }),
  };
}

import { colors as pc } from '../colors.ts';
import { type Output, shown } from '../output.ts';
import type { Finding, Part } from '../parts/part.ts';

export type Step = 'stays' | 'create' | 'change' | 'by hand';

/** What `apply` would do about a finding. */
export function stepFor(part: Part, { state }: Finding, mustRewrite: boolean): Step {
  if (state === 'ok') return mustRewrite && part.hasSecret === true ? 'change' : 'stays';
  if (part.apply === undefined) return 'by hand';
  return state === 'missing' ? 'create' : 'change';
}

/** A surplus is removed by `--prune` alone. */
export type PlanStep = Step | 'surplus';

const marks: Readonly<Record<PlanStep, string>> = {
  stays: pc.dim('  stays  '),
  create: pc.green('+ create '),
  change: pc.yellow('~ change '),
  'by hand': pc.red('! by hand'),
  surplus: pc.yellow('? surplus'),
};

/** A line of the plan, with why below it. */
export function tellStep(
  output: Output,
  part: Part,
  { step, finding }: { step: PlanStep; finding: Finding },
): void {
  output.line(`${marks[step]}  ${shown(part.title)}`);
  for (const path of finding.extras ?? []) output.line(`             in Port and not in the file: ${path}`);
  if (step === 'surplus') output.line('             there, and not in the file');
  if (step === 'stays' || step === 'surplus') return;
  for (const detail of finding.details) output.line(`             ${shown(detail)}`);
  if (step === 'by hand' && part.fix !== undefined) output.line(`             ${part.fix}`);
}

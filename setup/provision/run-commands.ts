import type { CommandContext } from '../command-context.ts';
import type { Output } from '../output.ts';
import type { Part } from '../parts/part.ts';
import { applyAll } from './apply-parts.ts';
import { stepFor, tellStep } from './plan-step.ts';
import { type LoopFlags, withParts } from './with-parts.ts';

export interface ChangeFlags extends LoopFlags {
  readonly rewriteSecrets?: boolean;
  readonly dryRun?: boolean;
  readonly detailedExitcode?: boolean;
}

/** Without these everything after them would fail for the same reason: the command ends with that one. */
async function requireFoundation(parts: readonly Part[]): Promise<void> {
  for (const part of parts) if (part.isFoundation === true) await part.look();
}

/** @returns how many parts are otherwise than wanted, those for a person among them */
async function tellPlan(parts: readonly Part[], output: Output, mustRewrite: boolean): Promise<number> {
  const plan = [];
  for (const part of parts) {
    const finding = await part.look();
    const step = stepFor(part, finding, mustRewrite);
    plan.push({ id: part.id, title: part.title, step, details: step === 'stays' ? [] : finding.details });
    tellStep(output, part, { step, finding });
  }
  output.json({ plan });
  const changes = plan.filter(({ step }) => step === 'create' || step === 'change').length;
  const byHand = plan.filter(({ step }) => step === 'by hand').length;
  const ofApply = `${changes} of ${plan.length} parts to make or change: "setup apply" does it.`;
  const ofHand = `${byHand} to do by hand, shown above.`;
  const lines = [...(changes > 0 ? [ofApply] : []), ...(byHand > 0 ? [ofHand] : [])];
  output.line(lines.length === 0 ? 'Nothing to do.' : lines.join(' '));
  return changes + byHand;
}

export function plan(flags: ChangeFlags, context: CommandContext): Promise<void> {
  return withParts(flags, context, async (parts) => {
    await requireFoundation(parts);
    const differing = await tellPlan(parts, context.output, flags.rewriteSecrets === true);
    if (flags.detailedExitcode === true && differing > 0) process.exitCode = 2;
  });
}

export function apply(flags: ChangeFlags, context: CommandContext): Promise<void> {
  if (flags.dryRun === true) return plan(flags, context);
  return withParts(flags, context, async (parts) => {
    await requireFoundation(parts);
    await applyAll(parts, context.output, flags.rewriteSecrets === true);
  });
}

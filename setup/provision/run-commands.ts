import type { CommandContext } from '../command-context.ts';
import type { Output } from '../output.ts';
import { leftoverParts } from '../parts/leftovers.ts';
import type { Part } from '../parts/part.ts';
import type { Products } from '../products.ts';
import { applyAll } from './apply-parts.ts';
import { requireFoundation } from './foundation.ts';
import { type PlanStep, stepFor, tellStep } from './plan-step.ts';
import { type RemovalFlags, type Removed, removeParts } from './removal.ts';
import { type LoopFlags, withParts } from './with-parts.ts';

export interface ChangeFlags extends LoopFlags, RemovalFlags {
  readonly prune?: boolean;
  readonly rewriteSecrets?: boolean;
  readonly detailedExitcode?: boolean;
}

/** @returns how many parts are otherwise than wanted, those for a person among them */
async function tellPlan(parts: readonly Part[], output: Output, mustRewrite: boolean): Promise<number> {
  const plan = [];
  for (const part of parts) {
    const finding = await part.look();
    if (part.isLeftover === true && finding.state === 'missing') continue;
    const step: PlanStep = part.isLeftover === true ? 'surplus' : stepFor(part, finding, mustRewrite);
    plan.push({
      id: part.id,
      title: part.title,
      step,
      details: step === 'stays' ? [] : finding.details,
      extras: finding.extras ?? [],
    });
    tellStep(output, part, { step, finding });
  }
  output.json({ plan });
  const changes = plan.filter(({ step }) => step === 'create' || step === 'change').length;
  const byHand = plan.filter(({ step }) => step === 'by hand').length;
  const ofApply = `${changes} of ${plan.length} parts to make or change: "setup apply" does it.`;
  const ofHand = `${byHand} to do by hand, shown above.`;
  const beyond = plan.filter(({ step, extras }) => step === 'surplus' || extras.length > 0).length;
  const ofPrune = `${beyond} with more than the file has: "setup apply --prune" removes that.`;
  const ofNothing = changes + byHand === 0 ? 'Nothing to do.' : '';
  const lines = [ofNothing, changes > 0 ? ofApply : '', byHand > 0 ? ofHand : '', beyond > 0 ? ofPrune : ''];
  output.line(lines.filter((line) => line !== '').join(' '));
  return changes + byHand;
}

export function plan(flags: ChangeFlags, context: CommandContext): Promise<void> {
  return withParts(flags, context, async (parts, products) => {
    await requireFoundation(parts);
    const all = [...parts, ...(await leftoverParts(products))];
    const differing = await tellPlan(all, context.output, flags.rewriteSecrets === true);
    if (flags.detailedExitcode === true && differing > 0) process.exitCode = 2;
  });
}

/** Asks about all that goes, and removes the parts; members of parts that stay go when those are written. */
async function prune(
  parts: readonly Part[],
  products: Products,
  { flags, output }: { flags: RemovalFlags; output: Output },
): Promise<Removed[]> {
  const members: string[] = [];
  for (const part of parts)
    for (const path of (await part.look()).extras ?? []) members.push(`${path} of ${part.title}`);
  return removeParts((await leftoverParts(products)).reverse(), output, { ...flags, members });
}

export function apply(flags: ChangeFlags, context: CommandContext): Promise<void> {
  if (flags.dryRun === true) return plan(flags, context);
  return withParts(flags, context, async (parts, products) => {
    const { output } = context;
    await requireFoundation(parts);
    const removed = flags.prune === true ? await prune(parts, products, { flags, output }) : [];
    await applyAll(parts, { output, mustRewrite: flags.rewriteSecrets === true, removed });
  });
}

import pc from 'picocolors';
import type { AzureFlags } from '../azure/open.ts';
import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config.ts';
import { type Output, shown } from '../output.ts';
import { partsOf } from '../parts/all-parts.ts';
import type { Finding, Part } from '../parts/part.ts';
import { openProducts } from '../products.ts';
import { applyAll } from './apply-parts.ts';
import { lookAt } from './look-at-part.ts';
import { stepFor, tellStep } from './plan-step.ts';

export interface LoopFlags extends Omit<AzureFlags, 'organization'> {
  readonly file: string;
  readonly rewriteSecrets?: boolean;
  readonly dryRun?: boolean;
  readonly detailedExitcode?: boolean;
}

async function withParts(
  flags: LoopFlags,
  { environment, output }: CommandContext,
  act: (parts: Part[]) => Promise<void>,
): Promise<void> {
  const config = await readConfig(flags.file);
  const products = openProducts({ config, flags, environment, progress: (text) => output.progress(text) });
  try {
    await act(partsOf(products));
  } finally {
    await products.close();
  }
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

export function plan(flags: LoopFlags, context: CommandContext): Promise<void> {
  return withParts(flags, context, async (parts) => {
    await requireFoundation(parts);
    const differing = await tellPlan(parts, context.output, flags.rewriteSecrets === true);
    if (flags.detailedExitcode === true && differing > 0) process.exitCode = 2;
  });
}

export function apply(flags: LoopFlags, context: CommandContext): Promise<void> {
  if (flags.dryRun === true) return plan(flags, context);
  return withParts(flags, context, async (parts) => {
    await requireFoundation(parts);
    await applyAll(parts, context.output, flags.rewriteSecrets === true);
  });
}

const colors = { ok: pc.green, missing: pc.red, wrong: pc.red, unknown: pc.yellow } as const;

function fixFor(part: Part, { state }: Finding): string | undefined {
  if (state === 'ok' || state === 'unknown') return undefined;
  return part.fix ?? (part.apply === undefined ? undefined : '"port-azure-pipelines setup apply" mends it.');
}

/** The exit code: 0 all is well, 1 something is missing or wrong, 3 something could not be looked at. */
function codeOf(findings: readonly Finding[]): number {
  if (findings.some(({ state }) => state === 'missing' || state === 'wrong')) return 1;
  return findings.some(({ state }) => state === 'unknown') ? 3 : 0;
}

/** A secret that somebody changed on one side looks as it did before. */
function withSecret(part: Part, finding: Finding): Finding {
  if (part.hasSecret !== true || finding.state !== 'ok') return finding;
  const note =
    'its secret cannot be compared: after a change of Port\'s client secret, "setup apply --rewrite-secrets" writes it again';
  return { ...finding, details: [...finding.details, note] };
}

/** Walks the loop, reads only, and says part by part what holds. */
export function doctor(flags: LoopFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  return withParts(flags, context, async (parts) => {
    const found = [];
    const told = new Map<string, string>();
    for (const part of parts) {
      const finding = withSecret(part, await lookAt(part));
      const fix = fixFor(part, finding);
      found.push({ id: part.id, title: part.title, ...finding, ...(fix !== undefined && { fix }) });
      output.line(`${colors[finding.state](finding.state.padEnd(7))}  ${shown(part.title)}`);
      for (const detail of finding.details) {
        const before = told.get(detail);
        output.line(`         ${before === undefined ? shown(detail) : `as told of ${before}`}`);
        if (finding.state !== 'ok' && before === undefined) told.set(detail, shown(part.title));
      }
      if (fix !== undefined) output.line(`         ${pc.bold('fix')} ${fix}`);
    }
    output.json({ parts: found });
    process.exitCode = codeOf(found);
  });
}

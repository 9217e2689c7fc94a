import { colors as pc } from '../colors.ts';
import { endFailed } from '../end-failed.ts';
import { SetupError, messageOf } from '../errors.ts';
import { type Output, shown } from '../output.ts';
import type { Part } from '../parts/part.ts';
import { type Step, stepFor } from './plan-step.ts';
import type { Removed } from './removal.ts';

export interface Applied {
  readonly id: string;
  readonly title: string;
  readonly done: 'unchanged' | 'created' | 'changed' | 'left';
  readonly details: readonly string[];
  /** What a person has to do about it. */
  readonly next?: string;
}

const words = { stays: 'unchanged', create: 'created', change: 'changed' } as const;

/** Makes one part what it should be, and looks again: a call that was accepted need not have worked. */
async function applyPart(part: Part, mustRewrite: boolean): Promise<Applied> {
  const finding = await part.look();
  const step: Step = stepFor(part, finding, mustRewrite);
  const { id, title } = part;
  if (step === 'by hand') {
    if (part.isAdvice === true)
      return { id, title, done: 'left', details: finding.details, next: part.fix ?? '' };
    throw new SetupError(
      [`it is ${finding.state}`, ...finding.details, part.fix ?? ''].filter((text) => text !== '').join('. '),
    );
  }
  if (step !== 'stays') {
    await part.apply?.();
    const after = await part.look();
    if (after.state !== 'ok')
      throw new SetupError(`it was written, and is still ${after.state}: ${after.details.join('; ')}`);
  }
  return { id, title, done: words[step], details: step === 'change' ? finding.details : [] };
}

function tell(output: Output, { done, title, details }: Applied): void {
  const color = done === 'unchanged' ? pc.dim : done === 'left' ? pc.red : pc.green;
  output.line(`${color(done.padEnd(9))}  ${shown(title)}`);
  for (const detail of details) output.line(`           ${shown(detail)}`);
}

interface ApplyOptions {
  readonly output: Output;
  readonly mustRewrite: boolean;
  /** What `--prune` has removed before. */
  readonly removed: readonly Removed[];
}

/**
 * Goes through the parts in order, and stops at the first that fails. What was done stays done: the next time it is found
 * as it should be, and the work goes on from there.
 */
export async function applyAll(
  parts: readonly Part[],
  { output, mustRewrite, removed }: ApplyOptions,
): Promise<void> {
  const applied: Applied[] = [];
  for (const [index, part] of parts.entries()) {
    try {
      const result = await applyPart(part, mustRewrite);
      applied.push(result);
      tell(output, result);
    } catch (error) {
      const left = parts.slice(index + 1).map(({ title }) => title);
      const rest = left.length === 0 ? '' : ` Not looked at yet: ${left.join(', ')}.`;
      const stopped = new SetupError(
        `Stopped at ${part.title}: ${shown(messageOf(error))}\n${applied.length} of ${parts.length} parts are done.${rest} Run this again when it is mended: it goes on from here.`,
        { cause: error },
      );
      endFailed(output, stopped, {
        applied,
        removed,
        failed: { id: part.id, error: messageOf(error) },
        left,
      });
      return;
    }
  }
  output.json({ applied, removed });
  const changes = applied.filter(({ done }) => done === 'created' || done === 'changed').length;
  const left = applied.filter(({ done }) => done === 'left');
  const rest = left.length === 0 ? '' : ` Left for you: ${left.length}.`;
  output.line((changes === 0 ? 'No change.' : `${changes} of ${parts.length} parts made or changed.`) + rest);
  for (const { next = '' } of left) output.line(`Next: ${next}`);
  if (left.length > 0) process.exitCode = 1;
}

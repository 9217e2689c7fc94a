import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { type Output, shown } from '../output.ts';
import { historyParts } from '../parts/history.ts';
import type { Finding, Part } from '../parts/part.ts';
import { stopBuildsParts } from '../parts/pipelines/stop-builds.ts';
import { runParts } from '../parts/run-trace.ts';
import { kindOf } from '../runs/close-run.ts';
import { lookAt } from './look-at-part.ts';
import { type LoopFlags, withParts } from './with-parts.ts';

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

/** Prints findings as they come; what has been told of one part is not told again of the next. */
function teller(output: Output): (part: Part, finding: Finding, fix: string | undefined) => void {
  const told = new Map<string, string>();
  return ({ title }, { state, details }, fix) => {
    output.line(`${colors[state](state.padEnd(7))}  ${shown(title)}`);
    for (const detail of details) {
      const before = told.get(detail);
      output.line(`         ${before === undefined ? shown(detail) : `as told of ${before}`}`);
      if (state !== 'ok' && before === undefined) told.set(detail, shown(title));
    }
    if (fix !== undefined) output.line(`         ${pc.bold('fix')} ${shown(fix)}`);
  };
}

async function examine(parts: readonly Part[], output: Output): Promise<void> {
  const found = [];
  const tell = teller(output);
  for (const part of parts) {
    const finding = withSecret(part, await lookAt(part));
    const fix = fixFor(part, finding);
    found.push({ id: part.id, title: part.title, ...finding, ...(fix !== undefined && { fix }) });
    tell(part, finding, fix);
  }
  output.json({ parts: found });
  process.exitCode = codeOf(found);
}

/** Walks the loop, or the way of one run through it; reads only, and says part by part what holds. */
export function doctor(flags: LoopFlags & { readonly run?: string }, context: CommandContext): Promise<void> {
  const { run } = flags;
  if (run !== undefined) kindOf(run);
  return withParts(flags, context, async (parts, products) =>
    examine(
      run === undefined
        ? [...parts, ...(await stopBuildsParts(products)), ...historyParts(products)]
        : [...parts.filter(({ isFoundation }) => isFoundation), ...runParts(products, run)],
      context.output,
    ),
  );
}

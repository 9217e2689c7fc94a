import { CanceledError } from '../../tasks/common/errors.ts';
import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config.ts';
import { confirm } from '../confirm.ts';
import { SetupError, UsageError } from '../errors.ts';
import { type Output, shown } from '../output.ts';
import { anonymizer } from './anonymous.ts';
import { type Answered, askAll } from './ask.ts';
import { type LabFlags, type Labs, withLabs } from './labs.ts';
import { beganAt, timeToLive } from './names.ts';
import { probePipeline } from './pipeline/yaml.ts';
import { type Asked, isAsked } from './question.ts';
import { questions } from './questions.ts';
import { countOf, writeReport } from './report.ts';
import { type Swept, type TraceKind, sweep, traceKinds } from './traces.ts';

export interface VerifyFlags extends LabFlags {
  readonly only?: readonly string[];
  readonly clean?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly report?: string;
}

/** Those of the probe pipeline, or all others. @throws UsageError for an id that none of them has */
function chosen({ only, pipeline }: VerifyFlags): Asked[] {
  const asked = questions
    .filter(isAsked)
    .filter(({ ask }) => (ask.isOfPipeline === true) === (pipeline !== undefined));
  if (only === undefined) return asked;
  const unknown = only.filter((id) => !asked.some((each) => each.id === id));
  if (unknown.length > 0)
    throw new UsageError(
      `No program asks ${unknown.map((id) => `"${shown(id)}"`).join(', ')}. "verify --dry-run" lists the questions with their ids, with --pipeline NAME those of the probe pipeline.`,
    );
  return asked.filter(({ id }) => only.includes(id));
}

function tellPlan(asked: readonly Asked[], output: Output): void {
  for (const { id, claim, ask } of asked) {
    output.line(`${pc.bold(id)}  ${claim}`);
    output.line(
      `    ${ask.does}${ask.makes.length === 0 ? '' : `; makes for a while: ${ask.makes.join(', ')}`}`,
    );
  }
  output.line(
    `${asked.length} questions. What is made has names that begin with azverify_, and is removed at the end; runs of actions stay in Port's audit log, ended.`,
  );
}

const words = { holds: pc.green, differs: pc.red, 'not asked': pc.yellow } as const;

function tellAnswer({ question: { id, claim }, answer }: Answered, output: Output): void {
  output.line(`${words[answer.answer](answer.answer.padEnd(9))}  ${pc.bold(id)}  ${claim}`);
  const lines =
    answer.answer === 'holds'
      ? [answer.evidence]
      : answer.answer === 'differs'
        ? [`expected: ${answer.expected}`, `came: ${answer.came}`]
        : [answer.why];
  for (const line of lines) output.line(`           ${shown(line)}`);
}

/** 0 all holds, 1 something differs or was left behind, 3 something could not be asked. */
function codeOf(all: readonly Answered[], { left }: Swept): number {
  if (countOf(all, 'differs') + left.length > 0) return 1;
  return countOf(all, 'not asked') > 0 ? 3 : 0;
}

function tellSwept({ removed, left }: Swept, output: Output): void {
  for (const each of left) output.line(`${pc.red('left')}  ${shown(each)}`);
  output.line(
    left.length === 0
      ? `Nothing is left behind (${removed.length} removed).`
      : `${removed.length} removed. "port-azure-pipelines verify --clean" tries the others again.`,
  );
}

/** Ctrl+C stops the questions, and what was made is removed; the second one stops that, too. */
function onStop(stop: AbortController, output: Output): () => void {
  const abort = (): void => {
    output.progress('Stopping; what was made is being removed …');
    stop.abort();
  };
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  return () => {
    process.off('SIGINT', abort);
    process.off('SIGTERM', abort);
  };
}

const kindsOf = (asked: readonly Asked[]): Set<TraceKind> => new Set(asked.flatMap(({ ask }) => ask.makes));

/** Asks, and removes what was made, whatever happens meanwhile. */
async function askAndSweep(
  { asking, cleaning, stamps, products }: Labs,
  asked: readonly Asked[],
  { flags, stop, context }: { flags: VerifyFlags; stop: AbortController; context: CommandContext },
): Promise<void> {
  const { output, environment } = context;
  const all: Answered[] = [];
  const release = onStop(stop, output);
  let swept: Swept = { removed: [], left: [] };
  const isOurs = (other: string): boolean => stamps.has(other) || beganAt(other) < Date.now() - timeToLive;
  try {
    await askAll(asked, asking, (answered) => {
      all.push(answered);
      tellAnswer(answered, output);
    });
  } finally {
    swept = await sweep(cleaning, kindsOf(asked), isOurs);
    tellSwept(swept, output);
    release();
  }
  const anonymous = anonymizer(products.config, environment);
  const report = await writeReport(
    { answered: all, swept, questions, anonymous, at: new Date() },
    flags.report,
  );
  output.line(
    `${countOf(all, 'holds')} hold, ${countOf(all, 'differs')} differ, ${countOf(all, 'not asked')} could not be asked. Report without names and secrets: ${report}`,
  );
  output.json({
    answers: all.map(({ question: { id, claim }, answer }) => ({ id, claim, ...answer })),
    ...swept,
    report,
  });
  process.exitCode = codeOf(all, swept);
}

/** Asks both products what documents leave open, after a plan and a question. */
export async function verify(flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  const asked = chosen(flags);
  if (flags.dryRun === true) {
    tellPlan(asked, output);
    output.json({
      questions: asked.map(({ id, claim, ask }) => ({ id, claim, does: ask.does, makes: ask.makes })),
    });
    return;
  }
  await withLabs(flags, context, async (labs, stop) => {
    if (flags.yes !== true) {
      tellPlan(asked, output);
      await confirm(output, `Ask ${asked.length} questions?`, 'Nothing was asked');
    }
    try {
      await askAndSweep(labs, asked, { flags, stop, context });
    } catch (error) {
      throw error instanceof CanceledError ? new SetupError('Stopped before all was asked.') : error;
    }
  });
}

/** Removes what a run of `verify` that was killed left, of whatever age. */
export function clean(flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  return withLabs(flags, context, async ({ cleaning }) => {
    const swept = await sweep(cleaning, new Set(traceKinds), () => true);
    for (const each of swept.removed) output.line(`${pc.green('removed')}  ${shown(each)}`);
    tellSwept(swept, output);
    output.json(swept);
    if (swept.left.length > 0) process.exitCode = 1;
  });
}

/** Prints the probe pipeline with the service connection of the file. */
export async function printPipeline({ file }: VerifyFlags, { output }: CommandContext): Promise<void> {
  const { portConnection } = await readConfig(file);
  const yaml = probePipeline(portConnection ?? 'port');
  output.line(yaml.trimEnd());
  output.json({ yaml });
}

import { CanceledError } from '../../tasks/common/errors.ts';
import { colors as pc } from '../colors.ts';
import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config.ts';
import { confirm } from '../confirm.ts';
import { endFailed } from '../end-failed.ts';
import { SetupError, UsageError } from '../errors.ts';
import { type Output, shown } from '../output.ts';
import { anonymizer } from './anonymous.ts';
import { type Answered, askAll } from './ask.ts';
import { type LabFlags, type Labs, withLabs } from './labs.ts';
import { beganAt, timeToLive } from './names.ts';
import { probePipeline } from './pipeline/yaml.ts';
import { type Asked, isAsked } from './question.ts';
import { questions } from './questions.ts';
import { countOf, requireWritable, writeReport } from './report.ts';
import { type Swept, type TraceKind, findAll, isInAzure, sweep, traceKinds } from './traces.ts';

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

const questionsOf = ({ length }: readonly Asked[]): string =>
  length === 1 ? '1 question' : `${length} questions`;

function tellPlan(asked: readonly Asked[], output: Output): void {
  for (const { id, claim, ask } of asked) {
    output.line(`${pc.bold(id)}  ${claim}`);
    output.line(
      `    ${ask.does}${ask.makes.length === 0 ? '' : `; makes for a while: ${ask.makes.join(', ')}`}`,
    );
  }
  output.line(
    `${questionsOf(asked)}. What is made has names that begin with azverify_, and is removed at the end; runs of actions stay in Port's audit log, ended.`,
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

/** Ctrl+C, or a closed window, stops the questions, and what was made is removed; the second time ends that, too. */
function onStop(stopping: AbortController, output: Output): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = (): void => {
    for (const signal of signals) process.off(signal, abort);
  };
  const abort = (): void => {
    output.progress(
      'Stopping; what was made is being removed. Once more, and it stays until "port-azure-pipelines verify --clean" …',
    );
    release();
    stopping.abort();
  };
  for (const signal of signals) process.on(signal, abort);
  return release;
}

/** Those of which something may have been made: nothing was in a project that could not be reached. */
async function kindsOf(asked: readonly Asked[], { products }: Labs): Promise<Set<TraceKind>> {
  const kinds = asked.flatMap(({ ask }) => ask.makes);
  if (!kinds.some(isInAzure)) return new Set(kinds);
  const isReached = await products.project().then(
    () => true,
    () => false,
  );
  return new Set(kinds.filter((kind) => isReached || !isInAzure(kind)));
}

/** What the report has no names of: the user's is known only where Azure DevOps was asked. */
const userOf = async ({ products }: Labs, asked: readonly Answered[]): Promise<string | undefined> =>
  asked.length === 0 ? undefined : products.user().catch(() => undefined);

interface Asking {
  readonly flags: VerifyFlags;
  readonly stopping: AbortController;
  readonly context: CommandContext;
}

/** Asks, and removes what was made, whatever happens meanwhile. With `--json`, one document has all of it. */
async function askAndSweep(labs: Labs, asked: readonly Asked[], asking: Asking): Promise<void> {
  const { output, environment } = asking.context;
  const answered: Answered[] = [];
  const release = onStop(asking.stopping, output);
  const isOurs = (stamp: string): boolean =>
    labs.stamps.has(stamp) || beganAt(stamp) < Date.now() - timeToLive;
  const tell = (each: Answered): void => {
    answered.push(each);
    tellAnswer(each, output);
  };
  const failure = await askAll(asked, labs.asking, tell).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const swept = await sweep(labs.cleaning, await kindsOf(asked, labs), isOurs);
  tellSwept(swept, output);
  release();
  const done = {
    answers: answered.map(({ question: { id, claim }, answer }) => ({ id, claim, ...answer })),
    ...swept,
  };
  try {
    if (failure !== undefined) throw stopOr(failure.error);
    const anonymous = anonymizer(labs.products.config, environment, await userOf(labs, answered));
    const findings = { answered, swept, questions, anonymous, at: new Date() };
    const report = await writeReport(findings, asking.flags.report);
    output.line(
      `${countOf(answered, 'holds')} hold, ${countOf(answered, 'differs')} differ, ${countOf(answered, 'not asked')} could not be asked. Report without names and secrets: ${report}`,
    );
    output.json({ ...done, report });
    process.exitCode = codeOf(answered, swept);
  } catch (error) {
    endFailed(output, error, done);
  }
}

const stopOr = (error: unknown): unknown =>
  error instanceof CanceledError ? new SetupError('Stopped before all was asked.') : error;

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
  await requireWritable(flags.report);
  await withLabs(flags, context, async (labs, stopping) => {
    if (flags.yes !== true) {
      tellPlan(asked, output);
      await confirm(output, `Ask ${questionsOf(asked)}?`, 'Nothing was asked');
    }
    await labs.cleaning.port.signIn();
    await askAndSweep(labs, asked, { flags, stopping, context });
  });
}

/** Removes what a run of `verify` that was killed left, of whatever age. With `--dry-run`, tells what there is. */
export function clean(flags: VerifyFlags, context: CommandContext): Promise<void> {
  const { output } = context;
  return withLabs(flags, context, async ({ cleaning }) => {
    await cleaning.port.signIn();
    const isDryRun = flags.dryRun === true;
    const swept = await (isDryRun ? findAll(cleaning) : sweep(cleaning, new Set(traceKinds), () => true));
    const word = isDryRun ? 'would be removed' : pc.green('removed');
    for (const each of swept.removed) output.line(`${word}  ${shown(each)}`);
    if (isDryRun && swept.removed.length === 0) output.line('Nothing of verify is found.');
    if (isDryRun) for (const each of swept.left) output.line(`${pc.red('left')}  ${shown(each)}`);
    else tellSwept(swept, output);
    output.json({ dryRun: isDryRun, ...swept });
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

import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { markdownText } from '../../tasks/common/text/markdown.ts';
import { version } from '../../tasks/common/version.ts';
import { SetupError, UsageError, messageOf } from '../errors.ts';
import type { Answered } from './ask.ts';
import { type Answer, type Question, isAsked } from './question.ts';
import type { Swept } from './traces.ts';

/** What the report is made of. */
export interface Findings {
  readonly answered: readonly Answered[];
  readonly swept: Swept;
  /** All questions, those too that no program asks. */
  readonly questions: readonly Question[];
  /** Takes names and secrets out of what was seen. */
  readonly anonymous: (text: string) => string;
  readonly at: Date;
}

const longest = 500;

function seen(answer: Answer): string {
  switch (answer.answer) {
    case 'holds':
      return answer.evidence;
    case 'differs':
      return `expected: ${answer.expected}; came: ${answer.came}`;
    case 'not asked':
      return answer.why;
  }
}

export const countOf = (all: readonly Answered[], answer: Answer['answer']): number =>
  all.filter((each) => each.answer.answer === answer).length;

/** The report as Markdown. */
export function reportOf({ answered, swept, questions, anonymous, at }: Findings): string {
  const rows = answered.map(({ question: { id, claim }, answer }) => {
    const text = markdownText(anonymous(seen(answer)), longest);
    return `| ${id} | ${claim} | ${answer.answer} | ${text} |`;
  });
  const byHand = questions
    .filter((question) => !isAsked(question))
    .map(({ id, claim }) => `- ${id}: ${claim}`);
  return [
    `# verify, ${at.toISOString().slice(0, 10)}`,
    '',
    `port-azure-pipelines ${version}, Node ${process.version}, ${process.platform}. Names, addresses and secrets are taken out; look it over all the same.`,
    '',
    `${countOf(answered, 'holds')} hold, ${countOf(answered, 'differs')} differ, ${countOf(answered, 'not asked')} could not be asked. Removed: ${swept.removed.length}, left behind: ${swept.left.length}.`,
    '',
    '| id | what documents say | answer | what was seen |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'No program can ask these. If you know one of them, say so:',
    '',
    ...byHand,
    '',
  ].join('\n');
}

/** The first of these that there is no file of: `verify-2026-11-28.md`, `verify-2026-11-28-2.md` … */
function* namesFor(path: string | undefined, at: Date): Generator<string> {
  if (path !== undefined) yield path;
  const name = `verify-${at.toISOString().slice(0, 10)}`;
  yield `${name}.md`;
  for (let count = 2; count < 100; count++) yield `${name}-${count}.md`;
}

const unwritable = (why: string): string =>
  `Cannot write the report: ${why}. Name another file with --report.`;

/** Whether the report will find its place is told before the work. @throws UsageError where it will not */
export async function requireWritable(path: string | undefined): Promise<void> {
  const there = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === '') throw new UsageError(unwritable('its name is empty'));
  if (there?.isDirectory() === true) throw new UsageError(unwritable(`${path ?? ''} is a folder`));
  const place = path === undefined ? '.' : there === undefined ? dirname(path) : path;
  await access(place, constants.W_OK).catch((error: unknown) => {
    throw new UsageError(unwritable(messageOf(error)));
  });
}

/** @returns the file's name. @throws SetupError where it cannot be written; a file that is there stays as it is */
export async function writeReport(findings: Findings, path: string | undefined): Promise<string> {
  const text = reportOf(findings);
  for (const name of namesFor(path, findings.at)) {
    try {
      await writeFile(name, text, { flag: path === undefined ? 'wx' : 'w' });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new SetupError(unwritable(messageOf(error)));
    }
  }
  throw new SetupError('There are a hundred reports of this day. Name the file with --report.');
}

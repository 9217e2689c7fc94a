import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import { messageOf } from '../../common/errors.ts';
import { withCheckedFile } from '../../common/inputs/guarded-file.ts';
import type { TaskContext } from '../../common/main.ts';
import type { StructuredMap } from '../../common/structured-text/value.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { Redact } from '../../common/text/redaction.ts';
import type { RunStatusInputs } from '../inputs.ts';
import { type Failure, failureLog, failureMarkdown } from '../pipeline/failure-details.ts';
import type { Verdict } from '../status.ts';
import { cleanedOutput } from './clean-output.ts';
import { longestLabel } from './limits.ts';
import { readBeginning, readTail } from './log-text.ts';
import type { Detail, Report } from './report.ts';

export interface Composition {
  readonly verdict: Verdict | undefined;
  readonly label: string | undefined;
  readonly failures: readonly Failure[];
  /** `track` sends its files at the end: the job may write them. */
  readonly areFilesSent: boolean;
  /** What later nodes of a workflow read. */
  readonly output: StructuredMap | undefined;
  /** The details that Port has already, or does not take. */
  readonly settled: ReadonlySet<string>;
}

/** Puts together what is sent, cleaned of secrets, ANSI codes and control characters. */
export function composeReport(
  context: TaskContext,
  inputs: RunStatusInputs,
  clean: Redact,
  composition: Composition,
): Report {
  const { verdict, failures, areFilesSent, settled, output } = composition;
  const pipeline = readPipelineContext(context.host);
  const isNew = (detail: Detail) => !settled.has(detail);
  const log = [
    isNew('log') ? inputs.logMessage : undefined,
    areFilesSent
      ? readOptional(context, ['logFile', inputs.logFile], (open) => readTail(open, inputs.logTailLines))
      : undefined,
    failureLog(failures),
  ];
  const added = [
    areFilesSent ? readOptional(context, ['summaryFile', inputs.summaryFile], readBeginning) : undefined,
    failureMarkdown(failures),
  ];
  // A summary replaces the one before, so that what is added brings the rest along.
  const isSummaryNew = isNew('summary') || joined(added, '') !== undefined;
  const links = [
    ...inputs.links,
    ...(inputs.isPipelineLinked && pipeline.url !== undefined ? [pipeline.url] : []),
  ];
  return {
    log: clean(joined(log, '\n') ?? ''),
    label: cleanLabel(composition.label, clean),
    isLabelRefused: !isNew('label'),
    links: isNew('links') ? [...new Set(links.map(clean))] : [],
    summary: isSummaryNew ? cleanOptional(joined([inputs.summary, ...added], '\n\n'), clean) : undefined,
    externalRunId: isNew('externalRunId') ? (inputs.externalRunId ?? pipeline.externalRunId) : undefined,
    output: output === undefined || !isNew('output') ? undefined : cleanedOutput(output, clean),
    verdict,
  };
}

function cleanLabel(label: string | undefined, clean: Redact): string | undefined {
  return label === undefined ? undefined : oneLine(clean(label), longestLabel);
}

function cleanOptional(text: string | undefined, clean: Redact): string | undefined {
  return text === undefined ? undefined : clean(text);
}

function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  const present = parts.filter((part) => part !== undefined && part.trim() !== '');
  return present.length === 0 ? undefined : present.join(separator);
}

/** A report is worth more than its attachments: a file that a failed step did not write is a warning. */
function readOptional(
  context: TaskContext,
  [input, file]: readonly [name: string, file: string | undefined],
  read: (descriptor: number) => string,
): string | undefined {
  if (file === undefined) return undefined;
  try {
    return withCheckedFile(context.host, file, read);
  } catch (error) {
    const reason = messageOf(error);
    context.host.warning(
      `Input ${input} is "${oneLine(file, 200)}", a file that cannot be read (${reason}); the report goes on without it.`,
    );
    return undefined;
  }
}

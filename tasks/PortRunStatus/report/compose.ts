import { readFileSync } from 'node:fs';
import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import type { TaskContext } from '../../common/main.ts';
import { oneLine } from '../../common/text/plain-text.ts';
import type { Redact } from '../../common/text/redaction.ts';
import type { RunStatusInputs } from '../inputs.ts';
import { type Failure, failureLog, failureMarkdown } from '../pipeline/failure-details.ts';
import type { Verdict } from '../status.ts';
import { readTail, resolveFile } from './log-text.ts';
import type { Report } from './report.ts';

const longestLabel = 250;

export interface Composition {
  readonly verdict: Verdict | undefined;
  /** Which of the texts to send; `track` sends its files at the end. */
  readonly texts: 'all' | 'typed' | 'files';
  readonly label: string | undefined;
  readonly failures: readonly Failure[];
}

/** Puts together what is sent, cleaned of secrets, ANSI codes and control characters. */
export function composeReport(
  context: TaskContext,
  inputs: RunStatusInputs,
  clean: Redact,
  composition: Composition,
): Report {
  const { verdict, texts, failures } = composition;
  const pipeline = readPipelineContext(context.host);
  const typed = texts !== 'files';
  const files = texts !== 'typed';
  const log = [
    typed ? inputs.logMessage : undefined,
    files ? readOptional(context, inputs.logFile, (file) => readTail(file, inputs.logTailLines)) : undefined,
    failures.length > 0 ? failureLog(failures) : undefined,
  ];
  const summary = [
    inputs.summary,
    files ? readOptional(context, inputs.summaryFile, (file) => readFileSync(file, 'utf8')) : undefined,
    failures.length > 0 ? failureMarkdown(failures) : undefined,
  ];
  const links = [
    ...inputs.links,
    ...(inputs.isPipelineLinked && pipeline.url !== undefined ? [pipeline.url] : []),
  ];
  return {
    log: clean(joined(log, '\n') ?? ''),
    label: cleanLabel(composition.label, clean),
    links: [...new Set(links.map(clean))],
    summary: cleanOptional(joined(summary, '\n\n'), clean),
    externalRunId: inputs.externalRunId ?? pipeline.externalRunId,
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
  file: string | undefined,
  read: (file: string) => string,
): string | undefined {
  if (file === undefined) return undefined;
  const { sourcesDirectory } = readPipelineContext(context.host);
  try {
    return read(resolveFile(file, sourcesDirectory));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.host.warning(
      `The file "${oneLine(file, 200)}" cannot be read (${reason}); the report goes on without it.`,
    );
    return undefined;
  }
}

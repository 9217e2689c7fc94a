import type { Host } from '../common/agent/host.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type RunId, readRunId, runIdVariable } from '../common/inputs/run-id.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { isWebUrl } from '../common/text/markdown.ts';
import { isUnresolved, oneLine } from '../common/text/plain-text.ts';
import { type Wish, parseStatus } from './status.ts';

export interface RunStatusInputs extends SharedInputs {
  readonly runId: RunId | undefined;
  readonly ifNoRunId: 'skip' | 'fail';
  readonly wish: Wish;
  readonly scope: 'job' | 'pipeline';
  readonly statusLabel: string | undefined;
  readonly links: readonly string[];
  readonly isPipelineLinked: boolean;
  readonly summary: string | undefined;
  readonly summaryFile: string | undefined;
  readonly logMessage: string | undefined;
  readonly logFile: string | undefined;
  readonly logTailLines: number;
  readonly externalRunId: string | undefined;
  readonly partialSuccess: 'success' | 'failure';
  readonly areFailureDetailsWanted: boolean;
  readonly isProgressLive: boolean;
}

/** @throws InputError with every problem of the inputs. */
export function readInputs(host: Host): RunStatusInputs {
  const reader = new InputReader(host);
  const inputs: RunStatusInputs = {
    ...readSharedInputs(reader, host),
    runId: readRunId(reader, host),
    ifNoRunId: reader.choice('ifNoRunId', ['skip', 'fail'], 'skip'),
    wish: readWish(reader),
    scope: reader.choice('scope', ['job', 'pipeline'], 'job'),
    statusLabel: reader.text('statusLabel'),
    links: readLinks(reader, host),
    isPipelineLinked: reader.flag('linkToPipeline', true),
    summary: reader.text('summary'),
    summaryFile: reader.text('summaryFile'),
    logMessage: reader.text('logMessage'),
    logFile: reader.text('logFile'),
    logTailLines: reader.wholeNumber('logTailLines', 200, { min: 1, max: 10_000 }),
    externalRunId: resolvedText(reader.text('externalRunId')),
    partialSuccess: reader.choice('partialSuccess', ['success', 'failure'], 'success'),
    areFailureDetailsWanted: reader.flag('reportFailureDetails', true),
    isProgressLive: reader.flag('liveProgress', false),
  };
  reader.finish();
  return inputs;
}

function readWish(reader: InputReader): Wish {
  const text = reader.text('status') ?? 'track';
  const wish = parseStatus(text);
  if (wish === undefined) {
    reader.problem(
      `Input status is "${oneLine(text, 60)}". Use track, inProgress, success, failure or auto, or Azure's own words (Succeeded, SucceededWithIssues, Failed, Canceled).`,
    );
  }
  return wish ?? { kind: 'inProgress' };
}

function resolvedText(text: string | undefined): string | undefined {
  return text === undefined || isUnresolved(text) ? undefined : text;
}

/** A variable that a failed step did not set is no reason to report nothing: such a line is left out. */
function readLinks(reader: InputReader, host: Host): readonly string[] {
  return reader.lines('link').filter((line) => {
    if (isUnresolved(line)) {
      host.warning(
        `Input link has the line "${oneLine(line, 100)}", which nothing replaced; it is left out.`,
      );
      return false;
    }
    if (isWebUrl(line)) return true;
    reader.problem(
      `Input link has the line "${oneLine(line, 100)}", which is not a web address. Use one http:// or https:// URL a line.`,
    );
    return false;
  });
}

/** A fork's pull request gets no secrets: a step that has no credentials for this reason has nothing to report either. */
export function isUnreachableForFork(host: Host): boolean {
  return (
    host.variable('System.PullRequest.IsFork')?.toLowerCase() === 'true' &&
    host.variable(runIdVariable) === undefined
  );
}

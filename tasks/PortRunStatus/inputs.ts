import type { Host } from '../common/agent/host.ts';
import { readConnection } from '../common/inputs/connection.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type RunId, readPayload, readRunId, runIdVariable } from '../common/inputs/run-id.ts';
import { type SharedInputs, checkPolicies, readBudget } from '../common/inputs/shared-inputs.ts';
import { blueprintInput } from '../common/port/identifier-inputs.ts';
import { isWebUrl } from '../common/text/markdown.ts';
import { isUnresolved, oneLine } from '../common/text/plain-text.ts';
import { type OutputInput, readOutput } from './node-output.ts';
import { readPayloadPicks } from './payload-picks.ts';
import { type RequestedStatus, parseStatus } from './status.ts';

export interface RunStatusInputs extends SharedInputs {
  readonly runId: RunId | undefined;
  readonly ifNoRunId: 'skip' | 'fail';
  /** Undefined where the input holds another word. */
  readonly requested: RequestedStatus | undefined;
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
  /** The blueprint of which a failure becomes an entity; undefined where it shall not. */
  readonly failureBlueprint: string | undefined;
  readonly isProgressLive: boolean;
  /** Whether this pipeline run is canceled where the run is ended in Port. */
  readonly isCanceledWithPort: boolean;
  /** Input `output`; what reads YAML is loaded only where it is given. */
  readonly output: () => Promise<OutputInput>;
  /** What is wrong in inputs that decide what is reported: the step fails, once it has reported what it can. */
  readonly mistakes: readonly string[];
  /** What is wrong in inputs that only adorn the report, and is left out of it. */
  readonly leftOut: readonly string[];
}

/**
 * Reads the inputs. What is wrong beside credentials and run id is no reason to report nothing.
 * @param address of Port's API, in place of the one that inputs and variables give.
 * @throws InputError with every problem, where Port or the run cannot be told.
 */
export function readInputs(host: Host, address?: string): RunStatusInputs {
  const essential = new InputReader({
    input: (name) => (name === 'baseUrl' ? (address ?? host.input(name)) : host.input(name)),
  });
  const decisive = new InputReader(host);
  const adorning = new InputReader(host);
  const runIdReader = new InputReader(host);
  const connection = readConnection(essential, host);
  const runId = readRunId(runIdReader, host);
  if (readPayloadPicks(decisive).length > 0) readPayload(runIdReader);
  // A payload that is no JSON costs nothing where the id is found elsewhere.
  for (const problem of new Set(runIdReader.problems))
    (runId === undefined ? essential : decisive).problem(problem);
  const decided = readDecisive(decisive);
  const inputs = {
    connection,
    runId,
    ...decided,
    ...readAdorning(adorning, decided.requested),
    output: () => readOutput(host),
    hasInput: (name: string) =>
      [essential, decisive, adorning, runIdReader].some((reader) => reader.hasRead(name)),
  };
  if (essential.problems.length > 0) for (const problem of decisive.problems) essential.problem(problem);
  essential.finish();
  return { ...inputs, mistakes: decisive.problems, leftOut: adorning.problems };
}

function readDecisive(reader: InputReader) {
  checkPolicies(reader);
  return {
    budget: readBudget(reader),
    ifNoRunId: reader.choice('ifNoRunId', ['skip', 'fail'], 'skip'),
    requested: readStatus(reader),
    scope: readScope(reader),
    partialSuccess: reader.choice('partialSuccess', ['success', 'failure'], 'success'),
  };
}

function readAdorning(reader: InputReader, requested: RequestedStatus | undefined) {
  return {
    isSummaryWanted: reader.flag('summaryTab', true),
    statusLabel: reader.text('statusLabel'),
    links: readLinks(reader),
    isPipelineLinked: reader.flag('linkToPipeline', true),
    summary: reader.text('summary'),
    summaryFile: reader.text('summaryFile'),
    logMessage: reader.text('logMessage'),
    logFile: reader.text('logFile'),
    logTailLines: reader.wholeNumber('logTailLines', 200, { min: 1, max: 10_000 }),
    externalRunId: resolvedText(reader.text('externalRunId')),
    areFailureDetailsWanted: reader.flag('reportFailureDetails', true),
    failureBlueprint: readFailureBlueprint(reader),
    ...readLiveProgress(reader, requested),
  };
}

function readLiveProgress(
  reader: InputReader,
  requested: RequestedStatus | undefined,
): {
  readonly isProgressLive: boolean;
  readonly isCanceledWithPort: boolean;
} {
  const isProgressLive = reader.flag('liveProgress', false);
  const isCanceledWithPort = reader.flag('cancelWithPort', false);
  if (isCanceledWithPort && !(isProgressLive && requested?.kind === 'track')) {
    reader.problem(
      'Input cancelWithPort has no effect: it is for status: track with liveProgress: true, whose process watches the run.',
    );
  }
  return { isProgressLive, isCanceledWithPort };
}

/** One that cannot be is none: it is left out of the report. */
function readFailureBlueprint(reader: InputReader): string | undefined {
  const before = reader.problems.length;
  const blueprint = blueprintInput(reader, 'failureBlueprint');
  return reader.problems.length === before ? blueprint : undefined;
}

/** Of the two a misspelled `pipeline` is the one that ends nothing too early. */
function readScope(reader: InputReader): 'job' | 'pipeline' {
  const before = reader.problems.length;
  const scope = reader.choice('scope', ['job', 'pipeline'], 'job');
  return reader.problems.length === before ? scope : 'pipeline';
}

function readStatus(reader: InputReader): RequestedStatus | undefined {
  const text = reader.text('status') ?? 'track';
  const requested = parseStatus(text);
  if (requested === undefined) {
    reader.problem(
      `Input status is "${oneLine(text, 60)}". Use track, inProgress, success, failure or auto, or Azure's own words (Succeeded, SucceededWithIssues, Failed, Canceled).`,
    );
  }
  return requested;
}

function resolvedText(text: string | undefined): string | undefined {
  return text === undefined || isUnresolved(text) ? undefined : text;
}

function readLinks(reader: InputReader): readonly string[] {
  return reader.lines('link').filter((line) => {
    if (isWebUrl(line) && !isUnresolved(line)) return true;
    const fault = isUnresolved(line)
      ? 'which nothing replaced: is the variable defined?'
      : 'which is not a web address. Use one http:// or https:// URL a line.';
    reader.problem(`Input link has the line "${oneLine(line, 100)}", ${fault}`);
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

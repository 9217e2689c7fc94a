import type { Fault, LocalPort } from '../../local/port/index.ts';
import { credentialsOf } from '../network/matrix.ts';
import { startFilledPort, startRun } from '../network/port-fixture.ts';
import { inParallel } from '../support/in-parallel.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';
import { type Timelines, runTwoJobs, startTimelines } from './two-jobs.ts';

export interface SoakOptions {
  readonly runs: number;
  readonly atATime: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface SoakFigures {
  /** Steps. */
  readonly runs: number;
  /** Pipeline runs of two jobs, of four steps each, among them. */
  readonly pipelines: number;
  readonly seconds: number;
  /** All calls that reached Port, failed ones included. */
  readonly calls: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** Steps by result. */
  readonly results: Readonly<Record<string, number>>;
  /** Time of a step, in ms. */
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
  /** One line for each step after which Port did not hold what the step said. */
  readonly wrong: readonly string[];
}

const status = (code: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
});

/** The faults, each with its share of all calls in per mille. Together a fifth; a token that is refused is one of them. */
const mix: readonly (readonly [name: string, share: number, fault: Fault, path?: RegExp])[] = [
  ['429 with Retry-After', 30, status(429, { 'retry-after': '1' })],
  ['429 with reset', 15, status(429, { 'x-ratelimit-reset': '1' })],
  ['502', 20, status(502)],
  ['503', 30, status(503)],
  ['504 after', 10, { ...status(504), isProcessed: true } as Fault],
  ['reset before', 25, { kind: 'reset' }],
  ['reset after', 25, { kind: 'reset', isProcessed: true }],
  ['cut body', 20, { kind: 'cut', isProcessed: true }],
  ['HTML with 200', 10, { kind: 'html' }],
  ['empty 200 after', 10, { kind: 'empty', isProcessed: true }],
  ['401', 3, status(401), /^(?!.*access_token)/],
  ['silence', 2, { kind: 'silence' }],
];

/** Runs so many steps, and checks what Port holds after each, or after the four of a pipeline run of two jobs. */
export async function soak({ runs, atATime, seed, onProgress }: SoakOptions): Promise<SoakFigures> {
  const port = await startFilledPort();
  const timelines = await startTimelines();
  const works = await prepare(port, timelines, runs);
  port.faults.seed(seed);
  const active = addFaults(port);
  const before = port.requests.length;
  const started = Date.now();
  let done = 0;
  const outcomes = await inParallel(
    works.map((work) => async () => {
      const outcome = await work();
      outcome.processes.forEach(() => onProgress?.(++done));
      return outcome;
    }),
    atATime,
  );
  const calls = port.requests.length - before;
  await Promise.all([port.close(), timelines.close()]);
  const processes = outcomes.flatMap((outcome) => outcome.processes);
  const times = processes.map(({ duration }) => duration).sort((a, b) => a - b);
  return {
    runs: processes.length,
    pipelines: outcomes.filter((outcome) => outcome.processes.length > 1).length,
    calls,
    seconds: (Date.now() - started) / 1000,
    faults: Object.fromEntries(active.map(({ name, fault }) => [name, fault.hits])),
    results: countBy(processes.map(({ result }) => result ?? 'none')),
    median: times[Math.floor(times.length / 2)] ?? 0,
    p95: times[Math.floor(times.length * 0.95)] ?? 0,
    longest: times.at(-1) ?? 0,
    wrong: outcomes.flatMap(({ wrong }) => wrong),
  };
}

/** The first rule that strikes wins, so each later one gets its share of what the earlier ones leave. */
function addFaults(port: LocalPort) {
  let left = 1000;
  return mix.map(([name, share, fault, path]) => {
    const probability = share / left;
    left -= share;
    return {
      name,
      fault: port.faults.add({ fault, probability, ...(path !== undefined && { match: { path } }) }),
    };
  });
}

interface SoakStep {
  readonly task: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What is wrong after the step; undefined where nothing is. */
  problem(process: TaskProcess): string | undefined;
}

/** What comes of a step, or of those of a pipeline run. */
interface Outcome {
  readonly processes: readonly TaskProcess[];
  readonly wrong: readonly string[];
}

/**
 * Half of the steps belong to pipeline runs of two jobs, four to each. Of ten others, five report a run, two a workflow node's
 * run, and three write entities.
 */
async function prepare(
  port: LocalPort,
  timelines: Timelines,
  runs: number,
): Promise<readonly (() => Promise<Outcome>)[]> {
  const pipelines = Math.floor(runs / 8);
  const singles = await inParallel(
    Array.from({ length: runs - 4 * pipelines }, (_, index) => () => {
      const kind = index % 10;
      if (kind < 5) return runStep(port, index);
      return Promise.resolve(kind < 7 ? nodeStep(port, index) : entityStep(port, index));
    }),
    4,
  );
  const runIds = await inParallel(
    Array.from({ length: pipelines }, () => () => startRun(port)),
    4,
  );
  return singles.flatMap((step, index) => {
    const single = async () => {
      const process = await runTaskProcess(step.task, {
        inputs: { ...credentialsOf(port), timeoutSeconds: '120', ...step.inputs },
        limit: 180_000,
      });
      return { processes: [process], wrong: [step.problem(process) ?? []].flat() };
    };
    const runId = index % 4 === 0 ? runIds[index / 4] : undefined;
    if (runId === undefined) return [single];
    return [single, () => pipelineRun(port, timelines, { runId, index: index / 4 })];
  });
}

async function pipelineRun(
  port: LocalPort,
  timelines: Timelines,
  run: { runId: string; index: number },
): Promise<Outcome> {
  const { processes, held, wanted } = await runTwoJobs(port, timelines, run);
  // A start waits 20 s at the most, and then leaves it to the end, with a warning.
  const isLeftToEnd = ({ result, message }: TaskProcess, index: number) =>
    index < 2 && result === 'SucceededWithIssues' && message.endsWith('[PORT_TIMEOUT]');
  const isWell = (process: TaskProcess, index: number) =>
    problemOf('', true, process) === undefined || isLeftToEnd(process, index);
  // An entry that was lost at the start cannot follow where the other job has ended the run; that is told.
  const isLogTold = processes.some(({ output }) => /log lines may not have reached Port/i.test(output));
  const isRight = held === wanted || (isLogTold && held.split(',')[0] === wanted.split(',')[0]);
  if (isRight && processes.every(isWell)) return { processes, wrong: [] };
  const shown = processes
    .map(({ result = 'without result', message }) => `${result}: ${message}`)
    .join(' | ');
  return { processes, wrong: [`Port holds ${held} in place of ${wanted} of a run of two jobs; ${shown}`] };
}

async function runStep(port: LocalPort, index: number): Promise<SoakStep> {
  const runId = await startRun(port);
  const isFailure = index % 3 === 0;
  const inputs = {
    runId,
    status: isFailure ? 'failure' : 'success',
    statusLabel: `step ${index}`,
    logMessage: `log of ${index}`,
    link: `https://example.com/${index}`,
  };
  return {
    task: 'PortRunStatus',
    inputs,
    problem(process) {
      const { status: held, statusLabel } = port.store.run(runId);
      const logs = port.store.logsOf(runId).length;
      const isRight =
        held === (isFailure ? 'FAILURE' : 'SUCCESS') && statusLabel === inputs.statusLabel && logs === 1;
      return problemOf(`run ${held} with ${logs} log entries`, isRight, process);
    },
  };
}

/** Whether a node's log entry arrived cannot be asked for, so one whose answer was lost may be missing; the end may not. */
function nodeStep(port: LocalPort, index: number): SoakStep {
  const { identifier } = port.startNodeRun();
  return {
    task: 'PortRunStatus',
    inputs: { runId: identifier, status: 'success', logMessage: `log of ${index}` },
    problem(process) {
      const { status: held, result, logs } = port.store.nodeRun(identifier);
      const isTold = /log lines may not have reached Port/i.test(process.output);
      const isRight =
        held === 'COMPLETED' && result === 'SUCCESS' && logs.length <= 2 && (logs.length === 2 || isTold);
      return problemOf(
        `node run ${held} ${String(result)} with ${logs.length} log entries`,
        isRight,
        process,
      );
    },
  };
}

function entityStep(port: LocalPort, index: number): SoakStep {
  const isMany = index % 2 === 0;
  const names = isMany ? [1, 2, 3].map((n) => `entity-${index}-${n}`) : [`entity-${index}`];
  const properties = { note: `note ${index}` };
  const inputs = isMany
    ? { entities: JSON.stringify(names.map((identifier) => ({ identifier, properties }))) }
    : { identifier: names[0] ?? '', properties: JSON.stringify(properties), mode: 'create' };
  return {
    task: 'PortUpsertEntity',
    inputs: { blueprint: 'service', ...inputs },
    problem(process) {
      const held = names.filter(
        (name) => port.store.entity('service', name)?.properties.note === properties.note,
      ).length;
      return problemOf(`${held} of ${names.length} entities`, held === names.length, process);
    },
  };
}

function problemOf(held: string, isRight: boolean, process: TaskProcess): string | undefined {
  const isWell = process.result === 'Succeeded' && process.exitCode === 0 && process.completions === 1;
  if (isRight && isWell) return undefined;
  return `Port holds ${held}; the step is ${process.result ?? 'without result'}: ${process.message}`;
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

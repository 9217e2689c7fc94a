import type { Issue, RunObserver, TaskResult, TimelineRecord } from '../types.ts';
import { guid } from '../variables/guid.ts';
import type { Job, Stage } from '../yaml/pipeline.ts';
import type { Leg } from './matrix.ts';

/** The server shows no more issues of one kind than this on a record: ExecutionContext.cs, _maxIssueCount. */
const maxIssues = 10;

export interface NewRecord {
  readonly parent: RecordHandle | null;
  readonly type: TimelineRecord['type'];
  readonly name: string;
  readonly identifier: string;
  /** Gives the record its id: unique in the run. Default: the identifier. */
  readonly key?: string;
  readonly refName: string;
  readonly order: number;
  readonly task?: TimelineRecord['task'];
}

/** The records of one run, told to the observer with every change. */
export class Timeline {
  readonly #observer: RunObserver;
  readonly #runId: string;
  readonly #attempts: ReadonlyMap<string, TimelineRecord>;
  readonly attempt: number;
  readonly #handles: RecordHandle[] = [];
  #logs: number;

  constructor(observer: RunObserver, runId: string, earlier: readonly TimelineRecord[], attempt: number) {
    this.#observer = observer;
    this.#runId = runId;
    this.#attempts = new Map(earlier.map((record) => [record.id, record]));
    this.attempt = attempt;
    this.#logs = Math.max(0, ...earlier.map(({ log }) => log?.id ?? 0));
  }

  /** Ids stay the same between attempts, so that a new attempt's record takes the place of the old one. */
  idOf(identifier: string): string {
    return guid(`${this.#runId}/${identifier}`);
  }

  earlier(identifier: string): TimelineRecord | undefined {
    return this.#attempts.get(this.idOf(identifier));
  }

  add({ parent, key, ...about }: NewRecord): RecordHandle {
    const old = this.earlier(key ?? about.identifier);
    const first: TimelineRecord = {
      task: null,
      ...about,
      id: this.idOf(key ?? about.identifier),
      parentId: parent?.id ?? null,
      attempt: this.attempt,
      previousAttempts: old === undefined ? [] : [...old.previousAttempts, this.#previous(old)],
      state: 'pending',
      result: null,
      startTime: null,
      finishTime: null,
      workerName: null,
      percentComplete: null,
      errorCount: 0,
      warningCount: 0,
      issues: [],
      log: null,
    };
    const handle = new RecordHandle(first, this.#observer, () => ++this.#logs);
    this.#handles.push(handle);
    return handle;
  }

  /** Ends the open records below a job whose agent is lost. */
  abandonBelow(jobId: string): void {
    const open = this.#handles.filter(({ parentId }) => parentId === jobId);
    open.forEach((handle) => handle.complete(handle.hasStarted ? 'abandoned' : 'skipped'));
  }

  #previous(old: TimelineRecord) {
    return {
      attempt: old.attempt,
      timelineId: guid(`${this.#runId}/attempt/${old.attempt}`),
      recordId: old.id,
    };
  }
}

/** One record and its log. */
export class RecordHandle {
  #record: TimelineRecord;
  readonly #observer: RunObserver;
  readonly #nextLog: () => number;
  #lines = 0;

  constructor(record: TimelineRecord, observer: RunObserver, nextLog: () => number) {
    this.#record = record;
    this.#observer = observer;
    this.#nextLog = nextLog;
    observer.record(record);
  }

  get id(): string {
    return this.#record.id;
  }

  get parentId(): string | null {
    return this.#record.parentId;
  }

  get hasStarted(): boolean {
    return this.#record.startTime !== null;
  }

  get lineCount(): number {
    return this.#lines;
  }

  update(change: Partial<TimelineRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#observer.record(this.#record);
  }

  start(workerName: string | null = null): void {
    this.update({ state: 'inProgress', startTime: now(), workerName });
  }

  /** Ends the record; one that has ended already stays as it is. */
  complete(result: TaskResult): void {
    if (this.#record.state === 'completed') return;
    const finishTime = now();
    this.update({ state: 'completed', result, finishTime, startTime: this.#record.startTime ?? finishTime });
  }

  issue(issue: Issue): void {
    const { issues, errorCount, warningCount } = this.#record;
    const isError = issue.type === 'error';
    const isFull = issues.filter(({ type }) => type === issue.type).length >= maxIssues;
    this.update({
      errorCount: errorCount + (isError ? 1 : 0),
      warningCount: warningCount + (isError ? 0 : 1),
      issues: isFull ? issues : [...issues, issue],
    });
  }

  /** A line of the record's log, masked already. */
  log(line: string): void {
    if (this.#record.log === null) this.update({ log: { id: this.#nextLog() } });
    for (const one of line.split(/\r?\n/)) {
      this.#lines++;
      this.#observer.log(this.id, one);
    }
  }
}

const now = () => new Date().toISOString();

/** `Deploy.Job1`; in a pipeline without stages just `Job1`. */
export const phaseIdentifier = (stage: Stage, job: Job) =>
  stage.isImplicit ? job.name : `${stage.name}.${job.name}`;

/** `Deploy.Job1.__default`: also the value of `System.JobIdentifier`. */
export const jobIdentifier = (stage: Stage, job: Job, leg: Leg) =>
  `${phaseIdentifier(stage, job)}.${leg.name}`;

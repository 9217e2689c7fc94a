/** What the pipeline did, whatever words it was told in. */
export type PipelineResult = 'succeeded' | 'partial' | 'failed' | 'canceled' | 'skipped' | 'abandoned';

/** What a step was asked to report. */
export type RequestedStatus =
  { kind: 'track' | 'auto' | 'inProgress' } | { kind: 'result'; result: PipelineResult };

const requestedStatuses: Readonly<Record<string, RequestedStatus>> = {
  track: { kind: 'track' },
  auto: { kind: 'auto' },
  inprogress: { kind: 'inProgress' },
  running: { kind: 'inProgress' },
  success: { kind: 'result', result: 'succeeded' },
  succeeded: { kind: 'result', result: 'succeeded' },
  succeededwithissues: { kind: 'result', result: 'partial' },
  partiallysucceeded: { kind: 'result', result: 'partial' },
  failure: { kind: 'result', result: 'failed' },
  failed: { kind: 'result', result: 'failed' },
  canceled: { kind: 'result', result: 'canceled' },
  cancelled: { kind: 'result', result: 'canceled' },
  skipped: { kind: 'result', result: 'skipped' },
  abandoned: { kind: 'result', result: 'abandoned' },
};

/** Reads a status in our, Azure's or Port's words, in any case and with or without `_`, `-` and spaces. */
export function parseStatus(text: string): RequestedStatus | undefined {
  const word = text.toLowerCase().replace(/[\s_-]/g, '');
  return Object.hasOwn(requestedStatuses, word) ? requestedStatuses[word] : undefined;
}

/** `Agent.JobStatus`, or a result of the build timeline. */
export function parseResult(text: string | undefined): PipelineResult | undefined {
  const requested = parseStatus(text ?? '');
  return requested?.kind === 'result' ? requested.result : undefined;
}

/** The end of a run, before it is put into Port's words for the kind of run. */
export interface Verdict {
  readonly result: 'success' | 'failure' | 'canceled';
  /** The label where the user gave none and nothing more is known; it replaces one of an earlier step ("Deploying"). */
  readonly label: string;
}

export function verdictOf(result: PipelineResult, partialSuccess: 'success' | 'failure'): Verdict {
  switch (result) {
    case 'succeeded':
      return { result: 'success', label: 'Succeeded' };
    case 'partial':
      return { result: partialSuccess, label: 'Succeeded with issues' };
    case 'failed':
      return { result: 'failure', label: 'Failed' };
    case 'canceled':
      return { result: 'canceled', label: 'Canceled' };
    case 'skipped':
      return { result: 'failure', label: 'Skipped' };
    case 'abandoned':
      return { result: 'failure', label: 'Abandoned' };
  }
}

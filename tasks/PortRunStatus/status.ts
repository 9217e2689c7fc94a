import { type PipelineResult, parseResult, plainWord } from '../common/agent/pipeline-result.ts';

/** What a step was asked to report. */
export type RequestedStatus =
  { kind: 'track' | 'auto' | 'inProgress' } | { kind: 'result'; result: PipelineResult };

const otherStatuses: Readonly<Record<string, RequestedStatus>> = {
  track: { kind: 'track' },
  auto: { kind: 'auto' },
  inprogress: { kind: 'inProgress' },
  running: { kind: 'inProgress' },
};

/** Reads a status in our, Azure's or Port's words, in any case and with or without `_`, `-` and spaces. */
export function parseStatus(text: string): RequestedStatus | undefined {
  const result = parseResult(text);
  if (result !== undefined) return { kind: 'result', result };
  const word = plainWord(text);
  return Object.hasOwn(otherStatuses, word) ? otherStatuses[word] : undefined;
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

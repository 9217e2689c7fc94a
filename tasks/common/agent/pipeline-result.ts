/** What the pipeline did, whatever words it was told in. */
export type PipelineResult = 'succeeded' | 'partial' | 'failed' | 'canceled' | 'skipped' | 'abandoned';

const results: Readonly<Record<string, PipelineResult>> = {
  success: 'succeeded',
  succeeded: 'succeeded',
  succeededwithissues: 'partial',
  partiallysucceeded: 'partial',
  failure: 'failed',
  failed: 'failed',
  canceled: 'canceled',
  cancelled: 'canceled',
  skipped: 'skipped',
  abandoned: 'abandoned',
};

/** A word as tables of words know it: in lower case, without `_`, `-` and spaces. */
export function plainWord(text: string): string {
  return text.toLowerCase().replace(/[\s_-]/g, '');
}

/** Reads a result in our, Azure's or Port's words, such as `Agent.JobStatus` or a result of the build timeline. */
export function parseResult(text: string | undefined): PipelineResult | undefined {
  const word = plainWord(text ?? '');
  return Object.hasOwn(results, word) ? results[word] : undefined;
}

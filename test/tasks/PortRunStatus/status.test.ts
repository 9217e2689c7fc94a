import assert from 'node:assert/strict';
import { parseStatus, verdictOf } from '../../../tasks/PortRunStatus/status.ts';
import { parseResult } from '../../../tasks/common/agent/pipeline-result.ts';

describe('a status', () => {
  const words: readonly (readonly [string, string])[] = [
    ['track', 'track'],
    ['Auto', 'auto'],
    ['inProgress', 'inProgress'],
    ['IN_PROGRESS', 'inProgress'],
    ['in progress', 'inProgress'],
    ['success', 'succeeded'],
    ['SUCCESS', 'succeeded'],
    ['Succeeded', 'succeeded'],
    ['SucceededWithIssues', 'partial'],
    ['partiallySucceeded', 'partial'],
    ['failure', 'failed'],
    ['FAILED', 'failed'],
    ['Canceled', 'canceled'],
    ['CANCELLED', 'canceled'],
    ['Skipped', 'skipped'],
    ['Abandoned', 'abandoned'],
  ];
  for (const [text, meaning] of words) {
    it(`"${text}" means ${meaning}`, () => {
      const requested = parseStatus(text);
      assert.equal(requested?.kind === 'result' ? requested.result : requested?.kind, meaning);
    });
  }

  for (const text of ['', 'done', '__proto__', 'constructor', 'succeeded!']) {
    it(`"${text}" means nothing`, () => assert.equal(parseStatus(text), undefined));
  }

  it('that is no result is none', () => {
    assert.equal(parseResult('track'), undefined);
    assert.equal(parseResult(undefined), undefined);
  });
});

describe('the end of a run', () => {
  const ends = [
    ['succeeded', 'success', { result: 'success', label: 'Succeeded' }],
    ['partial', 'success', { result: 'success', label: 'Succeeded with issues' }],
    ['partial', 'failure', { result: 'failure', label: 'Succeeded with issues' }],
    ['failed', 'success', { result: 'failure', label: 'Failed' }],
    ['canceled', 'success', { result: 'canceled', label: 'Canceled' }],
    ['skipped', 'success', { result: 'failure', label: 'Skipped' }],
    ['abandoned', 'success', { result: 'failure', label: 'Abandoned' }],
  ] as const;
  for (const [result, partialSuccess, verdict] of ends) {
    it(`of a job that was ${result} (partialSuccess: ${partialSuccess}) is ${verdict.result} "${verdict.label}"`, () => {
      assert.deepEqual(verdictOf(result, partialSuccess), verdict);
    });
  }
});

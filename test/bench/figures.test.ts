import assert from 'node:assert/strict';
import { atMost } from '../../bench/checks.ts';
import { mean, median, ratioOf } from '../../bench/figures.ts';

describe('The figures of the bench', () => {
  it('take the middle, or the middle between two', () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it('take the mean', () => {
    assert.equal(mean([1, 2, 6]), 3);
  });

  it('give a ratio with an interval around it', () => {
    const theirs = [100, 110, 90, 105, 95, 300, 100];
    const { value, low, high } = ratioOf(
      theirs.map((time) => time * 1.5),
      theirs,
    );
    assert.equal(value, 1.5);
    assert.ok(low >= 1.49 && low <= value && high >= value && high <= 1.51);
  });

  it('call a target missed only where even the low end of the interval is past it', () => {
    const verdict = (low: number, value: number) => atMost('it', { value, low, high: 9 }, 2).verdict;
    assert.equal(verdict(1.5, 1.9), 'met');
    assert.equal(verdict(1.9, 2.1), 'close');
    assert.equal(verdict(2.1, 2.2), 'missed');
  });
});

import assert from 'node:assert/strict';
import {
  backoffDelay,
  delayBefore,
  firstDelay,
  longestDelay,
  mostTries,
  requestedDelay,
  retryableStatuses,
} from '../../../../tasks/common/network/retry.ts';

const now = Date.parse('2026-11-22T10:00:00Z');

describe('The wait before the next try', () => {
  it('doubles from try to try up to a limit, and chance moves it over its upper half', () => {
    for (let tries = 1; tries < 20; tries++) {
      const most = Math.min(longestDelay, firstDelay * 2 ** (tries - 1));
      assert.equal(backoffDelay(tries, 0), most / 2);
      assert.ok(backoffDelay(tries, 0.999) <= most);
    }
  });

  it('leaves the whole default budget of 120 s for the tries it allows', () => {
    let sum = 0;
    for (let tries = 1; tries < mostTries; tries++) sum += backoffDelay(tries, 1);
    assert.ok(sum < 120_000);
  });

  it('is what the server asks for, and up to a tenth more', () => {
    assert.equal(delayBefore(1, 60_000, { random: () => 0 }), 60_000);
    assert.equal(delayBefore(1, 60_000, { random: () => 0.5 }), 63_000);
    assert.equal(delayBefore(5, 1000, { random: () => 0.5 }), 1125);
  });

  it('is the backoff where the server asks for nothing, or for no wait at all', () => {
    for (const asked of [undefined, 0]) assert.equal(delayBefore(3, asked, { random: () => 0 }), 1000);
  });
});

describe('What a server asks for', () => {
  const cases: { headers: Record<string, string>; status?: number; ms: number | undefined }[] = [
    { headers: { 'retry-after': '7' }, ms: 7000 },
    { headers: { 'retry-after': ' 0.5 ' }, ms: 500 },
    { headers: { 'retry-after': '0' }, ms: 0 },
    { headers: { 'retry-after': 'Sun, 22 Nov 2026 10:00:09 GMT' }, ms: 9000 },
    { headers: { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, ms: 0 },
    { headers: { 'retry-after': '5' }, status: 503, ms: 5000 },
    { headers: { 'retry-after': 'soon' }, ms: undefined },
    { headers: { 'retry-after': 'in 5' }, ms: undefined },
    { headers: { 'retry-after': '-1' }, ms: undefined },
    { headers: { 'retry-after': '' }, ms: undefined },
    { headers: { 'x-ratelimit-reset': '30' }, ms: 30_000 },
    { headers: { 'x-ratelimit-reset': String(now / 1000 + 12) }, ms: 12_000 },
    { headers: { 'x-ratelimit-reset': String(now + 12_000) }, ms: 12_000 },
    { headers: { 'x-ratelimit-reset': String(now / 1000 - 12) }, ms: 0 },
    { headers: { 'x-ratelimit-reset': '2026-11-22T10:00:03Z' }, ms: 3000 },
    { headers: { 'retry-after': '2', 'x-ratelimit-reset': '30' }, ms: 2000 },
    { headers: { 'retry-after': 'soon', 'x-ratelimit-reset': '30' }, ms: 30_000 },
    { headers: { 'x-ratelimit-reset': '30' }, status: 503, ms: undefined },
    { headers: {}, ms: undefined },
  ];
  for (const { headers, status = 429, ms } of cases) {
    it(`is ${ms ?? 'nothing'}${ms === undefined ? '' : ' ms'} for ${status} with ${JSON.stringify(headers)}`, () => {
      assert.equal(requestedDelay({ status, headers }, now), ms);
    });
  }

  it('counts for statuses that pass by themselves, and 500 is none of them', () => {
    assert.deepEqual([...retryableStatuses], [408, 429, 502, 503, 504]);
  });
});

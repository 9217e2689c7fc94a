import assert from 'node:assert/strict';
import { NetworkError } from '../../../../tasks/common/errors.ts';
import {
  backoffDelay,
  delayBefore,
  firstDelay,
  isWorthRepeating,
  kindOf,
  longestDelay,
  mostFailures,
  requestedDelay,
  retryableStatuses,
} from '../../../../tasks/common/network/retry.ts';

const now = Date.parse('2026-11-22T10:00:00Z');

describe('The wait before the next try', () => {
  it('doubles from try to try up to a limit, and chance moves it over its upper half', () => {
    for (let tries = 1; tries < 20; tries++) {
      const most = Math.min(longestDelay, firstDelay * 2 ** (tries - 1));
      assert.equal(backoffDelay(tries, 0), most / 2);
      assert.equal(backoffDelay(tries, 0.5), most * 0.75);
      assert.equal(backoffDelay(tries, 1), most);
    }
  });

  it('lets a host that is said not to exist be looked up for 5 s at the least, and 16 s at the most', () => {
    const failures = mostFailures('unknownHost');
    const waits = (random: number) =>
      Array.from({ length: failures - 1 }, (_, index) => backoffDelay(index + 1, random));
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    assert.ok(sum(waits(0)) > 5000);
    assert.ok(sum(waits(1)) < 16_000);
  });

  it('is what the server asks for, and up to a tenth more', () => {
    assert.equal(delayBefore(1, 60_000, { random: () => 0 }), 60_000);
    assert.equal(delayBefore(1, 60_000, { random: () => 0.5 }), 63_000);
    assert.equal(delayBefore(5, 1000, { random: () => 0.5 }), 1125);
  });

  it('is the backoff where the server asks for nothing, or for no wait at all', () => {
    for (const requested of [undefined, 0, firstDelay - 1])
      assert.equal(delayBefore(3, requested, { random: () => 0 }), 1000);
    assert.equal(delayBefore(3, firstDelay, { random: () => 0 }), firstDelay);
  });
});

describe('What a server asks for', () => {
  const cases: { headers: Record<string, string>; status?: number; ms: number | undefined }[] = [
    { headers: { 'retry-after': '7' }, ms: 7000 },
    { headers: { 'retry-after': ' 0.5 ' }, ms: 500 },
    { headers: { 'retry-after': '1.25' }, ms: 1250 },
    { headers: { 'retry-after': '0' }, ms: 0 },
    { headers: { 'retry-after': 'Sun, 22 Nov 2026 10:00:09 GMT' }, ms: 9000 },
    { headers: { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, ms: 0 },
    { headers: { 'retry-after': '5' }, status: 503, ms: 5000 },
    { headers: { 'retry-after': 'soon' }, ms: undefined },
    { headers: { 'retry-after': 'in 5' }, ms: undefined },
    { headers: { 'retry-after': '-1' }, ms: undefined },
    { headers: { 'retry-after': '' }, ms: undefined },
    { headers: { 'x-ratelimit-reset': '30' }, ms: 30_000 },
    { headers: { 'x-ratelimit-reset': '10000' }, ms: 10_000_000 },
    { headers: { 'x-ratelimit-reset': '10001' }, ms: 0 },
    { headers: { 'x-ratelimit-reset': '99999999999' }, ms: 99_999_999_999_000 - now },
    { headers: { 'x-ratelimit-reset': '100000000000' }, ms: 0 },
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

  it('counts for statuses that pass by themselves', () => {
    assert.deepEqual([...retryableStatuses], [408, 429, 502, 503, 504]);
  });
});

describe('Whether a request is sent again', () => {
  const answer = (status: number) => ({ status, headers: {}, body: '' });

  it('is so for every status that passes, and for 500 only where the request is safe', () => {
    for (const status of retryableStatuses)
      for (const repeat of ['safe', 'unlessReceived'] as const)
        assert.ok(isWorthRepeating(answer(status), repeat));
    assert.ok(isWorthRepeating(answer(500), 'safe'));
    assert.ok(!isWorthRepeating(answer(500), 'unlessReceived'));
    for (const status of [400, 401, 403, 404, 409, 413, 422, 501]) {
      assert.ok(!isWorthRepeating(answer(status), 'safe'), String(status));
    }
  });

  it('knows the kind of each failure', () => {
    const lost = new NetworkError({ fault: 'reset', mayHaveArrived: true, message: 'reset' });
    const kinds = [lost, answer(302), answer(399), answer(400), answer(503)].map(kindOf);
    assert.deepEqual(kinds, ['reset', 'noJson', 'noJson', 'status', 'status']);
    for (const repeat of ['safe', 'unlessReceived'] as const) {
      assert.ok(isWorthRepeating(lost, repeat));
      assert.ok(isWorthRepeating(answer(200), repeat));
      assert.ok(!isWorthRepeating(answer(400), repeat));
    }
  });

  it('has no end but that of the time for what may pass, and soon ends what is a mistake', () => {
    for (const kind of ['status', 'dns', 'refused', 'connectTimeout', 'reset', 'timeout', 'cutBody'] as const)
      assert.equal(mostFailures(kind), Infinity, kind);
    for (const kind of ['proxyUnreachable', 'proxyFailed', 'proxyTimeout', 'other'] as const)
      assert.equal(mostFailures(kind), Infinity, kind);
    for (const kind of ['tlsUntrusted', 'tlsExpired', 'tlsWrongHost', 'tlsClientCertificate', 'tls'] as const)
      assert.equal(mostFailures(kind), 1, kind);
    for (const kind of ['proxyTls', 'proxyAuthentication', 'tooLarge'] as const)
      assert.equal(mostFailures(kind), 1, kind);
    assert.deepEqual([mostFailures('proxyRefused'), mostFailures('noJson')], [2, 4]);
  });
});

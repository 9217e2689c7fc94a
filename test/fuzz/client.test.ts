import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NetworkError, type NetworkFault, TaskError } from '../../tasks/common/errors.ts';
import type { HttpResponse, Transport } from '../../tasks/common/network/transport.ts';
import { Budget } from '../../tasks/common/port/client/budget.ts';
import { createPortClient } from '../../tasks/common/port/client/client.ts';
import { neutralText } from '../../tasks/common/text/plain-text.ts';
import { cases, commandIn, hostileJson, hostileText } from './arbitraries.ts';

type Reply = HttpResponse | { readonly fault: NetworkFault; readonly mayHaveArrived: boolean };

const faults: readonly NetworkFault[] = [
  'dns',
  'refused',
  'reset',
  'timeout',
  'cutBody',
  'tls',
  'proxyRefused',
  'other',
];
const header = fc.oneof(hostileText, fc.nat(100_000).map(String));
const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({
    status: fc.oneof(
      fc.constantFrom(200, 201, 204, 301, 400, 401, 403, 404, 422, 429, 500, 502, 503),
      fc.integer({ min: 200, max: 599 }),
    ),
    headers: fc.dictionary(
      fc.constantFrom('retry-after', 'x-ratelimit-reset', 'x-trace-id', 'location'),
      header,
    ),
    body: fc.oneof(
      hostileJson,
      hostileText,
      fc.constantFrom(
        '',
        '{}',
        '{"ok":true}',
        '{"accessToken":"the-token"}',
        '{"error":"x","message":"the-secret the-token"}',
      ),
    ),
  }),
  fc.record({ fault: fc.constantFrom(...faults), mayHaveArrived: fc.boolean() }),
);

/** Runs a call with these replies; the clock moves with each wait only. */
async function callWith(replies: readonly Reply[], route: 'updateRun' | 'addRunLog') {
  const budget = 60_000;
  const seen = { now: 0, sends: 0, logs: 0, lost: 0, lines: [] as string[] };
  const transport: Transport = {
    send(request) {
      if (request.path.endsWith('/logs')) {
        assert.equal(seen.lost, 0, 'sent again although it may have arrived');
        seen.logs++;
      }
      const next =
        request.path.endsWith('/access_token') && seen.sends === 0
          ? { status: 200, headers: {}, body: '{"accessToken":"the-token"}' }
          : replies[seen.sends % replies.length];
      seen.sends++;
      assert.ok(next !== undefined);
      if ('status' in next) {
        const isDoubtful =
          next.status < 400 || next.status === 408 || (next.status >= 502 && next.status <= 504);
        if (request.path.endsWith('/logs') && isDoubtful) seen.lost++;
        return Promise.resolve(next);
      }
      if (request.path.endsWith('/logs') && next.mayHaveArrived) seen.lost++;
      return Promise.reject(new NetworkError({ ...next, message: 'lost' }));
    },
    openAhead: () => undefined,
    close: () => Promise.resolve(),
  };
  const client = createPortClient({
    connection: {
      apiUrl: 'https://api.port.io',
      appUrl: 'https://app.port.io',
      clientId: 'id',
      clientSecret: 'the-secret',
    },
    transport,
    clock: {
      now: () => seen.now,
      elapsed: () => seen.now,
      random: () => 0.5,
      sleep: (milliseconds) => {
        assert.ok(Number.isFinite(milliseconds) && milliseconds >= 0);
        seen.now += milliseconds;
        return Promise.resolve();
      },
    },
    signal: new AbortController().signal,
    budget: new Budget(budget, { elapsed: () => seen.now }),
    hasInput: () => true,
    userAgent: 'test',
    maskSecret: () => undefined,
    log: { info: (text) => void seen.lines.push(text), debug: (text) => void seen.lines.push(text) },
  });
  const outcome = await client
    .call(route, { parameters: { runId: 'r_1' }, body: {} })
    .catch((error: unknown) => error);
  return { seen, outcome, budget };
}

describe('Any answer of Port', function () {
  this.timeout(120_000);
  const own = /the-secret|the-token/;

  it('ends in an answer or in an error with words, within the budget and few requests (15,000 cases)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 10 }), async (replies) => {
        const { seen, outcome, budget } = await callWith(replies, 'updateRun');
        assert.ok(outcome instanceof TaskError || !(outcome instanceof Error), String(outcome));
        if (outcome instanceof TaskError) {
          assert.notEqual(outcome.message.trim(), '');
          assert.ok(outcome.message.length < 3000);
          assert.equal(commandIn(neutralText(outcome.message)), undefined);
        }
        assert.ok(seen.now <= budget);
        // The shortest waits, twice: a quarter of a second, doubled up to 15 s, and halves of what is left at the end.
        assert.ok(seen.sends <= 60, `${seen.sends} requests`);
        for (const line of seen.lines) assert.doesNotMatch(line, own);
      }),
      cases(15_000),
    );
  });

  it('never makes it send a log line twice that may have arrived (5,000 cases)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(reply, { minLength: 1, maxLength: 10 }), async (replies) => {
        await callWith(replies, 'addRunLog');
      }),
      cases(5000),
    );
  });
});

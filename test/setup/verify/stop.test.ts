import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { endedBy, stopOf } from '../../../setup/verify/stop.ts';
import { CanceledError } from '../../../tasks/common/errors.ts';

const never = new AbortController().signal;
const silence = (): Promise<never> => new Promise(() => undefined);

describe('a stop of verify', () => {
  it('ends a call that knows no signal at once, and lets none begin', async () => {
    const stopping = new AbortController();
    const over = new AbortController();
    const { now, late } = stopOf(stopping.signal, over.signal);
    const waiting = endedBy(now, silence);
    const made = endedBy(late, () => delay(20, 'made'));
    stopping.abort();
    await assert.rejects(waiting, CanceledError);
    assert.equal(await made, 'made');
    let calls = 0;
    await assert.rejects(
      endedBy(now, () => Promise.resolve(++calls)),
      CanceledError,
    );
    assert.equal(calls, 0);
    over.abort();
  });

  it('gives the answer, or the error, of a call that nobody stops', async () => {
    const { now } = stopOf(new AbortController().signal, never);
    assert.equal(await endedBy(now, () => Promise.resolve('answer')), 'answer');
    await assert.rejects(
      endedBy(now, () => Promise.reject(new TypeError('wrong'))),
      TypeError,
    );
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { startStopwatch } from './stopwatch.ts';

describe('A stopwatch', () => {
  it('counts the time in which nothing is to do', async () => {
    const elapsed = startStopwatch();
    await delay(100);
    // The stopwatch itself wakes the process once, which may wait for a processor then.
    assert.ok(elapsed() >= 50, `${elapsed()} ms`);
  });

  it('leaves out the time in which a process waits for a processor that others have', async function () {
    this.timeout(30_000);
    if (process.platform !== 'linux') return;
    const work = 'const end = 300_000; while (process.cpuUsage().user < end);';
    const started = performance.now();
    const times = await Promise.all(
      Array.from({ length: 3 * availableParallelism() }, async () => {
        const child = spawn(process.execPath, ['-e', work]);
        const elapsed = startStopwatch(child.pid);
        await once(child, 'close');
        return elapsed();
      }),
    );
    const wall = performance.now() - started;
    const longest = Math.max(...times);
    assert.ok(longest < 0.75 * wall, `${longest} of ${wall} ms`);
  });
});

import assert from 'node:assert/strict';
import { soak } from './soak-run.ts';

describe('A Port that fails a fifth of all calls', () => {
  it('holds in the end what each of 40 steps said', async function () {
    this.timeout(120_000);
    const { wrong, faults, results } = await soak({ runs: 40, atATime: 4, seed: 7 });
    assert.deepEqual(wrong, []);
    assert.deepEqual(results, { Succeeded: 40 });
    const struck = Object.values(faults).filter((count) => count > 0).length;
    assert.ok(struck > 3, `${struck} kinds of faults`);
  });
});

import assert from 'node:assert/strict';
import { soak } from './soak-run.ts';

describe('A Port that fails a fifth of all calls', () => {
  it('holds in the end what each of 40 steps said, those of five pipeline runs of two jobs among them', async function () {
    this.timeout(120_000);
    const { wrong, faults, results, pipelines } = await soak({ runs: 40, atATime: 4, seed: 7 });
    assert.deepEqual(wrong, []);
    assert.deepEqual([results, pipelines], [{ Succeeded: 40 }, 5]);
    const struck = Object.values(faults).filter((count) => count > 0).length;
    assert.ok(struck > 3, `${struck} kinds of faults`);
  });
});

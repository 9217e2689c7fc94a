import assert from 'node:assert/strict';
import { jq } from '../../../local/port/actions/jq.ts';
import { CanceledError } from '../../../tasks/common/errors.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, type LoopOptions, closeLoops, startLoop } from '../loop-fixture.ts';
import { asked, askedUntil, tracesOf } from './verify-fixture.ts';

/** How one question gets each of its answers. */
export interface ProbeCase {
  /** What the loop has, where it is more than usual. */
  readonly loop?: () => Partial<LoopOptions> | Promise<Partial<LoopOptions>>;
  /** What has to be there before, such as a run of the pipeline. */
  readonly prepare?: (loop: Loop) => Promise<void> | void;
  /** The switch that makes the answer another one. */
  readonly differs: (loop: Loop) => Promise<void> | void;
  /** What is told of it. */
  readonly came: RegExp;
  /** The call that is refused with 403, so that the question cannot be put; of Azure DevOps where the path begins with its organization. */
  readonly closed: readonly [method: string, path: RegExp];
}

/** For each question: that it holds, differs and cannot be asked, and that nothing is left, also where it is stopped at any call. */
export function probeTests(cases: Readonly<Record<string, ProbeCase>>): void {
  // The first expression loads jq, for which the hurried clock has no time.
  before(() => jq('1 + 1', {}));
  afterEach(closeLoops);
  const start = async ({ loop: options, prepare }: ProbeCase): Promise<Loop> => {
    const loop = await startLoop({ runner: fakeRunner(), timerPeriod: 10, ...(await options?.()) });
    await prepare?.(loop);
    return loop;
  };
  for (const [id, each] of Object.entries(cases)) {
    it(`finds that ${id} holds, and leaves nothing`, async () => {
      const loop = await start(each);
      const before = tracesOf(loop);
      const { answer, swept } = await asked(loop, id);
      assert.equal(answer.answer, 'holds', JSON.stringify(answer));
      assert.deepEqual(swept.left, []);
      // What Port goes on with by itself ends by itself.
      await loop.port.idle();
      assert.deepEqual(tracesOf(loop), before);
    });

    it(`finds that ${id} differs`, async () => {
      const loop = await start(each);
      await each.differs(loop);
      const { answer, swept } = await asked(loop, id);
      assert.equal(answer.answer, 'differs', JSON.stringify(answer));
      assert.match('came' in answer ? answer.came : '', each.came);
      assert.deepEqual(swept.left, []);
    });

    it(`says why ${id} cannot be asked`, async () => {
      const loop = await start(each);
      const [method, path] = each.closed;
      loop.port.rewrites.add(method, path, () => refusal);
      loop.ado.store.rewrites.add(method, path, () => refusal);
      const { answer, swept } = await asked(loop, id);
      assert.equal(answer.answer, 'not asked', JSON.stringify(answer));
      assert.match('why' in answer ? answer.why : '', /403|not allowed/);
      assert.deepEqual(swept.left, []);
    });

    it(`leaves nothing of ${id} where it is stopped or killed at any of its calls`, async () => {
      const loop = await start(each);
      const before = tracesOf(loop);
      for (let calls = 1; ; calls++) {
        const { error, swept } = await askedUntil(loop, id, { calls, isKilled: calls % 2 === 0 });
        await loop.port.idle();
        assert.deepEqual([swept.left, tracesOf(loop)], [[], before], `stopped at call ${calls}`);
        if (error === undefined) break;
        assert.ok(error instanceof CanceledError);
      }
    });
  }
}

const refusal = {
  status: 403,
  body: { ok: false, error: 'missing_permissions', message: 'That is not allowed', typeKey: 'AccessDenied' },
};

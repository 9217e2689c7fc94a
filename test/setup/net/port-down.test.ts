import assert from 'node:assert/strict';
import type { Fault } from '../../../local/port/index.ts';
import { fakeRunner, record } from '../../local/azure-devops/fake-runner.ts';
import { until } from '../../support/until.ts';
import { type Loop, closeLoops, startLoop } from '../loop-fixture.ts';

/** Two stages, the second of which begins and ends when the test says so. */
function twoStages() {
  const open: (() => void)[] = [];
  let hasEnded = false;
  const gate = (): Promise<void> =>
    hasEnded ? Promise.resolve() : new Promise((resolve) => open.push(resolve));
  const runner = fakeRunner(async ({ webhook }, observer) => {
    const { runId } = (webhook?.payload as { port_context: { runId: string } }).port_context;
    const [build, deploy] = ['Build', 'Deploy'].map((name) =>
      record({ type: 'Stage', name, identifier: name, state: 'pending', startTime: null }),
    );
    assert.ok(build && deploy);
    const now = (): string => new Date().toISOString();
    observer.record({ ...build, state: 'inProgress', startTime: now() });
    await gate();
    observer.record({ ...build, state: 'completed', result: 'succeeded', finishTime: now() });
    observer.record({ ...deploy, state: 'inProgress', startTime: now() });
    await gate();
    observer.record({ ...deploy, state: 'completed', result: 'succeeded', finishTime: now() });
    return { result: 'succeeded', buildNumber: `1 ${runId}` };
  });
  return {
    runner,
    next: async () => {
      await until('the pipeline waits', () => open.length > 0);
      open.shift()?.();
    },
    /** Lets everything go on that still waits. */
    end: () => {
      hasEnded = true;
      for (const resolve of open) resolve();
    },
  };
}

describe('progress in the net while Port does not take an event', function () {
  this.timeout(120_000);
  let loop: Loop;
  let pipeline: ReturnType<typeof twoStages>;
  before(async () => {
    pipeline = twoStages();
    // Long enough for a later event to come first, on whatever machine.
    const deliveryDelays = Array.from({ length: 2000 }, () => 30);
    loop = await startLoop({ runner: pipeline.runner, net: '{progress: true}', deliveryDelays });
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stderr);
  });
  after(() => {
    pipeline.end();
    return closeLoops();
  });

  const label = (id: string): string | null => loop.port.store.run(id).statusLabel;

  const failing = (fault: Fault, body: RegExp) =>
    loop.port.faults.add({ match: { method: 'POST', path: /\/ingest\//, body }, fault });

  it('shows what came, and nothing that comes late by a second try', async () => {
    const down = failing({ kind: 'status', status: 503 }, /stage Build running/);
    const id = await loop.execute();
    await pipeline.next();
    await until('a later event was taken', () => label(id) === 'Deploy: running', 45_000);
    down.remove();
    const { notifications } = loop.ado.store;
    await until('it was taken, too', () => notifications.every(({ result }) => result === 'succeeded'));
    await loop.port.idle();
    assert.ok(down.hits > 0);
    assert.equal(label(id), 'Deploy: running');
    await pipeline.next();
    await loop.settle();
    assert.equal(loop.port.store.run(id).status, 'SUCCESS');
    assert.equal(label(id), 'Succeeded');
  });

  it('closes the run although no event of a stage arrives any more', async () => {
    for (const subscription of loop.ado.store.subscriptions.values()) subscription.status = 'enabled';
    const down = failing({ kind: 'reset' }, /stage-state-changed/);
    const id = await loop.execute();
    await pipeline.next();
    await until('the start was told', () => label(id) === 'Running');
    await pipeline.next();
    await loop.settle();
    down.remove();
    assert.equal(loop.port.store.run(id).status, 'SUCCESS');
    const stages = [...loop.ado.store.subscriptions.values()].filter(({ eventType }) =>
      eventType.includes('stage'),
    );
    assert.deepEqual(
      stages.map(({ status }) => status),
      ['onProbation'],
    );
  });
});

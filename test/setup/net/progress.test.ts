import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, callPort, closeLoops, startLoop } from '../loop-fixture.ts';

type Json = Record<string, unknown>;

/** What Azure DevOps tells of one moment of a run. */
interface Moment {
  readonly stage?: string;
  readonly job?: string;
  /** `waiting`, `running`, or a result. */
  readonly state: string;
  readonly attempt?: number;
  /** In seconds since the run was queued. */
  readonly at: number;
}

const time = (at: number): string => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();

const stateOf = ({ state, attempt = 1, at }: Moment): Json =>
  state === 'waiting' || state === 'running' || state === 'notStarted'
    ? { state, attempt, startTime: state === 'running' ? time(at) : null, finishTime: null }
    : { state: 'completed', result: state, attempt, startTime: time(0), finishTime: time(at) };

/** The body that Azure DevOps posts; one id for a moment, as often as it is sent. */
function eventOf(runId: string, moment: Moment, run: Json = {}): Json {
  const { stage, job, state, attempt = 1, at } = moment;
  const kind = job !== undefined ? 'job' : stage !== undefined ? 'stage' : 'run';
  const isEnd = kind === 'run' && state !== 'inProgress';
  const end = isEnd ? { state: 'completed', result: state, finishedDate: time(at) } : { state: 'inProgress' };
  return {
    id: `${runId} ${JSON.stringify(moment)}`,
    eventType: `ms.vss-pipelines.${kind}-state-changed-event`,
    resource: {
      ...(kind === 'stage' && { stage: { id: 's', name: stage, displayName: stage, ...stateOf(moment) } }),
      ...(kind === 'job' && {
        job: { id: 'j', name: job, ...stateOf(moment) },
        stage: { id: 's', name: stage, displayName: stage, state: 'running', attempt },
      }),
      run: {
        id: 7,
        name: `20260101.1 ${runId}`,
        createdDate: time(0),
        _links: { web: { href: 'https://dev.azure.com/o/p/_build/results?buildId=7' } },
        resources: { repositories: { self: { refName: 'refs/heads/main' } } },
        ...end,
        ...run,
      },
      pipeline: { id: 3, name: 'deploy' },
    },
    resourceContainers: { project: { id: runId } },
    createdDate: time(at + 0.2),
  };
}

describe('progress in the net', function () {
  this.timeout(60_000);
  let loop: Loop;
  before(async () => {
    loop = await startLoop({ runner: fakeRunner(), net: '{ progress: jobs }' });
    const { code, stderr } = await loop.run('setup', 'apply');
    assert.equal(code, 0, stderr);
    loop.ado.pauseQueue();
    for (const subscription of loop.ado.store.subscriptions.values()) subscription.status = 'disabledByUser';
  });
  after(closeLoops);

  const newRun = async (): Promise<string> => {
    const id = await loop.execute();
    await loop.port.idle();
    return id;
  };

  async function tell(body: Json): Promise<void> {
    const { url, security } = loop.port.store.webhook('azure-pipelines-net');
    const headers = { 'content-type': 'application/json', 'x-port-secret': security.secret ?? '' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 202);
    await loop.port.idle();
  }

  /** Tells of the moments one by one; the labels after each. */
  async function labelsAfter(id: string, moments: readonly Moment[]): Promise<(string | null)[]> {
    const labels = [];
    for (const moment of moments) {
      await tell(eventOf(id, moment));
      labels.push(loop.port.store.run(id).statusLabel);
    }
    return labels;
  }

  const start: Moment = { state: 'inProgress', at: 0 };
  const building: Moment = { stage: 'Build', state: 'running', at: 1 };
  const packaging: Moment = { stage: 'Build', job: 'Package', state: 'running', at: 2 };
  const packaged: Moment = { stage: 'Build', job: 'Package', state: 'succeeded', at: 9 };
  const built: Moment = { stage: 'Build', state: 'succeeded', at: 10 };
  const waiting: Moment = { stage: 'Deploy', state: 'waiting', at: 10.1 };
  const deploying: Moment = { stage: 'Deploy', state: 'running', at: 60 };
  const deployed: Moment = { stage: 'Deploy', state: 'succeeded', at: 70 };
  const end: Moment = { state: 'succeeded', at: 70 };
  const words = new Map<Moment, string>([
    [start, 'Running'],
    [building, 'Build: running'],
    [packaging, 'Build › Package: running'],
    [packaged, 'Build › Package: succeeded'],
    [built, 'Build: succeeded'],
    [waiting, 'Deploy: waiting for approval'],
    [deploying, 'Deploy: running'],
    [deployed, 'Deploy: succeeded'],
    [end, 'Succeeded'],
  ]);
  const course = [...words.keys()];

  it('moves the label of the run with its stages and jobs, and leaves the end to the end', async () => {
    const id = await newRun();
    assert.deepEqual(await labelsAfter(id, course), [...words.values()]);
    const run = loop.port.store.run(id);
    assert.equal(run.status, 'SUCCESS');
    assert.equal(run.externalRunId, `ado_${id}_3_7`);
  });

  it('brings link and external id with the first event, whichever that is, and never again', async () => {
    const id = await newRun();
    await tell(eventOf(id, deploying));
    const { link, externalRunId } = loop.port.store.run(id);
    assert.deepEqual(
      [link, externalRunId],
      ['https://dev.azure.com/o/p/_build/results?buildId=7', `ado_${id}_3_7`],
    );
    await callPort(loop.port, `/v1/actions/runs/${id}`, {
      method: 'PATCH',
      body: JSON.stringify({ link: ['https://example.com/of-a-step'] }),
    });
    assert.deepEqual(await labelsAfter(id, [start, deployed]), ['Deploy: running', 'Deploy: succeeded']);
    assert.deepEqual(loop.port.store.run(id).link, ['https://example.com/of-a-step']);
  });

  it('shows the newest of what was told, in whatever order, however often, and whatever was lost', async () => {
    const before = course.filter((moment) => moment !== end);
    const some = fc.array(fc.nat(before.length - 1), { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(some, async (indices) => {
        const id = await newRun();
        await labelsAfter(
          id,
          indices.map((index) => before[index] ?? start),
        );
        const newest = before[Math.max(...indices)] ?? start;
        assert.equal(loop.port.store.run(id).statusLabel, words.get(newest));
      }),
      { numRuns: 12 },
    );
  });

  it('does not show what came late for a moment either', async () => {
    const id = await newRun();
    const seen = new Set<string | null>();
    const forget = loop.port.onChange(() => seen.add(loop.port.store.run(id).statusLabel));
    await labelsAfter(id, [deploying, building, built, waiting, start, packaged]);
    forget();
    assert.deepEqual([...seen], [null, 'Deploy: running']);
  });

  it('shows the newest also where several late events come at once', async () => {
    const id = await newRun();
    const body = [deploying, building, built, waiting].map((moment) => eventOf(id, moment));
    await Promise.all(body.map(tell));
    assert.equal(loop.port.store.run(id).statusLabel, 'Deploy: running');
  });

  it('goes by states within a stage, and not by clocks', async () => {
    const id = await newRun();
    const early: Moment = { ...deploying, at: 10 };
    assert.deepEqual(await labelsAfter(id, [waiting, early, waiting]), [
      'Deploy: waiting for approval',
      'Deploy: running',
      'Deploy: running',
    ]);
  });

  it('takes the beginning for newer than an end of the same millisecond, in either order', async () => {
    const next: Moment = { ...deploying, at: built.at };
    const nextJob: Moment = { stage: 'Build', job: 'Publish', state: 'running', at: packaged.at };
    for (const [ended, begun, label] of [
      [built, next, 'Deploy: running'],
      [packaged, nextJob, 'Build › Publish: running'],
    ] as const) {
      for (const moments of [
        [ended, begun],
        [begun, ended],
      ]) {
        const labels = await labelsAfter(await newRun(), moments);
        assert.equal(labels.at(-1), label);
      }
    }
  });

  it('shows a stage that runs again', async () => {
    const id = await newRun();
    const failed: Moment = { stage: 'Deploy', state: 'failed', at: 70 };
    const again: Moment = { ...waiting, attempt: 2, at: 100 };
    const late = deploying;
    assert.deepEqual(await labelsAfter(id, [failed, again, late, { ...deployed, attempt: 2, at: 120 }]), [
      'Deploy: failed',
      'Deploy: waiting for approval',
      'Deploy: waiting for approval',
      'Deploy: succeeded',
    ]);
  });

  it('gives a run that has ended no label, and does not try', async () => {
    const id = await newRun();
    const labels = await labelsAfter(id, [deploying, end, building, deployed, waiting]);
    assert.deepEqual(labels, ['Deploy: running', ...Array.from({ length: 4 }, () => 'Succeeded')]);
    const refused = [...loop.port.store.runs.values()].filter(
      ({ action, status, payload }) =>
        action === 'azure_pipeline_run_progressed' &&
        status === 'FAILURE' &&
        JSON.stringify(payload).includes(id),
    );
    assert.deepEqual(refused, []);
  });

  it('takes an end that somebody deletes in the catalog for no end', async () => {
    const id = await newRun();
    await labelsAfter(id, [building, end]);
    const runs = loop.port.store.runs.size;
    await callPort(loop.port, `/v1/blueprints/azure_pipeline_run/entities/ado_${id}_3_7`, {
      method: 'PATCH',
      body: JSON.stringify({ properties: { finishedAt: null } }),
    });
    await loop.port.idle();
    const properties = loop.port.store.entity('azure_pipeline_run', `ado_${id}_3_7`)?.properties;
    assert.deepEqual([properties?.finishedAt, loop.port.store.runs.size], [undefined, runs]);
  });

  it('is refused by a run that a step has ended, and changes nothing of it', async () => {
    const id = await newRun();
    await tell(eventOf(id, building));
    await callPort(loop.port, `/v1/actions/runs/${id}`, {
      method: 'PATCH',
      body: JSON.stringify({ status: 'FAILURE', statusLabel: 'Failed at Deploy' }),
    });
    assert.deepEqual(await labelsAfter(id, [deploying]), ['Failed at Deploy']);
    assert.equal(loop.port.store.run(id).status, 'FAILURE');
  });

  const silent: readonly Moment[] = [
    { stage: 'Deploy', state: 'skipped', at: 5 },
    { stage: 'Deploy', state: 'notStarted', at: 5 },
    { stage: 'Deploy', job: 'Ship', state: 'skipped', at: 5 },
  ];
  for (const moment of silent)
    it(`says nothing of a ${moment.job === undefined ? 'stage' : 'job'} that is ${moment.state}`, async () => {
      const id = await newRun();
      assert.deepEqual(await labelsAfter(id, [building, moment]), ['Build: running', 'Build: running']);
    });

  const named: readonly (readonly [Moment, string])[] = [
    [{ stage: '__default', state: 'running', at: 1 }, 'Running'],
    [{ stage: '__default', state: 'waiting', at: 1 }, 'Waiting for approval'],
    [{ stage: '__default', job: 'Ship', state: 'waiting', at: 1 }, 'Ship: waiting for an agent'],
    [{ stage: 'Deploy', job: '__default', state: 'running', at: 1 }, 'Deploy: running'],
    [{ stage: 'Deploy', state: 'partiallySucceeded', at: 1 }, 'Deploy: succeeded'],
    [{ stage: 'Deploy', state: 'canceled', at: 1 }, 'Deploy: canceled'],
    [{ stage: 'Deploy', state: 'rejected', at: 1 }, 'Deploy: rejected'],
    [{ stage: 'a "b" \\(1 + 1) {{ .secrets.X }} $(x)', state: 'running', at: 1 }, ''],
    [{ stage: '") | error("', state: 'running', at: 1 }, ''],
    [{ stage: '##vso[task.complete] <b>ü</b>', state: 'running', at: 1 }, ''],
    [{ stage: 'two\nlines\tand  more', state: 'running', at: 1 }, 'two lines and more: running'],
    [{ stage: 'x'.repeat(300), state: 'running', at: 1 }, `${'x'.repeat(100)}: running`],
  ];
  for (const [moment, label] of named)
    it(`takes ${JSON.stringify(moment.job ?? moment.stage).slice(0, 60)}, ${moment.state}, for what it is`, async () => {
      const id = await newRun();
      assert.deepEqual(await labelsAfter(id, [moment]), [label === '' ? `${moment.stage}: running` : label]);
    });

  const foreign: Readonly<Record<string, (id: string) => Json>> = {
    'a pull request': () => ({ resources: { repositories: { self: { refName: 'refs/pull/7/merge' } } } }),
    'a branch that is named after the run': (id) => ({
      resources: { repositories: { self: { refName: `refs/heads/${id}` } } },
    }),
    'a run without an id in its number': () => ({ name: '20260101.1' }),
  };
  for (const [what, run] of Object.entries(foreign))
    it(`takes nothing from the stages of ${what}`, async () => {
      const id = await newRun();
      await tell(eventOf(id, building, run(id)));
      assert.equal(loop.port.store.run(id).statusLabel, null);
    });

  it('takes no id from the name of a stage', async () => {
    const id = await newRun();
    const message = { text: `Run 20260101.1 stage ${id} running.` };
    const event = eventOf(id, { ...building, stage: id }, { name: '20260101.1' });
    await tell({ ...event, message });
    assert.equal(loop.port.store.run(id).statusLabel, null);
  });

  it("moves the label of a workflow's node, and loses nothing but the label where Port takes none", async () => {
    for (const hasNodeLabels of [true, false]) {
      loop.port.quirks.hasNodeLabels = hasNodeLabels;
      const { identifier } = loop.port.startNodeRun();
      for (const moment of [start, building]) await tell(eventOf(identifier, moment));
      const node = loop.port.store.nodeRun(identifier);
      assert.equal(node.statusLabel ?? null, hasNodeLabels ? 'Build: running' : null);
      assert.deepEqual(node.links, ['https://dev.azure.com/o/p/_build/results?buildId=7']);
      assert.equal(node.externalRunId, `ado_${identifier}_3_7`);
      await tell(eventOf(identifier, end));
      assert.equal(loop.port.store.nodeRun(identifier).result, 'SUCCESS');
    }
    loop.port.quirks.hasNodeLabels = true;
  });
});

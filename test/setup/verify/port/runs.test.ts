import assert from 'node:assert/strict';
import { fakeRunner } from '../../../local/azure-devops/fake-runner.ts';
import { type Loop, startLoop } from '../../loop-fixture.ts';
import { probeTests } from '../probe-tests.ts';
import { asked } from '../verify-fixture.ts';

const start = ['POST', /^\/v1\/actions\/[^/]*\/runs$/] as const;
const run = /^\/v1\/actions\/runs\/[^/]+$/;

const refusedOtherwise = { ok: false, error: 'run_over', message: 'It is over' };

/** Port's call takes a moment, for which a synchronized run is open. */
const withSlowCalls = ({ port }: Loop): void => {
  port.faults.add({ match: { path: /^\/ingest\// }, fault: { kind: 'latency', ms: 100 } });
};

describe('verify, about runs of actions', function () {
  this.timeout(30_000);
  probeTests({
    'finished-run': {
      differs: ({ port }) =>
        port.rewrites.add('PATCH', run, ({ status, body }) => ({
          body: status === 422 ? refusedOtherwise : body,
        })),
      came: /^422 run_over$/,
      closed: start,
    },
    'finished-run-log': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /\/logs$/, () => ({ status: 201, body: { ok: true, runLog: {} } })),
      came: /^201$/,
      closed: start,
    },
    'finished-run-entity': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /\/entities\/bulk$/, () => ({ status: 422, body: refusedOtherwise })),
      came: /^alone 400 run_exhausted, in bulk 422 run_over$/,
      closed: start,
    },
    'summary-markdown': {
      differs: ({ port }) =>
        port.rewrites.add('GET', run, ({ body }) => ({
          body: { ...(body as object), run: { summary: 'cut' } },
        })),
      came: /^3 characters/,
      closed: ['PATCH', run],
    },
    'longest-texts': {
      differs: ({ port }) =>
        port.rewrites.add('PATCH', run, () => ({ status: 413, body: { ok: false, error: 'too_large' } })),
      came: /^413 too_large and 413 too_large characters$/,
      closed: start,
    },
    'synchronized-told': {
      differs: ({ port }) =>
        port.rewrites.add('GET', run, ({ body }) => ({
          body: { ...(body as object), run: { payload: { type: 'WEBHOOK' } } },
        })),
      came: /^not synchronized and not synchronized$/,
      closed: start,
    },
    'synchronized-changes': {
      prepare: withSlowCalls,
      differs: ({ port }) =>
        port.rewrites.add('PATCH', run, () => ({
          status: 422,
          body: { ok: false, error: 'run_synchronized_error', message: 'It is synchronized' },
        })),
      came: /^422 run_synchronized_error$/,
      closed: start,
    },
    'synchronized-status': {
      prepare: withSlowCalls,
      differs: ({ port }) => port.rewrites.add('PATCH', run, () => ({ status: 200 })),
      came: /^200 run_synchronized_error$/,
      closed: start,
    },
    'external-run-id': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/actions\/runs$/, () => ({ body: { ok: true, runs: [] } })),
      came: /^it is not found; the path of a run answers 404 to it$/,
      closed: ['PATCH', run],
    },
  });

  it('says which of label, link and summary a synchronized run does not keep', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    loop.port.rewrites.add('GET', run, ({ body }) => ({
      body: { ...(body as object), run: { statusLabel: 'seen', link: 'https://port.io' } },
    }));
    loop.port.rewrites.add('PATCH', run, () => ({ status: 200 }));
    const { answer } = await asked(loop, 'synchronized-changes');
    assert.match(JSON.stringify(answer), /"came":"200, without summary"/);
  });

  for (const id of ['synchronized-changes', 'synchronized-status'])
    it(`does not take a run that had ended for an answer to ${id}`, async () => {
      const loop = await startLoop({ runner: fakeRunner() });
      loop.port.rewrites.add('PATCH', run, () => ({ status: 422, body: refusedOtherwise }));
      loop.port.rewrites.add('GET', run, () => ({ body: { ok: true, run: { status: 'SUCCESS' } } }));
      const { answer } = await asked(loop, id);
      assert.match(JSON.stringify(answer), /"not asked","why":"Port had ended each of 5 /);
    });
});

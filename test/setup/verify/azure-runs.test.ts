import type { Loop } from '../loop-fixture.ts';
import { failing, portRunId, runByWebhook } from './history-fixture.ts';
import { type ProbeCase, probeTests } from './probe-tests.ts';

type Json = Record<string, unknown>;

const list = /\/build\/builds$/;
const timeline = /\/timeline$/;

const loop = () => ({ runner: failing() });

/** A run that is canceled while no agent is there, after one that was carried out. */
async function runWithoutAgent(made: Loop): Promise<void> {
  await runByWebhook(made);
  made.ado.pauseQueue();
  const payload = { port_context: { runId: portRunId } };
  const webhook = { alias: 'port', payload };
  const { id } = await made.ado.queue({ definitionId: 1, reason: 'resourceTrigger', webhook });
  made.ado.cancel(id);
}

/** Three runs, with 130 commits before each. */
async function manyCommits({ ado }: Loop): Promise<void> {
  for (let run = 0; run < 3; run++) {
    for (let commit = 0; commit < 130; commit++) ado.addCommit({ message: `change ${run}.${commit}` });
    await ado.queue({ definitionId: 1 });
    await ado.idle();
  }
}

/** Each item of a list otherwise. */
const items =
  (path: RegExp, change: (item: Json) => Json): ProbeCase['differs'] =>
  ({ ado }) =>
    ado.store.rewrites.add('GET', path, ({ body }) => {
      const { value } = body as { value: Json[] };
      return { body: { value: value.map(change) } };
    });

const records =
  (change: (record: Json) => Json): ProbeCase['differs'] =>
  ({ ado }) =>
    ado.store.rewrites.add('GET', timeline, ({ body }) => ({
      body: { records: (body as { records: Json[] }).records.map(change) },
    }));

describe('verify, about runs that are kept', function () {
  this.timeout(30_000);
  const ofRun = { loop, prepare: runByWebhook };
  probeTests({
    'webhook-reason': {
      ...ofRun,
      differs: items(list, (build) => ({ ...build, reason: 'manual' })),
      came: /^manual$/,
      closed: ['GET', list],
    },
    'webhook-payload': {
      ...ofRun,
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', /\/build\/builds\/\d+$/, ({ body }) => ({
          body: { ...(body as Json), templateParameters: { port: `{"runId":"${portRunId}"}` } },
        })),
      came: /^templateParameters\.port$/,
      closed: ['GET', /\/build\/builds\/\d+$/],
    },
    'number-without-agent': {
      loop,
      prepare: runWithoutAgent,
      differs: items(list, (build) => ({
        ...build,
        ...(build.result === 'canceled' && { buildNumber: '20260101.2' }),
      })),
      came: /^a number without it$/,
      closed: ['GET', timeline],
    },
    changes: {
      loop,
      prepare: manyCommits,
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', /\/build\/changes$/, ({ body }) => ({
          body: { value: (body as { value: Json[] }).value.slice(0, 50) },
        })),
      came: /^50, and 100 in two halves$/,
      closed: ['GET', /\/build\/changes$/],
    },
    'failed-log': {
      ...ofRun,
      differs: items(/\/logs$/, (log) => ({ ...log, lineCount: 99 })),
      came: /^lineCount 99$/,
      closed: ['GET', /\/logs\/\d+$/],
    },
    'log-lines': {
      ...ofRun,
      differs: ({ ado }) => {
        let calls = 0;
        ado.store.rewrites.add('GET', /\/logs\/\d+$/, ({ body }) => {
          const { value } = body as { value: string[] };
          return { body: { value: calls++ === 0 ? value : value.slice(1) } };
        });
      },
      came: /^counted from 0$/,
      closed: ['GET', /\/logs\/\d+$/],
    },
    'timeline-records': {
      ...ofRun,
      differs: records((record) => ({ ...record, refName: undefined })),
      came: /^a step has no refName$/,
      closed: ['GET', timeline],
    },
    'stop-builds': {
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', /\/accesscontrollists\//, () => ({ body: { value: [] } })),
      came: /^nothing of the account$/,
      closed: ['GET', /\/accesscontrollists\//],
    },
  });
});

import type { LocalPort } from '../../../../local/port/index.ts';
import { probeTests } from '../probe-tests.ts';

const workflows = ['POST', /^\/v1\/workflows$/] as const;
const webhooks = ['POST', /^\/v1\/webhooks$/] as const;
const blueprints = ['POST', /^\/v1\/blueprints$/] as const;
const starts = ['POST', /^\/v1\/workflows\/[^/]+\/runs$/] as const;
const run = /^\/v1\/workflows\/runs\/[^/]+$/;
const nodeRun = /^\/v1\/workflows\/nodes\/runs\/[^/]+$/;
const entity = /^\/v1\/blueprints\/[^/]+\/entities\/[^/]+$/;

interface Shown {
  readonly workflowRun: Record<string, unknown> & { readonly nodeRuns: readonly object[] };
}

/** Runs of workflows are told with other members, and those of their nodes as well. */
const tells = (port: LocalPort, change: object, ofNodes: object = {}): void =>
  port.rewrites.add('GET', run, ({ body }) => {
    const { workflowRun } = body as Shown;
    const nodeRuns = workflowRun.nodeRuns.map((each) => ({ ...each, ...ofNodes }));
    return { body: { ok: true, workflowRun: { ...workflowRun, nodeRuns, ...change } } };
  });

const isGone = { status: 404, body: { ok: false, error: 'not_found', message: 'It is not there' } };

describe('verify, about workflows', function () {
  this.timeout(60_000);
  probeTests({
    'workflow-start': {
      differs: ({ port }) =>
        port.rewrites.add(...starts, () => ({ status: 200, body: { ok: true, id: 'x' } })),
      came: /^200 with ok, id, and no run in it$/,
      closed: workflows,
    },
    'workflow-nodes': {
      differs: ({ port }) => tells(port, { nodeRuns: [] }),
      came: /^no run of the node$/,
      closed: starts,
    },
    'workflow-inputs': {
      differs: ({ port }) => tells(port, { variables: {} }),
      came: /^none$/,
      closed: ['GET', run],
    },
    'workflow-list': {
      differs: ({ port }) =>
        port.rewrites.add('GET', /^\/v1\/workflows\/runs$/, ({ body }) => ({
          body: {
            ok: true,
            workflowRuns: (
              body as { workflowRuns: { identifier: string; status: string }[] }
            ).workflowRuns.map(({ identifier, status }) => ({ identifier, status })),
          },
        })),
      came: /^1, of this workflow, without status and time$/,
      closed: starts,
    },
    'node-label': {
      differs: ({ port }) => void (port.quirks.hasNodeLabels = false),
      came: /^422 invalid_request$/,
      closed: webhooks,
    },
    'node-label-end': {
      differs: ({ port }) => tells(port, {}, { statusLabel: undefined }),
      came: /^SUCCESS, no label$/,
      closed: starts,
    },
    'node-link': {
      differs: ({ port }) => port.rewrites.add('PATCH', nodeRun, () => isGone),
      came: /^404 not_found$/,
      closed: workflows,
    },
    'node-log': {
      differs: ({ port }) => tells(port, {}, { logs: [] }),
      came: /^200, and they are not told$/,
      closed: workflows,
    },
    'node-output': {
      differs: ({ port }) => port.rewrites.add('GET', entity, () => isGone),
      came: /^it is not read$/,
      closed: blueprints,
    },
    'node-second-end': {
      differs: ({ port }) => port.rewrites.add('PATCH', nodeRun, () => ({ status: 200, body: { ok: true } })),
      came: /^200$/,
      closed: ['PATCH', nodeRun],
    },
    'workflow-cancel': {
      differs: ({ port }) => tells(port, { status: 'COMPLETED', result: 'FAILED' }),
      came: /^FAILED, its node IN_PROGRESS; end 200; FAILED$/,
      closed: ['GET', run],
    },
    'workflow-cancel-ended': {
      differs: ({ port }) =>
        port.rewrites.add('POST', /^\/v1\/workflows\/runs\/[^/]+\/cancel$/, () => ({
          status: 200,
          body: { ok: true },
        })),
      came: /^200$/,
      closed: ['PATCH', nodeRun],
    },
    'workflow-event': {
      differs: ({ port }) => port.rewrites.add('GET', entity, () => isGone),
      came: /^it is not told within 20 s$/,
      closed: workflows,
    },
  });
});

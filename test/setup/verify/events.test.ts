import type { Loop } from '../loop-fixture.ts';
import { failing, makeHooks, runByWebhook, runWithApproval } from './history-fixture.ts';
import { type ProbeCase, probeTests } from './probe-tests.ts';

type Json = Record<string, unknown>;

const loop = () => ({ runner: failing() });

const afterRun = async (made: Loop): Promise<void> => {
  await makeHooks(made);
  await runByWebhook(made);
};

const afterApproval = async (made: Loop): Promise<void> => {
  await makeHooks(made);
  await runWithApproval(made);
};

/** The service tells less, or something else, in an object of the resource. */
const without =
  (name: string, member: string, instead?: string): ProbeCase['differs'] =>
  ({ ado }) =>
    ado.store.rewrites.add('GET', /\/notifications\/\d+$/, ({ body }) => {
      const { details, ...rest } = body as { details: { event: { resource: Json } } };
      const { event } = details;
      const { [name]: changed, ...others } = event.resource;
      const less = Array.isArray(changed) ? [] : { ...(changed as Json), [member]: instead };
      return {
        body: {
          ...rest,
          details: { ...details, event: { ...event, resource: { ...others, [name]: less } } },
        },
      };
    });

const closed = ['GET', /\/notifications\/\d+$/] as const;

describe('verify, about events as they came', function () {
  this.timeout(30_000);
  const ofRun = { loop, prepare: afterRun, closed };
  const ofApproval = { loop, prepare: afterApproval, closed };
  probeTests({
    'event-run': {
      ...ofRun,
      differs: without('run', 'resources'),
      came: /without resource\.run\.resources\./,
    },
    'event-build': {
      ...ofRun,
      differs: without('definition', 'id'),
      came: /without resource\.definition\.id$/,
    },
    'event-stage': {
      ...ofRun,
      differs: without('stage', 'attempt'),
      came: /without resource\.stage\.attempt$/,
    },
    'event-job': { ...ofRun, differs: without('job', 'attempt'), came: /without resource\.job\.attempt$/ },
    'event-approval': {
      ...ofApproval,
      differs: without('approval', 'status'),
      came: /without resource\.approval\.status$/,
    },
    'event-decided': { ...ofApproval, differs: without('approval', 'steps'), came: /^no actualApprover$/ },
    'stage-waiting': { ...ofApproval, differs: without('stage', 'state', 'pending'), came: /^pending$/ },
    'job-name': { ...ofRun, differs: without('job', 'name'), came: /^another name$/ },
    'delivery-details': {
      ...ofRun,
      differs: ({ ado }) =>
        ado.store.rewrites.add('GET', /\/notifications$/, ({ body }) => {
          const { value } = body as { value: Json[] };
          return { body: { value: value.map(({ details: _details, ...rest }) => rest) } };
        }),
      came: /^no details$/,
      closed: ['GET', /\/notifications$/],
    },
  });
});

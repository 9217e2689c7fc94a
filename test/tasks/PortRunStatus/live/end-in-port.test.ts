import assert from 'node:assert/strict';
import { type Look, watchRun } from '../../../../tasks/PortRunStatus/live/end-in-port.ts';
import {
  CanceledError,
  NetworkError,
  PortApiError,
  UnexpectedAnswerError,
} from '../../../../tasks/common/errors.ts';
import type { RouteName } from '../../../../tasks/common/port/client/routes.ts';
import { fakePort } from '../../common/port/fake-port.ts';

type Answer = Readonly<Record<string, unknown>> | Error;

const answerWith = (answer: Answer | undefined): Readonly<Record<string, unknown>> => {
  if (answer instanceof Error) throw answer;
  return answer ?? {};
};

const denied = new PortApiError({
  ...{ code: 'PORT_CREDENTIALS', message: 'Port forbids it.', portCode: '' },
  status: 403,
});
const down = new PortApiError({ code: 'PORT_REQUEST', message: 'down', status: 503, portCode: '' });
const unreached = new NetworkError({ fault: 'refused', mayHaveArrived: false, message: 'refused' });
const open: Look = { kind: 'open' };

describe("A look at an action's run", () => {
  const look = (answer: Answer) =>
    watchRun(fakePort(() => answerWith(answer)).port, { kind: 'action', id: 'r_1' })();
  const run = (more: object) => ({ run: { id: 'r_1', status: 'IN_PROGRESS', ...more } });
  const ended = (reason: string): Look => ({
    kind: 'ended',
    reason: `Port run r_1 was ended in Port as ${reason}`,
  });

  const cases: Readonly<Record<string, readonly [Answer, Look]>> = {
    'shows that it is open': [run({ updatedBy: 'somebody' }), open],
    'shows who ended it, and with which label': [
      run({ status: 'FAILURE', statusLabel: 'stop\nit', updatedBy: 'a@example.com' }),
      ended('FAILURE "stop it" by a@example.com'),
    ],
    'shows an end of which nothing more is known': [run({ status: 'SUCCESS' }), ended('SUCCESS')],
    'cuts what is long': [
      run({ status: 'FAILURE', statusLabel: 'x'.repeat(200), updatedBy: 'y'.repeat(200) }),
      ended(`FAILURE "${'x'.repeat(99)}…" by ${'y'.repeat(99)}…`),
    ],
    'takes a status that nobody knows for no end': [run({ status: 'PAUSED' }), open],
    'sees no end that Port makes by itself': [
      run({ status: 'SUCCESS', payload: { synchronized: true } }),
      { kind: 'blind', reason: 'Port run r_1 is synchronized: Port ends it by itself.' },
    ],
    'is blind where Port forbids it': [denied, { kind: 'blind', reason: 'Port forbids it.' }],
    'is one of many in an outage of Port': [down, open],
    'is one of many without a network': [unreached, open],
    'is one of many where something else answers': [new UnexpectedAnswerError('a page'), open],
  };
  for (const [name, [answer, expected]] of Object.entries(cases))
    it(name, async () => assert.deepEqual(await look(answer), expected));

  for (const status of ['SUCCESS', 'FAILURE', 'FAILED', 'CANCELLED', 'COMPLETED'])
    it(`takes ${status} for an end`, async () =>
      assert.deepEqual(await look(run({ status })), ended(status)));

  it('ends where the process is stopped', async () => {
    await assert.rejects(look(new CanceledError()), CanceledError);
  });

  it('hides no defect', async () => {
    await assert.rejects(look(new TypeError('a defect')), /a defect/);
  });
});

describe("A look at a workflow node's run", () => {
  const workflowRun = (id: string, more: object = {}, nodeRuns: readonly object[] = []) => ({
    workflowRun: { identifier: id, status: 'IN_PROGRESS', nodeRuns, ...more },
  });
  const own = (more: object = {}) => ({
    identifier: 'wfnr_1',
    nodeIdentifier: 'deploy',
    status: 'IN_PROGRESS',
    ...more,
  });
  const other = { identifier: 'wfnr_2', nodeIdentifier: 'test', status: 'COMPLETED', result: 'FAILED' };
  const list = (...ids: readonly string[]) => ({
    workflowRuns: ids.map((identifier) => ({ identifier, status: 'IN_PROGRESS' })),
  });

  /** Looks as often as there are answers to it. */
  const looks = async (answers: readonly (readonly Answer[])[]) => {
    const all = answers.flat();
    const { port, calls } = fakePort((_call, _name: RouteName, index) => answerWith(all[index]));
    const look = watchRun(port, { kind: 'workflowNode', id: 'wfnr_1' });
    const seen: Look[] = [];
    while (seen.length < answers.length) seen.push(await look());
    return { seen, calls: calls.map(({ name, call }) => `${name} ${call.parameters?.runId ?? ''}`.trim()) };
  };

  it('finds its workflow run once, and then reads that alone', async () => {
    const { seen, calls } = await looks([
      [list('wfr_2', 'wfr_1'), workflowRun('wfr_2', {}, [other]), workflowRun('wfr_1', {}, [own()])],
      [workflowRun('wfr_1', {}, [other, own()])],
    ]);
    assert.deepEqual(seen, [open, open]);
    assert.deepEqual(calls, [
      ...['findWorkflowRuns', 'getWorkflowRun wfr_2', 'getWorkflowRun wfr_1'],
      'getWorkflowRun wfr_1',
    ]);
  });

  it('goes on where it had to stop, and reads none twice that is another', async () => {
    const { seen, calls } = await looks([
      [list('wfr_2', 'wfr_1'), workflowRun('wfr_2', {}, [other]), down],
      [list('wfr_2', 'wfr_1'), workflowRun('wfr_1', {}, [own()])],
    ]);
    assert.deepEqual(seen, [open, open]);
    assert.deepEqual(calls.slice(3), ['findWorkflowRuns', 'getWorkflowRun wfr_1']);
  });

  it('is blind where no open workflow run has the node', async () => {
    const { seen } = await looks([[list('wfr_2'), workflowRun('wfr_2', {}, [other])]]);
    assert.deepEqual(seen, [
      { kind: 'blind', reason: "Port shows no open workflow run with the node's run wfnr_1." },
    ]);
  });

  const ends: Readonly<Record<string, readonly [Answer, string | undefined]>> = {
    'that it was ended': [
      workflowRun('wfr_1', { status: 'COMPLETED', result: 'FAILED' }, [
        own({ status: 'COMPLETED', result: 'CANCELLED' }),
      ]),
      "The workflow node's run wfnr_1 was ended in Port as CANCELLED",
    ],
    'that its workflow run is being cancelled': [
      workflowRun('wfr_1', { status: 'CANCELLING' }, [own()]),
      'The workflow run wfr_1 of this node is being cancelled in Port',
    ],
    'that its workflow run was ended': [
      workflowRun('wfr_1', { status: 'COMPLETED', result: 'CANCELLED' }, [own()]),
      'The workflow run wfr_1 of this node was ended in Port as CANCELLED',
    ],
    'an end of the workflow run that has the node no more': [
      workflowRun('wfr_1', { status: 'COMPLETED', result: 'SUCCESS' }, [other]),
      'The workflow run wfr_1 of this node was ended in Port as SUCCESS',
    ],
    'no end in that of another node': [workflowRun('wfr_1', {}, [other, own()]), undefined],
    'no end in a status that nobody knows': [
      workflowRun('wfr_1', { status: 'PAUSED' }, [own({ status: 'PAUSED' })]),
      undefined,
    ],
  };
  for (const [what, [answer, reason]] of Object.entries(ends))
    it(`shows ${what}`, async () => {
      const { seen } = await looks([[list('wfr_1'), workflowRun('wfr_1', {}, [own()])], [answer]]);
      assert.deepEqual(seen[1], reason === undefined ? open : { kind: 'ended', reason });
    });
});

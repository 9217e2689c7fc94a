import assert from 'node:assert/strict';
import {
  type NewWorkflowRun,
  findStartedWorkflowRuns,
  getWorkflow,
  startWorkflowRun,
} from '../../../../../tasks/common/port/runs/start-workflow-run.ts';
import { getWorkflowRun } from '../../../../../tasks/common/port/runs/workflow-run.ts';
import { fakePort } from '../fake-port.ts';

const definition = {
  nodes: [
    { identifier: 'on-change', config: { type: 'EVENT_TRIGGER' } },
    {
      identifier: 'form',
      config: { type: 'SELF_SERVE_TRIGGER', userInputs: { properties: { service: { type: 'string' } } } },
    },
    { identifier: 'ask', title: 'Ask', config: { type: 'INPUT' } },
  ],
};
const open = { identifier: 'wfr_1', status: 'IN_PROGRESS', result: null };

describe('A workflow run', () => {
  const wanted = async (inputs: object = { service: 'shop' }): Promise<NewWorkflowRun> => ({
    workflow: 'release',
    definition: await getWorkflow(fakePort(() => ({ workflow: definition })).port, 'release'),
    inputs: { ...inputs },
  });
  const read = (workflowRun: unknown) => getWorkflowRun(fakePort(() => ({ workflowRun })).port, 'wfr_1');

  it('is started by the self-service trigger of its workflow, with its inputs', async () => {
    const { port, calls } = fakePort(() => ({ workflowRun: open }));
    const newRun = await wanted();
    assert.deepEqual(
      [newRun.definition.trigger, newRun.definition.inputs],
      ['form', { service: { type: 'string' } }],
    );
    assert.equal((await startWorkflowRun(port, newRun)).id, 'wfr_1');
    assert.deepEqual(calls[0]?.call, {
      parameters: { workflow: 'release' },
      body: { inputs: { service: 'shop' } },
    });
  });

  for (const answer of [{}, { nodes: 'x' }, { nodes: [{ config: {} }, 'x', null] }])
    it(`has no inputs where the workflow shows none: ${JSON.stringify(answer)}`, async () => {
      const { trigger, inputs } = await getWorkflow(fakePort(() => ({ workflow: answer })).port, 'release');
      assert.deepEqual([trigger, inputs], [undefined, {}]);
    });

  for (const run of [
    undefined,
    { identifier: 'wfr_$(secret)', status: 'IN_PROGRESS' },
    { identifier: 'r_1', status: 'IN_PROGRESS' },
    { identifier: 'wfr_1', status: '$(secret)' },
    { identifier: ['wfr_1'], status: 'COMPLETED' },
  ])
    it(`is none whose identifier or status is no such: ${JSON.stringify(run)}`, async () => {
      await assert.rejects(read(run), { code: 'PORT_ANSWER', message: /^Cannot read the workflow run: / });
    });

  const ends: readonly (readonly [status: string, result: unknown, shown: string, isFinished: boolean])[] = [
    ['IN_PROGRESS', null, 'IN_PROGRESS', false],
    ['CANCELLING', null, 'CANCELLING', false],
    ['COMPLETED', 'SUCCESS', 'SUCCESS', true],
    ['COMPLETED', 'CANCELLED', 'CANCELLED', true],
    ['COMPLETED', null, 'COMPLETED', true],
    ['COMPLETED', '$(secret)', 'COMPLETED', true],
    ['BROKEN', undefined, 'BROKEN', true],
  ];
  for (const [status, result, shown, isFinished] of ends)
    it(`is ${shown} where it is ${status} with the result ${String(result)}`, async () => {
      const run = await read({ identifier: 'wfr_1', status, result });
      assert.deepEqual([run.status, run.isFinished], [shown, isFinished]);
    });

  it('tells of its nodes in the words of all of the pages of Port, the oldest first', async () => {
    const { nodeRuns } = await read({
      ...open,
      nodeRuns: [
        {
          identifier: 'wfnr_2',
          nodeIdentifier: 'ask',
          nodeTitle: 'Ask',
          nodeConfigType: 'INPUT',
          status: 'IN_PROGRESS',
          createdAt: '2026-11-22T10:00:02Z',
          nodeRunLogs: [{ logLevel: 'WARN', log: 'old words', tags: {} }, 'x', { level: 'INFO' }],
        },
        {
          identifier: 'wfnr_1',
          node: { identifier: 'build' },
          status: 'COMPLETED',
          result: 'FAILED',
          statusLabel: 'No quota',
          createdAt: '2026-11-22T10:00:01Z',
          logs: [
            { level: 'INFO', message: 'b', createdAt: '2026-11-22T10:00:02Z' },
            { level: 'INFO', message: 'a', createdAt: '2026-11-22T10:00:01Z' },
          ],
        },
        { status: 'COMPLETED' },
      ],
    });
    const shown = nodeRuns.map(({ node, title, type, status, statusLabel, logs }) => [
      ...[node, title, type, status, statusLabel],
      logs.map(({ level, message }) => `${level} ${message}`).join(', '),
    ]);
    assert.deepEqual(shown, [
      ['build', undefined, undefined, 'FAILED', 'No quota', 'INFO a, INFO b'],
      ['ask', 'Ask', 'INPUT', 'IN_PROGRESS', undefined, 'WARN old words'],
    ]);
  });

  describe('that was to be started', () => {
    const since = Date.parse('2026-11-22T10:00:00Z');
    const listed = {
      ...open,
      createdAt: '2026-11-22T10:00:01Z',
      workflowVersion: { workflow: { identifier: 'release' } },
    };
    const find = async (list: readonly object[], run: object, inputs?: object) => {
      const { port, calls } = fakePort((_call, name) =>
        name === 'findWorkflowRuns' ? { workflowRuns: list } : { workflowRun: { ...open, ...run } },
      );
      const found = await findStartedWorkflowRuns(port, await wanted(inputs), since);
      return { found: found.map(({ id }) => id), calls };
    };
    const trigger = (node: string, output: object) => ({
      nodeRuns: [{ identifier: 'wfnr_0', node: { identifier: node }, output }],
    });

    it('is looked for among those of its workflow, and read for its inputs', async () => {
      const { found, calls } = await find([listed], {
        variables: { outputs: { form: { service: 'shop' } } },
      });
      assert.deepEqual(found, ['wfr_1']);
      assert.deepEqual(calls, [
        { name: 'findWorkflowRuns', call: { query: { workflowIdentifiers: 'release', limit: 100 } } },
        { name: 'getWorkflowRun', call: { parameters: { runId: 'wfr_1' } } },
      ]);
    });

    it('is known by what its trigger gave', async () => {
      assert.deepEqual((await find([listed], trigger('form', { service: 'shop', more: 1 }))).found, [
        'wfr_1',
      ]);
      assert.deepEqual((await find([listed], trigger('form', { service: 'cart' }))).found, []);
      assert.deepEqual((await find([listed], trigger('form', {}))).found, []);
    });

    it('is none that another trigger has started, also where it has no inputs', async () => {
      assert.deepEqual((await find([listed], trigger('on-change', { diff: {} }), {})).found, []);
      assert.deepEqual((await find([listed], trigger('form', {}), {})).found, ['wfr_1']);
    });

    for (const [what, other] of [
      ['of another workflow', { workflowVersion: { workflow: { identifier: 'other' } } }],
      ['older', { createdAt: '2026-11-22T09:59:59Z' }],
      ['without a time', { createdAt: null }],
      ['without an identifier', { identifier: 1 }],
    ] as const)
      it(`is none that is ${what}, which is not read`, async () => {
        const { found, calls } = await find([{ ...listed, ...other }], trigger('form', { service: 'shop' }));
        assert.deepEqual([found, calls.length], [[], 1]);
      });
  });
});

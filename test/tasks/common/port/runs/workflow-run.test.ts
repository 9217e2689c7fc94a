import assert from 'node:assert/strict';
import {
  type NewWorkflowRun,
  findStartedWorkflowRuns,
  getWorkflow,
  startWorkflowRun,
} from '../../../../../tasks/common/port/runs/start-workflow-run.ts';
import {
  cancelWorkflowRun,
  findOpenWorkflowRun,
  getWorkflowRun,
} from '../../../../../tasks/common/port/runs/workflow-run.ts';
import { fakePort } from '../fake-port.ts';

const definition = {
  nodes: [
    { identifier: 'on-change', config: { type: 'EVENT_TRIGGER' } },
    {
      identifier: 'form',
      config: { type: 'SELF_SERVE_TRIGGER', userInputs: { properties: { service: { type: 'string' } } } },
    },
    { identifier: 'ask', title: 'Ask', config: { type: 'INPUT' } },
    { identifier: 'odd', title: 7, config: { type: { a: 1 } } },
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
    assert.deepEqual(calls, [
      {
        name: 'startWorkflowRun',
        call: { parameters: { workflow: 'release' }, body: { inputs: { service: 'shop' } } },
      },
    ]);
  });

  const definitionIn = (workflow: object) => getWorkflow(fakePort(() => ({ workflow })).port, 'release');

  for (const answer of [{}, { nodes: 'x' }, { nodes: [{ config: {} }, 'x', null] }])
    it(`has no nodes and no inputs where the workflow shows none: ${JSON.stringify(answer)}`, async () => {
      const { trigger, inputs, nodes } = await definitionIn(answer);
      assert.deepEqual([trigger, inputs, nodes.size], [undefined, {}, 0]);
    });

  it('has the inputs of the first self-service trigger, and none where there are other triggers alone', async () => {
    const formWith = (identifier: string, properties: object) => ({
      identifier,
      config: { type: 'SELF_SERVE_TRIGGER', userInputs: { properties } },
    });
    const first = await definitionIn({ nodes: [formWith('form', { a: {} }), formWith('other', { b: {} })] });
    assert.deepEqual([first.trigger, first.inputs], ['form', { a: {} }]);
    const { trigger, inputs } = await definitionIn({ nodes: definition.nodes.slice(0, 1) });
    assert.deepEqual([trigger, inputs], [undefined, {}]);
  });

  it('knows the titles and types of the nodes, as far as they are text', async () => {
    const { nodes } = await definitionIn(definition);
    assert.deepEqual(Object.fromEntries(nodes), {
      'on-change': { title: undefined, type: 'EVENT_TRIGGER' },
      form: { title: undefined, type: 'SELF_SERVE_TRIGGER' },
      ask: { title: 'Ask', type: 'INPUT' },
      odd: { title: undefined, type: undefined },
    });
  });

  it('is none that the answer to the start does not hold', async () => {
    await assert.rejects(startWorkflowRun(fakePort(() => ({})).port, await wanted()), {
      message: /^Cannot start the workflow: the answer holds no workflow run/,
    });
  });

  it('is cancelled without force', async () => {
    const { port, calls } = fakePort(() => ({}));
    await cancelWorkflowRun(port, 'wfr_1');
    assert.deepEqual(calls, [{ name: 'cancelWorkflowRun', call: { parameters: { runId: 'wfr_1' } } }]);
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
          nodeRunLogs: [{ logLevel: 'WARN', log: 'old words', tags: {} }, 'x', null, { level: 'INFO' }],
        },
        {
          identifier: 'wfnr_3',
          node: { identifier: 'deploy', title: 'Deploy', config: { type: 'WEBHOOK' } },
          nodeTitle: '',
          status: 'COMPLETED',
          result: 7,
          statusLabel: 7,
          createdAt: '2026-11-22T10:00:03Z',
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
      ['deploy', 'Deploy', 'WEBHOOK', 'COMPLETED', undefined, ''],
    ]);
  });

  it('tells log entries of the same text apart by their ids or times, in each answer alike', async () => {
    const marksOf = async (logs: readonly object[]) => {
      const { nodeRuns } = await read({
        ...open,
        nodeRuns: [
          { identifier: 'wfnr_1', logs: logs.map((log) => ({ level: 'INFO', message: 'same', ...log })) },
        ],
      });
      return nodeRuns.flatMap((nodeRun) => nodeRun.logs.map(({ mark }) => mark));
    };
    const logs = [
      { identifier: 'a' },
      { identifier: 'b' },
      { id: 'a' },
      { id: 'b' },
      { createdAt: '2026-11-22T10:00:01Z' },
      { createdAt: '2026-11-22T10:00:02Z' },
    ];
    const marks = await marksOf(logs);
    assert.equal(new Set(marks).size, logs.length);
    assert.deepEqual(await marksOf(logs), marks);
    const [first, second] = await marksOf([{}, {}]);
    assert.equal(first, second);
  });

  describe('that a node run belongs to', () => {
    const find = async (listed: readonly unknown[], others = new Set<string>(), key = 'workflowRuns') => {
      const { port, calls } = fakePort((call, name) =>
        name === 'findWorkflowRuns'
          ? { [key]: listed }
          : {
              workflowRun: {
                ...{ identifier: call.parameters?.runId, status: 'IN_PROGRESS' },
                nodeRuns: ['a', 'b'].map((node) => ({
                  identifier: `wfnr_${call.parameters?.runId ?? ''}_${node}`,
                })),
              },
            },
      );
      const found = await findOpenWorkflowRun(port, 'wfnr_wfr_3_b', others);
      const [list, ...reads] = calls;
      assert.deepEqual(list, { name: 'findWorkflowRuns', call: { query: { limit: 100 } } });
      return { found: found?.id, read: reads.map(({ call }) => call.parameters?.runId), others };
    };
    const runOf = (number: number, status = 'IN_PROGRESS') => ({ identifier: `wfr_${number}`, status });

    it('is found among the open ones, of which each is read until it is', async () => {
      const odd = [{ status: 'IN_PROGRESS' }, 'odd'];
      const listed = [runOf(1, 'COMPLETED'), runOf(2), ...odd, runOf(3), runOf(4)];
      for (const key of ['workflowRuns', 'runs']) {
        const { found, read: asked, others } = await find(listed, new Set(), key);
        assert.deepEqual([found, asked, [...others]], ['wfr_3', ['wfr_2', 'wfr_3'], ['wfr_2']]);
      }
    });

    it('is looked for on where an earlier look ended', async () => {
      const { found, read: asked } = await find([runOf(1), runOf(2), runOf(3)], new Set(['wfr_1']));
      assert.deepEqual([found, asked], ['wfr_3', ['wfr_2', 'wfr_3']]);
    });

    it('may also be one that is being cancelled, and is none where no run shows it', async () => {
      assert.equal((await find([runOf(3, 'CANCELLING')])).found, 'wfr_3');
      const { found, others } = await find([runOf(1), runOf(2)]);
      assert.deepEqual([found, [...others]], [undefined, ['wfr_1', 'wfr_2']]);
    });
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
      assert.deepEqual((await find([listed], {}, {})).found, ['wfr_1']);
    });

    it('may have run nodes that the definition does not show, or shows without a type', async () => {
      const [form] = trigger('form', { service: 'shop' }).nodeRuns;
      const nodeRuns = [form, ...['new', 'odd'].map((node) => ({ ...form, node: { identifier: node } })), {}];
      assert.deepEqual((await find([listed], { nodeRuns })).found, ['wfr_1']);
    });

    it('cannot be told from others where Port hides its inputs, or shows no run when it is read', async () => {
      await assert.rejects(find([listed], {}), {
        code: 'PORT_ACTION',
        message: /with which inputs workflow run wfr_1 was started\.$/,
      });
      await assert.rejects(find([listed], { ...trigger('form', { service: 'shop' }), status: 7 }), {
        message: /^Cannot look for the workflow run: /,
      });
    });

    it('is known by its time where the list names no workflow for it', async () => {
      const { found } = await find(
        [{ ...listed, workflowVersion: undefined }],
        trigger('form', { service: 'shop' }),
      );
      assert.deepEqual(found, ['wfr_1']);
    });

    for (const [what, other] of [
      ['of another workflow', { workflowVersion: { workflow: { identifier: 'other' } } }],
      ['of another workflow that it names itself', { workflow: 'other', workflowVersion: undefined }],
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

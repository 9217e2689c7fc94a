import assert from 'node:assert/strict';
import { run } from '../../../tasks/PortExecuteAction/run.ts';
import { type Ran, type TaskSetting, startTaskSetting, swiftClock } from '../../support/task-setting.ts';
import { until } from '../../support/until.ts';

/** @param slept the sum of all waits so far, in ms */
type Step = (slept: number) => unknown;

describe('PortExecuteAction with a workflow', () => {
  let setting: TaskSetting;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    await setting.addWorkflow({
      identifier: 'release',
      inputs: { service: { type: 'string' }, replicas: { type: 'number' }, version: { type: 'string' } },
      nodes: [
        { identifier: 'build', title: 'Build it', type: 'KAFKA' },
        { identifier: 'deploy', type: 'KAFKA' },
      ],
    });
  });

  afterEach(() => setting.close());

  const runs = () => [...setting.port.store.workflowRuns.values()];

  const theRun = () => {
    const [only, ...others] = runs();
    assert.ok(only !== undefined && others.length === 0, `there are ${runs().length} runs`);
    return only;
  };

  /** The run of a node that was reached. */
  const nodeRun = (node: string) => {
    const found = setting.port.store
      .nodeRunsOf(theRun())
      .find(({ nodeIdentifier }) => nodeIdentifier === node);
    assert.ok(found, `${node} is not reached`);
    return found;
  };

  const patch = (node: string, change: object) =>
    setting.user.call('PATCH', `/v1/workflows/nodes/runs/${nodeRun(node).identifier}`, change);
  const complete = (node: string, result = 'SUCCESS') => patch(node, { status: 'COMPLETED', result });
  const log = (node: string, level: string, ...messages: readonly string[]) =>
    setting.user.call('POST', `/v1/workflows/nodes/runs/${nodeRun(node).identifier}/logs`, {
      logs: messages.map((message) => ({ level, message })),
    });

  /** Runs the task; at each of its waits the next step is taken. */
  const execute = (
    inputs: Readonly<Record<string, string>>,
    steps: readonly Step[] = [],
    options: { signal?: AbortSignal; secrets?: Record<string, string> } = {},
  ): Promise<Ran> => {
    const left = [...steps];
    const clock = swiftClock(async (slept) => {
      await left.shift()?.(slept);
    });
    return setting.run({ workflow: 'release', ...inputs }, { clock, ...options });
  };

  /** Lines that tell of the nodes and what they have logged. */
  const nodeLines = ({ host }: Ran) => host.lines.filter((line) => /^(?:Node| {2})/.test(line));

  it('starts it with typed inputs, follows its nodes, and takes over its success', async () => {
    const ran = await execute({ properties: 'service: checkout\nversion: 1.10\nreplicas: 3' }, [
      () => patch('build', { statusLabel: 'Compiling' }),
      () => complete('build'),
      () => complete('deploy'),
    ]);
    const { identifier, variables } = theRun();
    const url = `${setting.port.url}/organization/workflow-run?runId=${identifier}`;
    assert.equal(ran.result, 'Succeeded', ran.message);
    assert.equal(ran.message, `Port run ${identifier} is SUCCESS: ${url}`);
    assert.deepEqual(ran.outputs, { runId: identifier, runUrl: url, runStatus: 'SUCCESS' });
    assert.deepEqual(variables.outputs.trigger, { service: 'checkout', version: '1.10', replicas: 3 });
    assert.equal(ran.host.lines[0], `Started workflow release: run ${identifier}, IN_PROGRESS, ${url}`);
    assert.deepEqual(nodeLines(ran), [
      'Node "Build it" is IN_PROGRESS.',
      'Node "Build it" is IN_PROGRESS "Compiling".',
      'Node "Build it" is SUCCESS "Compiling".',
      'Node "deploy" is IN_PROGRESS.',
      'Node "deploy" is SUCCESS.',
    ]);
    assert.match(ran.summary, /\| Workflow \| release \|/);
  });

  it('shows each log entry of a node once, also two of the same text, and its level where it is no INFO', async () => {
    const ran = await execute({}, [
      () => log('build', 'INFO', 'one', 'one'),
      () => log('build', 'WARN', 'two\nlines'),
      () => complete('build'),
      async () => {
        await log('deploy', 'INFO', 'last');
        await complete('deploy', 'FAILED');
      },
    ]);
    assert.deepEqual(nodeLines(ran), [
      'Node "Build it" is IN_PROGRESS.',
      '  one',
      '  one',
      '  WARN: two\n  lines',
      'Node "Build it" is SUCCESS.',
      'Node "deploy" is IN_PROGRESS.',
      'Node "deploy" is FAILED.',
      '  last',
    ]);
  });

  it('shows titles, labels and logs of nodes as text', async () => {
    const hostile = '##vso[task.complete result=Failed]';
    const nodes = [{ identifier: 'build', title: `${hostile}\n${hostile}`, type: 'KAFKA' }];
    await setting.addWorkflow({ identifier: 'hostile', nodes });
    const ran = await execute({ workflow: 'hostile' }, [
      () => patch('build', { statusLabel: hostile }),
      () => log('build', 'INFO', `x\n${hostile}\n\u001b[31mred`),
      () => complete('build'),
    ]);
    assert.equal(ran.result, 'Succeeded');
    const shown = nodeLines(ran);
    assert.equal(shown.length, 4);
    for (const line of shown) assert.match(line, /##_vso\[task\.complete/);
    assert.doesNotMatch(ran.host.lines.join('\n'), /##vso\[|\u001b/);
  });

  for (const result of ['FAILED', 'CANCELLED'])
    it(`fails where the workflow ends as ${result}, or warns where that is asked for`, async () => {
      const failed = await execute({}, [() => complete('build', result)]);
      assert.equal(failed.result, 'Failed');
      assert.match(
        failed.message,
        new RegExp(`^Port run wfr_\\w+ of workflow release ended as ${result}\\. .*\\[PORT_ACTION\\]$`),
      );
      assert.equal(failed.outputs.runStatus, result);
      setting.port.store.workflowRuns.clear();
      const warned = await execute({ onError: 'warn' }, [() => complete('build', result)]);
      assert.equal(warned.result, 'SucceededWithIssues');
    });

  it("says that a node waits for somebody's input, and where it is given", async () => {
    await setting.addWorkflow({
      identifier: 'approval',
      nodes: [
        { identifier: 'ask', title: 'May it go out?', type: 'INPUT' },
        { identifier: 'deploy', type: 'KAFKA' },
      ],
    });
    const ran = await execute({ workflow: 'approval' }, [
      () => undefined,
      () => setting.port.answerInput(nodeRun('ask').identifier, { button: 'approve' }),
      () => complete('deploy'),
    ]);
    assert.equal(ran.result, 'Succeeded', ran.message);
    assert.deepEqual(nodeLines(ran).slice(0, 2), [
      `Node "May it go out?" waits for somebody's input: ${ran.outputs.runUrl ?? ''}`,
      'Node "May it go out?" is SUCCESS.',
    ]);
  });

  it('does not wait where that is not wanted', async () => {
    const { result, message, outputs } = await execute({ wait: 'false' });
    assert.equal(result, 'Succeeded', message);
    assert.equal(outputs.runStatus, 'IN_PROGRESS');
    assert.deepEqual(setting.calls(), ['GET /v1/workflows/release', 'POST /v1/workflows/release/runs']);
  });

  it('gives up waiting in time, and leaves the run going', async () => {
    const { result, message } = await execute({ timeoutMinutes: '2', pollSeconds: '30' });
    assert.equal(result, 'Failed');
    assert.match(message, /has not ended within 2 minutes, and goes on in Port: http.*\[PORT_TIMEOUT\]$/);
    assert.equal(theRun().status, 'IN_PROGRESS');
    assert.ok(!setting.calls().some((call) => call.endsWith('/cancel')));
  });

  it('goes on waiting while Port cannot be reached, and says it once', async () => {
    const outage = setting.port.faults.add({
      match: { method: 'GET', path: /^\/v1\/workflows\/runs\// },
      fault: { kind: 'status', status: 500 },
    });
    const steps = [
      ...Array.from({ length: 20 }, () => () => undefined),
      () => outage.remove(),
      () => complete('build'),
      () => complete('deploy'),
    ];
    const { result, message, host } = await execute({ timeoutSeconds: '5' }, steps);
    assert.equal(result, 'Succeeded', message);
    assert.equal(host.lines.filter((line) => line.endsWith('The wait goes on.')).length, 1);
  });

  it('names the places that hold a secret', async () => {
    const { host } = await execute({ wait: 'false', properties: 'service: word-1234' }, [], {
      secrets: { password: 'word-1234' },
    });
    assert.match(host.warnings.join(), /stands in property "service", .*\(unless the workflow encrypts/);
  });

  describe('when the job is cancelled', () => {
    const cancelled = (before: Step = () => undefined) => {
      const stop = new AbortController();
      const step = async (slept: number) => {
        await before(slept);
        stop.abort();
      };
      return execute({}, [step], { signal: stop.signal });
    };
    const forced = () =>
      setting.port.requests.some(({ path, query }) => path.endsWith('/cancel') && 'force' in query);

    it('cancels the run without force, and says that its node still runs', async () => {
      const { result, outputs, host } = await cancelled();
      assert.equal(result, 'Canceled');
      assert.equal(outputs.runStatus, 'CANCELLING');
      assert.deepEqual([theRun().status, nodeRun('build').status], ['CANCELLING', 'IN_PROGRESS']);
      assert.ok(
        host.lines.some((line) =>
          /^Run wfr_\w+ was cancelled with the job\. It is CANCELLING, and ends when the node that runs has ended: http/.test(
            line,
          ),
        ),
        host.lines.join('\n'),
      );
      assert.ok(!forced());
    });

    it('says how the run has ended where it was too late for a cancel', async () => {
      const end = async () => {
        await complete('build');
        await setting.port.idle();
        await complete('deploy');
      };
      const { result, outputs, host } = await cancelled(end);
      assert.equal(result, 'Canceled');
      assert.equal(outputs.runStatus, 'SUCCESS');
      assert.match(
        host.lines.join('\n'),
        /^Run wfr_\w+ had ended before it could be cancelled\. It is SUCCESS: http/m,
      );
    });

    it('says where to cancel the run that Port did not cancel in time', async () => {
      setting.port.faults.add({ match: { path: /\/cancel$/ }, fault: { kind: 'status', status: 503 } });
      const { result, host } = await cancelled();
      assert.equal(result, 'Canceled');
      assert.match(
        host.lines.join('\n'),
        /^The run may go on in Port\. Cannot cancel the workflow run: .* Cancel it there: http/m,
      );
    });

    it('says that Port refuses to cancel a run that goes on', async () => {
      setting.port.faults.add({ match: { path: /\/cancel$/ }, fault: { kind: 'status', status: 422 } });
      const { host } = await cancelled();
      assert.match(
        host.lines.join('\n'),
        /^Run wfr_\w+ was not cancelled: Port refuses it\. It is IN_PROGRESS, .*: http/m,
      );
    });

    it('says that the run was cancelled also where it cannot be read after it', async () => {
      const lose = () =>
        setting.port.faults.add({
          match: { method: 'GET', path: /^\/v1\/workflows\/runs\// },
          fault: { kind: 'status', status: 403 },
        });
      const { result, host } = await cancelled(lose);
      assert.equal(result, 'Canceled');
      assert.equal(theRun().status, 'CANCELLING');
      assert.match(
        host.lines.join('\n'),
        /^Run wfr_\w+ was cancelled with the job\. How it stands is not known: .* -> 403.* See http/m,
      );
    });

    const startPath = /^\/v1\/workflows\/release\/runs$/;
    const never = () => new Promise<never>(() => undefined);
    /** Cancels the job when its start is on the way. */
    const cutOff = async (steps: readonly Step[] = []) => {
      const stop = new AbortController();
      const ran = execute({ wait: 'false' }, steps, { signal: stop.signal });
      const isStart = ({ method, path }: { method: string; path: string }) =>
        method === 'POST' && startPath.test(path);
      await until('the start is sent', () => setting.port.requests.some(isStart));
      stop.abort();
      const { result, host } = await ran;
      assert.equal(result, 'Canceled');
      return host.lines.join('\n');
    };

    it('waits three seconds for the answer to its start, which alone tells the run, and cancels that', async () => {
      setting.port.faults.add({
        match: { method: 'POST', path: startPath },
        fault: { kind: 'latency', ms: 150 },
      });
      let patience = 0;
      const wait = (slept: number) => {
        patience = slept;
        return never();
      };
      assert.match(await cutOff([wait]), /^Run wfr_\w+ was cancelled with the job\. It is CANCELLING/m);
      assert.equal(patience, 3000);
      assert.equal(theRun().status, 'CANCELLING');
    });

    it('cancels no run where no answer told which is its own, and links what it could be', async () => {
      setting.port.faults.add({
        match: { method: 'POST', path: startPath },
        fault: { kind: 'silence', isProcessed: true },
      });
      assert.match(
        await cutOff(),
        /^Canceled while workflow release was being started\. No run was cancelled: the answer to the start was lost, .* Cancel it in Port if it is yours: http\S+wfr_\w+$/m,
      );
      assert.equal(theRun().status, 'IN_PROGRESS');
    });

    const loseAnswer = () =>
      setting.port.faults.add({
        match: { method: 'POST', path: startPath },
        fault: { kind: 'reset', isProcessed: true },
      });

    it('cancels no run that it was looking for, since the answer to its start was lost', async () => {
      const stop = new AbortController();
      loseAnswer();
      const { result, host } = await execute({}, [() => stop.abort()], { signal: stop.signal });
      assert.equal(result, 'Canceled');
      assert.match(host.lines.join('\n'), /^Canceled while .* No run was cancelled: .*wfr_\w+$/m);
      assert.deepEqual([runs().length, theRun().status], [1, 'IN_PROGRESS']);
    });

    it('cancels no run that it found, also when it goes on with it in a next try', async () => {
      loseAnswer();
      const notCancelled =
        /^Stopped waiting\. Run wfr_\w+ was not cancelled: .* Cancel it in Port if it is yours: http\S+$/m;
      for (const steps of [2, 1]) {
        const stop = new AbortController();
        const waits = Array.from({ length: steps }, (_, index) => () => {
          if (index === steps - 1) stop.abort();
        });
        const { result, outputs, host } = await execute({}, waits, { signal: stop.signal });
        assert.deepEqual([result, outputs.runId], ['Canceled', theRun().identifier]);
        assert.match(host.lines.join('\n'), notCancelled);
        assert.equal(theRun().status, 'IN_PROGRESS');
      }
    });

    it('says that a run may go on where it cannot be found', async () => {
      setting.port.faults.add({ match: { method: 'POST', path: startPath }, fault: { kind: 'silence' } });
      assert.match(await cutOff(), /^Canceled while workflow release was being started\. Look in Port/m);
    });
  });

  const bad: readonly (readonly [inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{ action: 'scale' }, /^Inputs action and workflow are both set\. Set the one/],
    [{ workflow: '' }, /^Input action is empty, and so is workflow\. /],
    [{ workflow: 'Release it' }, /^Input workflow is "Release it", which is no identifier of a workflow/],
    [{ workflow: '$(workflow)' }, /^Input workflow is "\$\(workflow\)"/],
    [{ entity: 'checkout' }, /^Input entity is for actions: a workflow is started on no entity/],
    [{ runAs: 'ana@example.com' }, /^Input runAs is for actions: a workflow is started as the owner/],
  ];
  for (const [inputs, problem] of bad)
    it(`refuses ${JSON.stringify(inputs)} before it asks Port`, async () => {
      const { result, message } = await execute(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(setting.calls(), []);
    });

  const refused: readonly (readonly [inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{ workflow: 'nothing' }, /^Cannot read the workflow: GET \/v1\/workflows\/nothing -> 404/],
    [
      { properties: 'replicas: many' },
      /^Cannot start the workflow: POST .* -> 422; .*user_inputs_schema_invalid/,
    ],
  ];
  for (const [inputs, problem] of refused)
    it(`tells in Port's words what is wrong with ${JSON.stringify(inputs)}`, async () => {
      const { result, message } = await execute(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(runs(), []);
    });
});

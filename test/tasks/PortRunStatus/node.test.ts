import assert from 'node:assert/strict';
import type { RunOptions } from '../../support/task-setting.ts';
import { type ReportSetting, startReportSetting } from './setting.ts';

describe("The run of a workflow's node", () => {
  let setting: ReportSetting;
  let runId: string;
  before(async () => {
    setting = await startReportSetting();
  });
  after(() => setting.close());
  beforeEach(() => {
    setting.port.quirks.hasNodeLabels = true;
    runId = setting.port.startNodeRun().identifier;
    setting.newCalls();
  });

  const held = () => setting.port.store.nodeRun(runId);
  const logs = () => held().logs.map(({ level, message }) => `${level} ${message}`);

  /** The inputs as the agent fills them in before the job, and at its end. */
  const track = async (
    start: Readonly<Record<string, string>>,
    end: Readonly<Record<string, string>> = start,
    options: RunOptions = {},
  ) => {
    const taskVariables = {};
    const main = await setting.run({ runId, ...start }, { taskVariables, ...options });
    const afterStart = structuredClone(held());
    const post = await setting.post(
      { runId, ...end },
      { taskVariables, variables: { 'Agent.JobStatus': 'Succeeded' }, ...options },
    );
    return { main, post, afterStart };
  };

  it('has the label while the job runs, and that of the end', async () => {
    const { afterStart, main } = await track({ statusLabel: 'Deploying' });
    assert.equal(afterStart.statusLabel, 'Deploying');
    assert.match(main.message, /is IN_PROGRESS "Deploying"/);
    assert.deepEqual([held().statusLabel, held().result], ['Succeeded', 'SUCCESS']);
    assert.deepEqual(logs(), ['INFO Succeeded']);
  });

  it('gets its label as a line of the log from a Port that takes none, and is asked once', async () => {
    setting.port.quirks.hasNodeLabels = false;
    const { main, post } = await track({ statusLabel: 'Deploying' });
    assert.deepEqual([held().statusLabel, held().result], [undefined, 'SUCCESS']);
    assert.deepEqual(logs(), ['INFO Deploying', 'INFO Succeeded']);
    assert.deepEqual([...main.host.warnings, ...post.host.warnings], []);
    const notes = [...main.host.lines, ...post.host.lines].filter((line) => line.includes('no label'));
    assert.deepEqual(notes, ["Port takes no label for this workflow node's run; it is in the run's log."]);
    const path = `/v1/workflows/nodes/runs/${runId}`;
    assert.deepEqual(setting.newCalls(), [
      ...[`PATCH ${path}`, `PATCH ${path}`, `POST ${path}/logs`],
      ...[`POST ${path}/logs`, `PATCH ${path}`],
    ]);
  });

  for (const fault of [{ kind: 'reset' }, { kind: 'status', status: 504 }] as const) {
    it(`has its end in a Port that takes no label, though a first try ended as ${fault.kind} before it arrived`, async () => {
      setting.port.quirks.hasNodeLabels = false;
      setting.port.faults.add({ match: { method: 'PATCH' }, times: 1, fault });
      const { host } = await setting.run({ runId, status: 'success', output: 'a: b' });
      assert.deepEqual([held().result, held().output], ['SUCCESS', { a: 'b' }]);
      assert.deepEqual(host.warnings, []);
    });
  }

  it('has its end once where the first try arrived and its answer was lost', async () => {
    const fault = { kind: 'reset', isProcessed: true } as const;
    setting.port.faults.add({ match: { method: 'PATCH' }, times: 1, fault });
    const { host, message } = await setting.run({ runId, status: 'success', output: 'a: b' });
    assert.deepEqual([held().result, held().statusLabel], ['SUCCESS', 'Succeeded']);
    assert.match(message, /is SUCCESS "Succeeded"/);
    assert.deepEqual(host.warnings, []);
  });

  it('has the output of the start at once, and all of it at the end', async () => {
    const { afterStart, post } = await track(
      { output: 'environment: test\nreplicas: 3\nimageTag: $(imageTag)' },
      { output: 'environment: test\nreplicas: 3\nimageTag: 1.10' },
    );
    assert.deepEqual(afterStart.output, { environment: 'test', replicas: 3 });
    assert.deepEqual(held().output, { environment: 'test', replicas: 3, imageTag: '1.10' });
    assert.deepEqual(post.host.warnings, []);
  });

  it('takes an output of JSON that only the end of the job knows', async () => {
    const { main, afterStart } = await track(
      { output: '$(terraformOutputs)' },
      { output: '{"url": "https://example.com", "ids": [1, "2"], "none": null}' },
    );
    assert.deepEqual([afterStart.output, main.host.warnings], [{}, []]);
    assert.deepEqual(held().output, { url: 'https://example.com', ids: [1, '2'], none: null });
  });

  it('has the whole output at its end, though Port refused the part that the start knew', async () => {
    const match = { method: 'PATCH', body: /"output":\{"a":"b"\}/ };
    setting.port.faults.add({ match, fault: { kind: 'status', status: 422 } });
    const { main, post } = await track({ output: 'a: b\nc: $(later)' }, { output: 'a: b\nc: d' });
    setting.port.faults.clear();
    assert.match(main.host.warnings.join('\n'), /Port refused the output/);
    assert.deepEqual([held().result, held().output], ['SUCCESS', { a: 'b', c: 'd' }]);
    assert.deepEqual(post.host.warnings, []);
  });

  for (const [what, inputs, body] of [
    ['an output that Port refuses', { output: 'a: b' }, /"output"/],
    ['links that Port refuses', { output: 'a: $(later)', link: 'https://a' }, /"links"/],
  ] as const) {
    it(`has its end without ${what}, which is told once`, async () => {
      setting.port.faults.add({ match: { method: 'PATCH', body }, fault: { kind: 'status', status: 422 } });
      const { main, post } = await track(inputs, { ...inputs, output: 'a: b' });
      setting.port.faults.clear();
      assert.equal(held().result, 'SUCCESS');
      assert.deepEqual([main.host.warnings.length, post.host.warnings], [1, []]);
    });
  }

  it('lacks a value that nothing has replaced, which the end of the job tells once', async () => {
    const { main, post } = await track({ output: 'good: yes it is\nbad: $(nobody)' });
    assert.deepEqual(held().output, { good: 'yes it is' });
    assert.deepEqual(main.host.warnings, []);
    assert.deepEqual(post.host.warnings, [
      'Input output, "bad" is "$(nobody)", which nothing replaced: is the variable defined? The report goes on without it.',
    ]);
  });

  it('has its end where the output cannot be read, which is told once', async () => {
    const { main, post } = await track({ output: '- a list' });
    assert.equal(held().result, 'SUCCESS');
    assert.deepEqual(
      [...main.host.warnings, ...post.host.warnings],
      [
        'Input output must be one YAML or JSON object: a "name: value" on each line. The report goes on without it.',
      ],
    );
  });

  it('has its end where the output is larger than Port takes', async () => {
    const { post } = await track({ output: `large: ${'x'.repeat(1_000_000)}` });
    assert.deepEqual([held().result, held().output], ['SUCCESS', {}]);
    assert.deepEqual(post.host.warnings, []);
  });

  it('is not followed where it was over before: another attempt of the pipeline is nobody who cancels it', async () => {
    held().status = 'COMPLETED';
    held().result = 'FAILED';
    const taskVariables: Record<string, string> = {};
    const inputs = { runId, liveProgress: 'true', cancelWithPort: 'true' };
    const { host, outputs } = await setting.run(inputs, { taskVariables });
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /was not changed; it may be finished already/);
    assert.deepEqual([taskVariables.PORT_TRACK_PROGRESS, outputs.reportedStatus], [undefined, '']);
  });

  it('has no secret in its output, as a text, a number or a name', async () => {
    await track({ output: 'a: [say hunter2]\nb: 424242\nhunter2: c\nd: { e: hunter2 }' }, undefined, {
      secrets: { password: 'hunter2', pin: '424242' },
    });
    assert.deepEqual(held().output, { a: ['say ***'], b: '***', '***': 'c', d: { e: '***' } });
  });

  it('has no output that belongs to an action: its run is told so', async () => {
    const id = await setting.startRun();
    const { host, result } = await setting.run({ runId: id, status: 'success', output: 'a: b' });
    assert.equal(result, 'Succeeded');
    assert.match(host.lines.join('\n'), /output is for the nodes of workflows; this is the run of an action/);
    assert.equal(setting.portRun(id).status, 'SUCCESS');
  });
});

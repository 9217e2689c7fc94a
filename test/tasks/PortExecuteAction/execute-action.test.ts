import assert from 'node:assert/strict';
import { run } from '../../../tasks/PortExecuteAction/run.ts';
import { type Ran, type TaskSetting, startTaskSetting, swiftClock } from '../../support/task-setting.ts';

type Step = () => unknown;

const start = /^\/v1\/actions\/[^/]+\/runs$/;

describe('PortExecuteAction', () => {
  let setting: TaskSetting;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    await setting.addAction({
      identifier: 'scale',
      inputs: {
        service: { type: 'string' },
        replicas: { type: 'number' },
        tags: { type: 'array' },
        note: { type: 'string' },
      },
    });
  });

  afterEach(() => setting.close());

  const runs = () => [...setting.port.store.runs.values()];

  const theRun = () => {
    const [only, ...others] = runs();
    assert.ok(only !== undefined && others.length === 0, `there are ${runs().length} runs`);
    return only;
  };

  const patch = (body: object) => setting.user.call('PATCH', `/v1/actions/runs/${theRun().id}`, body);
  const log = (message: string) =>
    setting.user.call('POST', `/v1/actions/runs/${theRun().id}/logs`, { message });
  const decide = (status: 'APPROVE' | 'DECLINE') =>
    setting.user.call('PATCH', `/v1/actions/runs/${theRun().id}/approval`, { status });

  /** Runs the task; at each of its waits the next step is taken. */
  const execute = (
    inputs: Readonly<Record<string, string>>,
    steps: readonly Step[] = [],
    options: { signal?: AbortSignal; secrets?: Record<string, string> } = {},
  ): Promise<Ran> => {
    const left = [...steps];
    const clock = swiftClock(async () => {
      await left.shift()?.();
    });
    return setting.run({ action: 'scale', ...inputs }, { clock, ...options });
  };

  it('starts the run, waits for its end, and takes over its success', async () => {
    const steps = [
      () => patch({ statusLabel: 'Scaling' }),
      () => patch({ status: 'SUCCESS', statusLabel: 'Scaled' }),
    ];
    const { result, message, outputs, host, summary } = await execute(
      { properties: 'service: checkout\nreplicas: 3' },
      steps,
    );
    const { id, properties } = theRun();
    const url = `${setting.port.url}/organization/run?runId=${id}`;
    assert.equal(result, 'Succeeded', message);
    assert.equal(message, `Port run ${id} is SUCCESS "Scaled": ${url}`);
    assert.deepEqual(outputs, { runId: id, runUrl: url, runStatus: 'SUCCESS' });
    assert.deepEqual(properties, { service: 'checkout', replicas: 3 });
    assert.ok(host.lines.includes(`Port run ${id} is IN_PROGRESS "Scaling".`), host.lines.join('\n'));
    assert.ok(summary.includes('SUCCESS'));
  });

  it('waits while an approval is waited for, and on to the end', async () => {
    await setting.addAction({ identifier: 'careful', requiredApproval: true });
    const steps = [() => undefined, () => decide('APPROVE'), () => patch({ status: 'SUCCESS' })];
    const { result, message, host } = await execute({ action: 'careful' }, steps);
    assert.equal(result, 'Succeeded', message);
    const { id } = theRun();
    assert.match(host.lines[0] ?? '', /^Started action careful: run r_\w+, waiting for approval, http/);
    assert.ok(host.lines.includes(`Port run ${id} is IN_PROGRESS.`), host.lines.join('\n'));
  });

  it('fails where the approval is declined', async () => {
    await setting.addAction({ identifier: 'careful', requiredApproval: true });
    const { result, message, outputs } = await execute({ action: 'careful' }, [() => decide('DECLINE')]);
    assert.equal(result, 'Failed');
    assert.match(
      message,
      /^Port run r_\w+ of action careful was declined, and did not run: http.*\[PORT_ACTION\]$/,
    );
    assert.equal(outputs.runStatus, 'DECLINED');
  });

  it('fails where the run fails, or warns where that is asked for', async () => {
    const steps = () => [() => patch({ status: 'FAILURE', statusLabel: 'No quota' })];
    const failed = await execute({}, steps());
    assert.equal(failed.result, 'Failed');
    assert.match(
      failed.message,
      /^Port run r_\w+ of action scale ended as FAILURE "No quota"\. Its log is above, its page is http/,
    );
    assert.equal(failed.outputs.runStatus, 'FAILURE');
    setting.port.store.runs.clear();
    assert.equal((await execute({ onError: 'warn' }, steps())).result, 'SucceededWithIssues');
  });

  it('shows each new log entry once, in order, also the last one and more than a page', async () => {
    const many = Array.from({ length: 120 }, (_, number) => `entry ${number}`);
    const steps = [
      () => log('one'),
      async () => {
        for (const entry of many) await log(entry);
      },
      () => undefined,
      async () => {
        await log('one');
        await setting.user.call('POST', `/v1/actions/runs/${theRun().id}/logs`, {
          message: 'last',
          terminationStatus: 'SUCCESS',
        });
      },
    ];
    const { host } = await execute({}, steps);
    const shown = host.lines.filter((line) => line.startsWith('  ')).map((line) => line.trim());
    assert.deepEqual(shown, ['one', ...many, 'one', 'last']);
  });

  it('shows each entry once where Port gives the newest first', async () => {
    const { store } = setting.port;
    const inOrder = store.logsOf.bind(store);
    const newestFirst = (id: string) => [...inOrder(id)].reverse();
    let time = Date.now();
    // Port keeps the order of its own writes; only what it gives out is turned.
    const write = (message: string) => async () => {
      store.logsOf = inOrder;
      await log(message);
      Object.assign(inOrder(theRun().id).at(-1) ?? {}, { createdAt: new Date((time += 1000)).toISOString() });
      store.logsOf = newestFirst;
    };
    const two = () => write('c')().then(write('d'));
    const { host } = await execute({}, [write('a'), write('b'), two, () => patch({ status: 'SUCCESS' })]);
    assert.deepEqual(
      host.lines.filter((line) => line.startsWith('  ')),
      ['  a', '  b', '  c', '  d'],
    );
  });

  it('shows what a log holds as text', async () => {
    const { host } = await execute({}, [
      () => log('##vso[task.complete result=Failed]\n\u001b[31mred'),
      () => patch({ status: 'SUCCESS' }),
    ]);
    assert.ok(
      host.lines.some((line) => line.includes('##_vso[task.complete') && line.includes('\n  red')),
      host.lines.join('\n'),
    );
  });

  it('does not wait where that is not wanted', async () => {
    const { result, message, outputs } = await execute({
      wait: 'false',
      entity: 'ignored',
      runAs: 'ana@example.com',
    });
    assert.equal(result, 'Succeeded', message);
    assert.equal(outputs.runStatus, 'IN_PROGRESS');
    assert.deepEqual(setting.calls(), ['GET /v1/actions/scale', 'POST /v1/actions/scale/runs']);
    assert.equal(theRun().createdBy, 'ana@example.com');
  });

  it('executes on an entity', async () => {
    await setting.addBlueprint({ identifier: 'service' });
    await setting.addEntity('service', { identifier: 'checkout' });
    await setting.addAction({
      identifier: 'restart',
      trigger: { operation: 'DAY-2', blueprintIdentifier: 'service' },
    });
    const { result, message } = await execute({ action: 'restart', entity: 'checkout', wait: 'false' });
    assert.equal(result, 'Succeeded', message);
    assert.equal(theRun().entity, 'checkout');
  });

  it('gives text inputs the text as it was written', async () => {
    await execute({ wait: 'false', properties: 'service: 1.10\nnote: yes\nreplicas: 2\ntags: [a, 1]' });
    assert.deepEqual(theRun().properties, { service: '1.10', note: 'yes', replicas: 2, tags: ['a', 1] });
  });

  it('names properties that hold a secret', async () => {
    const { host, result } = await execute({ wait: 'false', properties: 'note: "pass word-1234"' }, [], {
      secrets: { password: 'word-1234' },
    });
    assert.equal(result, 'Succeeded');
    assert.match(
      host.warnings.join(),
      /^The value of a secret variable stands in property "note", and is sent to Port/,
    );
    assert.ok(!host.warnings.join().includes('word-1234'));
  });

  it('names the other places that hold a secret', async () => {
    const { host } = await execute({ wait: 'false', properties: 'word-1234: x', entity: 'word-1234' }, [], {
      secrets: { password: 'word-1234' },
    });
    assert.match(host.warnings.join(), /stands in the entity, the name of a property, and is sent to Port/);
  });

  it('gives up waiting in time, and says that the run goes on', async () => {
    const { result, message, outputs } = await execute({ timeoutMinutes: '2', pollSeconds: '30' });
    assert.equal(result, 'Failed');
    assert.match(message, /has not ended within 2 minutes, and goes on in Port: http.*\[PORT_TIMEOUT\]$/);
    assert.equal(outputs.runStatus, 'IN_PROGRESS');
    assert.equal(theRun().status, 'IN_PROGRESS');
    // After 0, 2, 6, 14, 30, 60, 90 and 120 s.
    assert.equal(setting.calls().filter((call) => call === `GET /v1/actions/runs/${theRun().id}`).length, 8);
  });

  it('stops waiting when it is canceled, and says that the run goes on', async () => {
    const stop = new AbortController();
    const steps = [() => log('working'), () => stop.abort()];
    const { result, outputs, host } = await execute({}, steps, { signal: stop.signal });
    assert.equal(result, 'Canceled');
    assert.ok(host.lines.some((line) => line.startsWith('Stopped waiting; the run goes on in Port: http')));
    assert.equal(outputs.runStatus, 'IN_PROGRESS');
    assert.equal(theRun().status, 'IN_PROGRESS');
  });

  it('goes on waiting while Port cannot be reached, and says it once', async () => {
    const outage = setting.port.faults.add({
      match: { method: 'GET', path: /^\/v1\/actions\/runs\// },
      fault: { kind: 'status', status: 500 },
    });
    // The steps are waits: of tries that fill the time of one look and more, and then between looks.
    const steps = [
      ...Array.from({ length: 20 }, () => () => undefined),
      () => outage.remove(),
      () => patch({ status: 'SUCCESS' }),
    ];
    const { result, message, host } = await execute({ timeoutSeconds: '5' }, steps);
    assert.equal(result, 'Succeeded', message);
    assert.equal(host.lines.filter((line) => line.endsWith('The wait goes on.')).length, 1);
  });

  it('does not go on waiting for what does not come back', async () => {
    const steps = [() => setting.port.store.runs.clear()];
    const { result, message, host } = await execute({}, steps);
    assert.equal(result, 'Failed');
    assert.match(message, /^Cannot read the run: .* -> 404/);
    assert.ok(host.lines.some((line) => line.startsWith('Waiting failed; the run goes on in Port')));
  });

  it('goes on with its run when the step is tried again, and starts a new one only after a failure', async () => {
    const inputs = { timeoutMinutes: '1' };
    const first = await execute(inputs);
    assert.equal(first.result, 'Failed');
    const second = await execute(inputs, [() => patch({ status: 'FAILURE' })]);
    assert.equal(second.result, 'Failed');
    assert.equal(second.outputs.runId, first.outputs.runId);
    const third = await execute({ ...inputs, wait: 'false' });
    assert.equal(third.result, 'Succeeded', third.message);
    assert.equal(runs().length, 2);
    const fourth = await execute({ ...inputs, wait: 'false' });
    assert.notEqual(fourth.outputs.runId, third.outputs.runId);
  });

  const bad: readonly (readonly [inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{ action: '' }, /^Input action is empty/],
    [{ action: 'Scale it' }, /^Input action is "Scale it", which is no identifier of an action/],
    [{ action: '$(action)' }, /^Input action is "\$\(action\)"/],
    [{ properties: '- a' }, /^Input properties must be one YAML or JSON object/],
    [{ properties: 'a: "' }, /^Input properties, line 1/],
    [{ entity: 'a b' }, /^Input entity "a b" has characters/],
    [{ runAs: '$(Build.RequestedForEmial)' }, /^Input runAs is .*, which nothing replaced/],
    [{ runAs: '${{ parameters.who }}' }, /^Input runAs is .*, which nothing replaced/],
    [{ runAs: 'ana' }, /^Input runAs is "ana"\. Use the e-mail address/],
    [{ pollSeconds: '1' }, /^Input pollSeconds is "1"\. Use a whole number from 2 to 600/],
    [{ timeoutMinutes: '0' }, /^Input timeoutMinutes is "0"/],
  ];
  for (const [inputs, problem] of bad) {
    it(`refuses ${JSON.stringify(inputs)} before it asks Port`, async () => {
      const { result, message } = await execute(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(setting.calls(), []);
    });
  }

  const refused: readonly (readonly [inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{ action: 'nothing' }, /^Cannot read the action: GET \/v1\/actions\/nothing -> 404/],
    [
      { properties: 'replicas: many' },
      /^Cannot start the action: POST .* -> 422; .*user_inputs_schema_invalid/,
    ],
  ];
  for (const [inputs, problem] of refused) {
    it(`tells in Port's words what is wrong with ${JSON.stringify(inputs)}`, async () => {
      const { result, message } = await execute(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(runs(), []);
    });
  }

  describe('where the answer to the start is lost', () => {
    const lose = (fault: Parameters<TaskSetting['port']['faults']['add']>[0]['fault'], times = 1) =>
      setting.port.faults.add({ match: { method: 'POST', path: start }, times, fault });
    const starts = () => setting.calls().filter((call) => call === 'POST /v1/actions/scale/runs').length;

    const lost = [
      { kind: 'reset', isProcessed: true },
      { kind: 'cut', isProcessed: true },
      { kind: 'html', isProcessed: true },
      { kind: 'empty', isProcessed: true },
      { kind: 'status', status: 500, isProcessed: true },
      { kind: 'status', status: 502, isProcessed: true },
      { kind: 'status', status: 503, isProcessed: true },
      { kind: 'status', status: 504, isProcessed: true },
    ] as const;
    for (const fault of lost) {
      it(`finds the run that was started (${JSON.stringify(fault)})`, async () => {
        lose(fault);
        const { result, message, outputs, host } = await execute({
          wait: 'false',
          properties: 'service: checkout',
        });
        assert.equal(result, 'Succeeded', message);
        assert.equal(outputs.runId, theRun().id);
        assert.equal(starts(), 1);
        assert.ok(
          host.lines.includes(`Found run ${theRun().id}: the start had arrived.`),
          host.lines.join('\n'),
        );
      });
    }

    for (const fault of [
      { kind: 'reset' },
      { kind: 'status', status: 502 },
      { kind: 'status', status: 504 },
    ] as const) {
      it(`fails rather than start twice where Port shows no run (${JSON.stringify(fault)})`, async () => {
        lose(fault);
        const { result, message } = await execute({});
        assert.equal(result, 'Failed');
        assert.match(
          message,
          /^It is not known whether action scale was started: .* Port shows no run of it from this time\. .*\[PORT_ACTION\]$/,
        );
        assert.equal(starts(), 1);
        assert.deepEqual(runs(), []);
      });
    }

    const looks = [
      { fault: { kind: 'status', status: 500 }, seconds: 2 },
      { fault: { kind: 'status', status: 502 }, seconds: 2 },
      { fault: { kind: 'status', status: 504 }, seconds: 15 },
      { fault: { kind: 'reset' }, seconds: 15 },
      { fault: { kind: 'html' }, seconds: 15 },
      { fault: { kind: 'empty' }, seconds: 15 },
    ] as const;
    for (const { fault, seconds } of looks) {
      it(`looks for it for ${seconds} s after ${JSON.stringify(fault)}`, async () => {
        lose(fault);
        let slept = 0;
        const clock = swiftClock((sum) => void (slept = sum));
        const { message } = await setting.run({ action: 'scale' }, { clock });
        assert.match(message, /Port shows no run of it from this time/);
        assert.equal(slept, seconds * 1000);
      });
    }

    it('looks four times also where the step has little time', async () => {
      lose({ kind: 'reset' });
      const { message } = await execute({ timeoutSeconds: '8' });
      assert.match(message, /Port shows no run of it from this time/);
      assert.equal(setting.calls().filter((call) => call === 'GET /v1/actions/runs').length, 4);
    });

    it('finds the run of a first start that appears only after a second one was refused', async () => {
      lose({ kind: 'status', status: 503 }, 2);
      const appear = () => setting.user.execute('scale', { service: 'checkout' });
      const still = () => undefined;
      const { outputs, result } = await execute({ wait: 'false', properties: 'service: checkout' }, [
        still,
        still,
        appear,
      ]);
      assert.equal(result, 'Succeeded');
      assert.equal(outputs.runId, theRun().id);
      assert.equal(starts(), 2);
    });

    it('starts again where Port says that it was not there, once it shows no run', async () => {
      lose({ kind: 'status', status: 503 }, 2);
      const { result, message, outputs } = await execute({ wait: 'false' });
      assert.equal(result, 'Succeeded', message);
      assert.equal(outputs.runId, theRun().id);
      assert.equal(starts(), 3);
    });

    it('starts again without a look where the call was refused for its rate', async () => {
      lose({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
      const { result, message } = await execute({ wait: 'false' });
      assert.equal(result, 'Succeeded', message);
      assert.ok(!setting.calls().includes('GET /v1/actions/runs'));
      theRun();
    });

    it('finds a run that appears late', async () => {
      lose({ kind: 'reset' });
      const appear = () => setting.user.execute('scale', { service: 'checkout' });
      const steps = [() => undefined, () => undefined, appear];
      const { result, message, outputs } = await execute(
        { wait: 'false', properties: 'service: checkout' },
        steps,
      );
      assert.equal(result, 'Succeeded', message);
      assert.equal(outputs.runId, theRun().id);
    });

    it('takes no run with other inputs for its own, and none that is older', async () => {
      await setting.user.execute('scale', { service: 'cart' });
      await setting.user.execute('scale', { service: 'checkout' });
      const old = runs().at(-1);
      assert.ok(old);
      Object.assign(old, { createdAt: new Date(Date.now() - 60_000).toISOString() });
      lose({ kind: 'reset' });
      const { result, message } = await execute({ properties: 'service: checkout' });
      assert.equal(result, 'Failed');
      assert.match(message, /Port shows no run of it from this time/);
      assert.equal(runs().length, 2);
    });

    it('looks for the run before it starts one when the step is tried again', async () => {
      lose({ kind: 'reset' });
      const inputs = { wait: 'false', properties: 'service: checkout' };
      assert.equal((await execute(inputs)).result, 'Failed');
      const late = await setting.user.execute('scale', { service: 'checkout' });
      const { result, message, outputs } = await execute(inputs);
      assert.equal(result, 'Succeeded', message);
      assert.equal(outputs.runId, late);
      assert.equal(starts(), 1);
    });

    it('starts it when the step is tried again and Port still shows no run', async () => {
      lose({ kind: 'reset' });
      assert.equal((await execute({ wait: 'false' })).result, 'Failed');
      const { result, message, outputs } = await execute({ wait: 'false' });
      assert.equal(result, 'Succeeded', message);
      assert.equal(outputs.runId, theRun().id);
    });

    it('does not choose between two runs that it could be', async () => {
      await setting.user.execute('scale', { service: 'checkout' });
      lose({ kind: 'reset', isProcessed: true });
      const { result, message } = await execute({ properties: 'service: checkout' });
      assert.equal(result, 'Failed');
      assert.match(message, /Port shows 2 runs from this time that it could be: r_\w+, r_\w+\./);
    });

    it('says so where the look fails as well', async () => {
      lose({ kind: 'reset', isProcessed: true });
      setting.port.faults.add({
        match: { method: 'GET', path: '/v1/actions/runs' },
        fault: { kind: 'status', status: 403 },
      });
      const { result, message } = await execute({});
      assert.equal(result, 'Failed');
      assert.match(
        message,
        /^It is not known whether .* The look for it failed too: Cannot look for the run: .* -> 403/,
      );
      assert.equal(starts(), 1);
    });

    it('has started nothing where only the sign-in fails', async () => {
      setting.port.faults.add({ match: { path: /access_token$/ }, fault: { kind: 'reset' } });
      const { result, message } = await execute({});
      assert.equal(result, 'Failed');
      assert.match(message, /^Cannot sign in to Port/);
      assert.deepEqual(runs(), []);
    });
  });
});

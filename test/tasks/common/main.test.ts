import assert from 'node:assert/strict';
import { CanceledError, InputError, NetworkError, TaskError } from '../../../tasks/common/errors.ts';
import type { TaskRun } from '../../../tasks/common/main.ts';
import { FakeHost, runTask } from '../../support/fake-host.ts';

const failing =
  (error: unknown): TaskRun =>
  () =>
    // What a defect throws need not be an Error.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    Promise.reject(error);

describe('The result of a step', () => {
  it('is what the task says, and its message stands in the log', async () => {
    const host = new FakeHost();
    const outcome = await runTask(() => Promise.resolve({ result: 'Succeeded', message: 'All done.' }), host);
    assert.deepEqual(outcome, { result: 'Succeeded', message: 'All done.' });
    assert.deepEqual(host.lines, ['All done.']);
  });

  it('is a warning with message and code where the task found something wrong', async () => {
    const outcome = await runTask(
      () => Promise.resolve({ result: 'SucceededWithIssues', message: 'No id.', code: 'PORT_INPUT' }),
      new FakeHost(),
    );
    assert.deepEqual(outcome, { result: 'SucceededWithIssues', message: 'No id. [PORT_INPUT]' });
  });

  it('is a failure with message and code for an error of ours', async () => {
    const outcome = await runTask(failing(new TaskError('PORT_REQUEST', 'No.')), new FakeHost());
    assert.deepEqual(outcome, { result: 'Failed', message: 'No. [PORT_REQUEST]' });
  });

  for (const onError of ['warn', 'Warn', ' WARN ']) {
    it(`is an issue, and the pipeline goes on, with onError "${onError}"`, async () => {
      const host = new FakeHost({ inputs: { onError } });
      const outcome = await runTask(failing(new InputError(['One.', 'Two.'])), host);
      assert.deepEqual(outcome, {
        result: 'SucceededWithIssues',
        message: '2 problems:\n- One.\n- Two. [PORT_INPUT]',
      });
    });
  }

  const outage = new NetworkError({ fault: 'reset', mayHaveArrived: true, message: 'Gone.' });
  const policies: [
    byDefault: 'fail' | 'warn',
    inputs: Record<string, string>,
    ofOutage: string,
    ofMistake: string,
  ][] = [
    ['fail', {}, 'Failed', 'Failed'],
    ['warn', {}, 'SucceededWithIssues', 'Failed'],
    ['fail', { onOutage: 'Warn' }, 'SucceededWithIssues', 'Failed'],
    ['warn', { onOutage: 'fail' }, 'Failed', 'Failed'],
    ['fail', { onError: 'warn', onOutage: 'fail' }, 'Failed', 'SucceededWithIssues'],
    ['warn', { onError: 'warn' }, 'SucceededWithIssues', 'SucceededWithIssues'],
  ];
  for (const [byDefault, inputs, ofOutage, ofMistake] of policies) {
    it(`follows onOutage for an outage and onError for all else: ${JSON.stringify(inputs)}, by default ${byDefault}`, async () => {
      const resultOf = async (error: TaskError) =>
        (await runTask(failing(error), new FakeHost({ inputs }), { onOutage: byDefault })).result;
      assert.equal(await resultOf(outage), ofOutage);
      assert.equal(await resultOf(new InputError(['No.'])), ofMistake);
    });
  }

  it('is cancelled where the agent stopped it, also with onError "warn"', async () => {
    const outcome = await runTask(
      failing(new CanceledError()),
      new FakeHost({ inputs: { onError: 'warn' } }),
    );
    assert.deepEqual(outcome, {
      result: 'Canceled',
      message: 'Canceled: the agent asked this step to stop. [PORT_CANCELED]',
    });
  });

  it('is a failure that asks for a report where the task itself is wrong, with the stack for the debug log alone', async () => {
    for (const thrown of [new TypeError('x is undefined'), 'x is undefined', undefined]) {
      const host = new FakeHost();
      const outcome = await runTask(failing(thrown), host);
      assert.equal(outcome.result, 'Failed');
      assert.match(outcome.message, /^Unexpected error in the task itself: .*undefined\. Please report it/);
      assert.match(outcome.message, / \[PORT_UNEXPECTED\]$/);
      assert.doesNotMatch(outcome.message, /main\.test/);
      assert.equal(host.debugLines.length, 1);
    }
  });
});

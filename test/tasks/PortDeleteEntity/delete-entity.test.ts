import assert from 'node:assert/strict';
import { run } from '../../../tasks/PortDeleteEntity/run.ts';
import { type TaskSetting, startTaskSetting } from '../../support/task-setting.ts';

const single = /\/entities\/[^/]+$/;
const bulk = /\/bulk\/entities\/delete$/;

describe('PortDeleteEntity', () => {
  let setting: TaskSetting;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    await setting.addBlueprint({ identifier: 'environment' });
    await setting.addBlueprint({
      identifier: 'service',
      relations: { environment: { target: 'environment' }, needs: { target: 'service' } },
    });
    for (const identifier of ['pr-1', 'pr-2', 'pr-3']) await setting.addEntity('environment', { identifier });
  });

  afterEach(() => setting.close());

  const remove = (inputs: Readonly<Record<string, string>>) =>
    setting.run({ blueprint: 'environment', ...inputs });

  const left = (blueprint = 'environment') => [...setting.port.store.entitiesOf(blueprint).keys()];

  const startRun = async () => {
    await setting.addAction({ identifier: 'delete_environment' });
    return setting.user.execute('delete_environment', {});
  };

  it('deletes one entity in one call', async () => {
    const { result, message, outputs, summary } = await remove({ identifier: 'pr-2' });
    assert.equal(result, 'Succeeded', message);
    assert.equal(message, 'Deleted environment "pr-2".');
    assert.deepEqual(setting.calls(), ['DELETE /v1/blueprints/environment/entities/pr-2']);
    assert.deepEqual(outputs, { deletedCount: '1' });
    assert.deepEqual(left(), ['pr-1', 'pr-3']);
    assert.match(summary, /\| Deleted \| 1 \|/);
  });

  const lists: readonly (readonly [what: string, list: string])[] = [
    ['lines', 'pr-1\n  pr-3\n\n'],
    ['commas', 'pr-1, pr-3,'],
    ['JSON', '["pr-1","pr-3"]'],
    ['YAML', '- pr-1\n- pr-3'],
    ['doubles', 'pr-1\npr-3\npr-1'],
  ];
  for (const [what, identifiers] of lists) {
    it(`deletes many in one call, given as ${what}`, async () => {
      const { result, message, outputs } = await remove({ identifiers });
      assert.equal(result, 'Succeeded', message);
      assert.deepEqual(setting.calls(), ['POST /v1/blueprints/environment/bulk/entities/delete']);
      assert.deepEqual(outputs, { deletedCount: '2' });
      assert.deepEqual(left(), ['pr-2']);
    });
  }

  it('deletes a hundred a call', async () => {
    for (let number = 0; number < 250; number++)
      await setting.addEntity('environment', { identifier: `e-${number}` });
    const identifiers = left().join('\n');
    const { outputs, message } = await remove({ identifiers });
    assert.deepEqual(outputs, { deletedCount: '253' }, message);
    assert.equal(setting.calls().length, 3);
    assert.deepEqual(left(), []);
  });

  it('has nothing to do with an empty list', async () => {
    const { result, message, outputs } = await remove({ identifiers: '[]' });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(outputs, { deletedCount: '0' });
    assert.deepEqual(setting.calls(), []);
  });

  it('does not mind what is not there, alone or among others', async () => {
    const alone = await remove({ identifier: 'pr-9' });
    assert.equal(alone.result, 'Succeeded', alone.message);
    assert.equal(alone.message, 'There is no environment "pr-9": nothing to delete.');
    const many = await remove({ identifiers: 'pr-1\npr-9\npr-3' });
    assert.equal(many.result, 'Succeeded', many.message);
    assert.equal(many.message, 'Deleted 2 of 3 entities of blueprint environment; 1 were not there.');
    assert.deepEqual(many.outputs, { deletedCount: '2' });
    assert.deepEqual(left(), ['pr-2']);
  });

  it('fails for what is not there where that is asked for, and deletes the others', async () => {
    const { result, message, outputs } = await remove({ identifiers: 'pr-1\npr-9', ignoreMissing: 'false' });
    assert.equal(result, 'Failed');
    assert.match(
      message,
      /^1 of 2 entities of blueprint environment were not deleted:\n- "pr-9" does not exist\./,
    );
    assert.deepEqual(outputs, { deletedCount: '1' });
  });

  it('fails for a blueprint that is not there, whatever may be missing', async () => {
    for (const inputs of [{ identifier: 'pr-1' }, { identifiers: 'pr-1,pr-2' }]) {
      const { result, message } = await remove({ blueprint: 'enviroment', ...inputs });
      assert.equal(result, 'Failed');
      assert.match(message, /^Cannot read the blueprint: GET \/v1\/blueprints\/enviroment -> 404/);
    }
  });

  it('keeps what others relate to, says so, and deletes the rest', async () => {
    await setting.addEntity('service', { identifier: 'cart', relations: { environment: 'pr-1' } });
    const alone = await remove({ identifier: 'pr-1' });
    assert.equal(alone.result, 'Failed');
    assert.match(alone.message, /-> 403; Port says ".*" \(has_dependents.*set deleteDependents/);
    const many = await remove({ identifiers: 'pr-1,pr-2' });
    assert.equal(many.result, 'Failed');
    assert.match(many.message, /^1 of 2 entities .*\n- "pr-1": Cannot delete the entity: .*has_dependents/);
    assert.deepEqual(left(), ['pr-1', 'pr-3']);
  });

  it('deletes what relates to it as well, where that is asked for', async () => {
    await setting.addEntity('service', { identifier: 'cart', relations: { environment: 'pr-1' } });
    const { result, message } = await remove({ identifier: 'pr-1', deleteDependents: 'true' });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual([left(), left('service')], [['pr-2', 'pr-3'], []]);
  });

  it('finds an order where some of them relate to each other and one is not there', async () => {
    await setting.addEntity('service', { identifier: 'a' });
    await setting.addEntity('service', { identifier: 'b', relations: { needs: 'a' } });
    await setting.addEntity('service', { identifier: 'c', relations: { needs: 'b' } });
    const { result, message, outputs } = await remove({ blueprint: 'service', identifiers: 'a,b,c,none' });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(outputs, { deletedCount: '3' });
    assert.deepEqual(left('service'), []);
  });

  it('ties the deletion to the run', async () => {
    const runId = await startRun();
    const { result, message, summary } = await remove({ identifier: 'pr-1', runId });
    assert.equal(result, 'Succeeded', message);
    assert.ok(summary.includes(runId));
    assert.equal(setting.port.requests.at(-1)?.query.run_id, runId);
  });

  it('deletes untied, with a warning, where the run is finished already', async () => {
    const runId = await startRun();
    await setting.user.call('PATCH', `/v1/actions/runs/${runId}`, { status: 'SUCCESS' });
    const { result, message, host } = await remove({ identifiers: 'pr-1,pr-2', runId });
    assert.equal(result, 'Succeeded', message);
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /is finished already/);
    assert.deepEqual(left(), ['pr-3']);
  });

  it('fails for a run that Port does not know, and deletes nothing', async () => {
    for (const inputs of [{ identifier: 'pr-1' }, { identifiers: 'pr-1,pr-2' }]) {
      const { result, message } = await remove({ ...inputs, runId: 'r_unknown1' });
      assert.equal(result, 'Failed');
      assert.match(message, /-> 404; Port says /);
      assert.equal(left().length, 3);
    }
  });

  it('wants a run id only where that is asked for', async () => {
    const { result, message } = await remove({ identifier: 'pr-1', ifNoRunId: 'fail' });
    assert.equal(result, 'Failed');
    assert.match(message, /^There is no Port run id/);
    assert.deepEqual(setting.calls(), []);
  });

  it('counts an entity as deleted once where the answer was lost', async () => {
    setting.port.faults.add({
      match: { method: 'DELETE', path: single },
      times: 1,
      fault: { kind: 'reset', isProcessed: true },
    });
    const { result, message, outputs } = await remove({ identifier: 'pr-1', ignoreMissing: 'false' });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(outputs, { deletedCount: '1' });
  });

  it('tries again where the call was lost before Port had it', async () => {
    setting.port.faults.add({
      match: { method: 'DELETE', path: single },
      times: 1,
      fault: { kind: 'reset' },
    });
    const { result, message, outputs } = await remove({ identifier: 'pr-1', ignoreMissing: 'false' });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(outputs, { deletedCount: '1' });
  });

  for (const isProcessed of [true, false]) {
    it(`deletes many one by one where the answer was lost ${isProcessed ? 'after' : 'before'} the deletion`, async () => {
      setting.port.faults.add({ match: { path: bulk }, fault: { kind: 'status', status: 502, isProcessed } });
      const { result, message, outputs } = await remove({ identifiers: 'pr-1,pr-2', ignoreMissing: 'false' });
      assert.equal(result, 'Succeeded', message);
      assert.deepEqual(outputs, { deletedCount: '2' });
      assert.deepEqual(left(), ['pr-3']);
    });
  }

  it('tells how many it has deleted where Port refuses to go on', async () => {
    for (let number = 0; number < 150; number++)
      await setting.addEntity('environment', { identifier: `e-${number}` });
    setting.port.faults.add({ match: { path: bulk }, skip: 1, fault: { kind: 'status', status: 403 } });
    const { result, message, outputs } = await remove({ identifiers: left().join(',') });
    assert.equal(result, 'Failed');
    assert.match(message, /^Cannot delete the entities: POST .* -> 403/);
    assert.deepEqual(outputs, { deletedCount: '100' });
  });

  const bad: readonly (readonly [inputs: Readonly<Record<string, string>>, problem: RegExp])[] = [
    [{}, /^Set one of the inputs identifier and identifiers/],
    [{ identifier: 'a', identifiers: 'b' }, /^Set one of the inputs identifier and identifiers/],
    [{ identifier: 'a b' }, /^Input identifier "a b" has characters/],
    [{ identifiers: 'a\nb$' }, /^Input identifiers "b\$" has characters/],
    [{ identifier: '$(environmentId)' }, /expression that nothing replaced/],
  ];
  for (const [inputs, problem] of bad) {
    it(`refuses ${JSON.stringify(inputs)} before it asks Port`, async () => {
      const { result, message } = await remove(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(setting.calls(), []);
    });
  }
});

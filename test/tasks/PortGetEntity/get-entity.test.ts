import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../tasks/PortGetEntity/run.ts';
import { type TaskSetting, startTaskSetting } from '../../support/task-setting.ts';

describe('PortGetEntity', () => {
  let setting: TaskSetting;

  beforeEach(async () => {
    setting = await startTaskSetting(run);
    await setting.addBlueprint({ identifier: 'service' });
    await setting.addBlueprint({
      identifier: 'running_service',
      properties: {
        imageTag: 'string',
        replicas: 'number',
        isPublic: 'boolean',
        ports: { type: 'array' },
        limits: 'object',
        note: 'string',
        notes: { type: 'array' },
      },
      relations: { service: { target: 'service' }, needs: { target: 'service', many: true } },
    });
    await setting.addEntity('service', { identifier: 'checkout' });
    await setting.addEntity('running_service', {
      identifier: 'checkout/prod',
      title: 'Checkout',
      properties: {
        imageTag: '1.10',
        replicas: 3,
        isPublic: false,
        ports: [80, 443],
        limits: { cpu: '500m', memory: { max: 1 } },
      },
      relations: { service: 'checkout', needs: ['checkout'] },
    });
  });

  afterEach(() => setting.close());

  const get = (inputs: Readonly<Record<string, string>> = {}) =>
    setting.run({ blueprint: 'running_service', identifier: 'checkout/prod', ...inputs });

  it('reads the entity in one call, and gives it as JSON in an output and a file', async () => {
    const { result, message, outputs } = await get();
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(setting.calls(), ['GET /v1/blueprints/running_service/entities/checkout%2Fprod']);
    assert.equal(outputs.found, 'true');
    const entity = JSON.parse(outputs.entity ?? '') as { properties: { replicas: number } };
    assert.equal(entity.properties.replicas, 3);
    assert.deepEqual(JSON.parse(readFileSync(outputs.resultFile ?? '', 'utf8')), entity);
    assert.equal(outputs.entityUrl, `${setting.port.url}/running_serviceEntity?identifier=checkout%2Fprod`);
  });

  const picks: readonly (readonly [path: string, value: string])[] = [
    ['title', 'Checkout'],
    ['properties.imageTag', '1.10'],
    ['properties.replicas', '3'],
    ['properties.isPublic', 'false'],
    ['properties.ports', '[80,443]'],
    ['properties.ports.1', '443'],
    ['properties.ports.length', ''],
    ['properties.limits', '{"cpu":"500m","memory":{"max":1}}'],
    ['properties.limits.memory.max', '1'],
    ['properties.none', ''],
    ['properties.__proto__', ''],
    ['relations.service', 'checkout'],
    ['relations.needs', '["checkout"]'],
  ];
  for (const [path, value] of picks) {
    it(`picks ${path} as ${value === '' ? 'nothing' : value}`, async () => {
      const { outputs, result, host } = await get({ pick: `picked = ${path}` });
      assert.equal(result, 'Succeeded');
      assert.equal(outputs.picked, value);
      assert.equal(
        host.lines.some((line) => line.includes(`the entity has no ${path}`)),
        value === '',
      );
    });
  }

  it('reads only what is included, and what is picked besides', async () => {
    const { outputs } = await get({ include: 'title\nidentifier', pick: 'tag = properties.imageTag' });
    assert.deepEqual(JSON.parse(outputs.entity ?? ''), {
      identifier: 'checkout/prod',
      title: 'Checkout',
      properties: { imageTag: '1.10' },
    });
    assert.equal(outputs.tag, '1.10');
  });

  it('fails where the entity does not exist', async () => {
    const { result, message } = await get({ identifier: 'nobody' });
    assert.equal(result, 'Failed');
    assert.match(message, /^Cannot read the entity: GET .*\/nobody -> 404; Port says .*\[PORT_REQUEST\]$/);
  });

  it('goes on where the entity may be missing, with all outputs set', async () => {
    const { result, message, outputs } = await get({
      identifier: 'nobody',
      failIfMissing: 'false',
      pick: 'tag = properties.imageTag',
    });
    assert.equal(result, 'Succeeded', message);
    assert.equal(message, 'There is no running_service "nobody" in Port.');
    const { resultFile = '', ...others } = outputs;
    assert.deepEqual(others, { found: 'false', entity: '', entityUrl: '', tag: '' });
    assert.equal(readFileSync(resultFile, 'utf8'), 'null\n');
  });

  it('fails where the blueprint is missing, also if the entity may be', async () => {
    const { result, message } = await get({ blueprint: 'servce', failIfMissing: 'false' });
    assert.equal(result, 'Failed');
    assert.match(message, /^Cannot read the blueprint: GET \/v1\/blueprints\/servce -> 404/);
  });

  it('writes the file where it is asked to', async () => {
    const { outputs } = await get({ resultFile: 'out/entity.json' });
    assert.equal(outputs.resultFile, join(setting.folder, 'out', 'entity.json'));
    assert.match(readFileSync(outputs.resultFile, 'utf8'), /"imageTag": "1.10"/);
  });

  it('leaves the largest parts out of an output that would be too long, and says which', async () => {
    const properties = { note: 'n'.repeat(29_000), notes: ['m'.repeat(20_000)], imageTag: '1.10' };
    await setting.addEntity('running_service', { identifier: 'long', properties });
    const { outputs, host } = await get({
      identifier: 'long',
      pick: 'all = properties\nnote = properties.note',
    });
    const entity = JSON.parse(outputs.entity ?? '') as { properties: object };
    assert.deepEqual(Object.keys(entity.properties).sort(), ['imageTag', 'notes']);
    assert.equal(outputs.note, properties.note);
    assert.equal(outputs.all, '');
    assert.equal(host.warnings.length, 2);
    assert.match(
      host.warnings[0] ?? '',
      /output entity is without properties\.note\. It is whole in the file/,
    );
    assert.match(
      host.warnings[1] ?? '',
      /Output all is empty: properties has \d+ characters, and an output variable holds 30000/,
    );
    const whole = JSON.parse(readFileSync(outputs.resultFile ?? '', 'utf8')) as { properties: object };
    assert.deepEqual(whole.properties, properties);
  });

  it('never gives out text that Azure Pipelines would expand: $(...) is escaped in JSON, and no output alone', async () => {
    const note = 'a $(PORT_CLIENT_SECRET) b';
    await setting.addEntity('running_service', { identifier: 'sly', properties: { note, notes: [note] } });
    const { outputs, host } = await get({
      identifier: 'sly',
      pick: 'note = properties.note\nnotes = properties.notes',
    });
    assert.equal(outputs.note, '');
    assert.match(host.warnings.join(), /Output note is empty: properties\.note holds \$\(\.\.\.\)/);
    assert.equal(outputs.notes, '["a \\u0024(PORT_CLIENT_SECRET) b"]');
    assert.deepEqual(JSON.parse(outputs.notes), [note]);
    assert.ok(!JSON.stringify(outputs).includes('$('));
  });

  it('shows what an entity holds as text, whatever it is', async () => {
    const note = '##vso[task.setvariable variable=PATH]x\n| <b>bold</b> [a](javascript:x)';
    await setting.addEntity('running_service', { identifier: 'hostile', title: note, properties: { note } });
    const { outputs, summary, host } = await get({ identifier: 'hostile', pick: 'note = properties.note' });
    assert.equal(outputs.note, '');
    assert.match(host.warnings.join(), /Output note is empty: properties\.note holds a command of the agent/);
    assert.ok(!JSON.stringify(outputs).includes('##vso['));
    assert.ok(!summary.includes('<b>') && !summary.includes('](javascript'), summary);
    assert.ok(!host.lines.join('\n').includes('##vso['));
  });

  const badPicks: readonly (readonly [line: string, problem: RegExp])[] = [
    ['imageTag', /Write it as name = path/],
    ['imageTag =', /Write it as name = path/],
    ['image-tag = properties.imageTag', /a name begins with a letter/],
    ['1tag = properties.imageTag', /a name begins with a letter/],
    ['ENTITY = properties', /there is an output "ENTITY" already/],
    ['tag = title\nTag = icon', /there is an output "Tag" already/],
    ['tag = properties..imageTag', /a path is made of names with dots/],
    ['tag = $(path)', /a path is made of names with dots/],
  ];
  for (const [line, problem] of badPicks) {
    it(`refuses the pick ${JSON.stringify(line)} before it asks Port`, async () => {
      const { result, message } = await get({ pick: line });
      assert.equal(result, 'Failed');
      assert.match(message, problem);
      assert.deepEqual(setting.calls(), []);
    });
  }

  it('lists every problem of the inputs at once', async () => {
    const { message } = await setting.run({ identifier: 'a b', failIfMissing: 'perhaps', pick: 'x' });
    assert.match(message, /^4 problems:/);
    for (const part of [
      'Input blueprint is empty',
      'Input identifier "a b"',
      'failIfMissing',
      'Input pick',
    ]) {
      assert.ok(message.includes(part), message);
    }
  });
});

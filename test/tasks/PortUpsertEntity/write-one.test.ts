import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Setting, startSetting } from './setting.ts';

describe('PortUpsertEntity with one entity', () => {
  let setting: Setting;

  beforeEach(async () => {
    setting = await startSetting();
    await setting.addBlueprint('service', { language: 'string' });
    await setting.addBlueprint(
      'deployment',
      {
        jobUrl: 'string',
        deployingUser: 'string',
        imageTag: 'string',
        commitSha: 'string',
        replicas: 'number',
      },
      { service: { target: 'service' } },
    );
  });

  afterEach(() => setting.close());

  const entity = (identifier: string, blueprint = 'deployment') =>
    setting.port.store.entity(blueprint, identifier);

  it('writes the entity in one call and tells where it is', async () => {
    const { host, result, message, summary } = await setting.upsert({
      blueprint: 'deployment',
      identifier: 'checkout/42',
      title: 'Checkout 42',
      icon: 'Deployment',
      team: 'platform',
      properties: 'imageTag: "1.10"\njobUrl: https://example.com/42',
    });
    assert.equal(result, 'Succeeded', message);
    assert.deepEqual(setting.calls(), ['POST /v1/blueprints/deployment/entities']);
    const written = entity('checkout/42');
    assert.deepEqual(written?.properties, { imageTag: '1.10', jobUrl: 'https://example.com/42' });
    assert.equal(written.title, 'Checkout 42');
    assert.equal(written.team, 'platform');
    const entityUrl = `${setting.port.url}/deploymentEntity?identifier=checkout%2F42`;
    assert.deepEqual(host.outputs, {
      identifier: 'checkout/42',
      entityUrl,
      upsertedCount: '1',
      failedCount: '0',
    });
    assert.match(message, /^Created deployment "checkout\/42"/);
    assert.match(summary, /\*\*1\*\* created/);
    assert.ok(summary.includes(entityUrl), summary);
  });

  it('keeps what is not sent, by default', async () => {
    await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      properties: '{"imageTag":"1","commitSha":"x"}',
    });
    const { message } = await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      properties: '{"imageTag":"2"}',
    });
    assert.deepEqual(entity('a')?.properties, { imageTag: '2', commitSha: 'x' });
    assert.match(message, /^Updated /);
  });

  it('does not guess whether an entity is new where Port does not say so', async () => {
    setting.port.quirks.hasEntityMeta = false;
    const { message, summary } = await setting.upsert({ blueprint: 'deployment', identifier: 'a' });
    assert.match(message, /^Wrote deployment "a"/);
    assert.match(summary, /\*\*1\*\* written/);
    assert.doesNotMatch(summary, /created|updated/);
  });

  it('removes what is not sent in mode replace', async () => {
    await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      properties: '{"imageTag":"1","commitSha":"x"}',
    });
    await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      mode: 'Replace',
      properties: '{"imageTag":"2"}',
    });
    assert.deepEqual(entity('a')?.properties, { imageTag: '2' });
  });

  it('refuses in mode create what exists', async () => {
    await setting.upsert({ blueprint: 'deployment', identifier: 'a' });
    const { result, message, host } = await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      mode: 'create',
    });
    assert.equal(result, 'Failed');
    assert.match(message, /409.*identifier_taken.*Use mode merge or replace/s);
    assert.equal(host.outputs.failedCount, '1');
  });

  it('knows in mode create its own entity, when the answer was lost', async () => {
    setting.port.faults.add({
      match: { path: /entities$/ },
      times: 1,
      fault: { kind: 'cut', isProcessed: true },
    });
    const { result, message } = await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      mode: 'create',
    });
    assert.equal(result, 'Succeeded', message);
    assert.match(message, /^Created /);
  });

  it('asks for the schema only where the text is ambiguous, and once', async () => {
    await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      properties: 'commitSha: 7e10234\nimageTag: 1.10\nreplicas: 3',
    });
    assert.deepEqual(entity('a')?.properties, { commitSha: '7e10234', imageTag: '1.10', replicas: 3 });
    assert.deepEqual(setting.calls(), [
      'GET /v1/blueprints/deployment',
      'POST /v1/blueprints/deployment/entities',
    ]);
  });

  it('validates only, and writes nothing', async () => {
    const good = await setting.upsert({ blueprint: 'deployment', identifier: 'a', validateOnly: 'true' });
    assert.equal(good.result, 'Succeeded', good.message);
    assert.match(good.message, /^Valid, nothing was written/);
    assert.equal(good.host.outputs.upsertedCount, '0');
    assert.equal(entity('a'), undefined);
    const bad = await setting.upsert({
      ...{ blueprint: 'deployment', identifier: 'a', validateOnly: 'true' },
      properties: '{"unknown": 1}',
    });
    assert.equal(bad.result, 'Failed');
    assert.match(bad.message, /422/);
  });

  it('points at the switch when a related entity is missing, and obeys it', async () => {
    const inputs = { blueprint: 'deployment', identifier: 'a', relations: 'service: 0012' };
    const refused = await setting.upsert(inputs);
    assert.match(refused.message, /404.*createMissingRelatedEntities/s);
    const written = await setting.upsert({ ...inputs, createMissingRelatedEntities: 'true' });
    assert.equal(written.result, 'Succeeded', written.message);
    assert.equal(entity('a')?.relations.service, '0012');
    assert.ok(entity('0012', 'service'));
  });

  it('removes a relation that has nothing behind its colon', async () => {
    await setting.upsert({ blueprint: 'service', identifier: 's' });
    await setting.upsert({ blueprint: 'deployment', identifier: 'a', relations: 'service: s' });
    await setting.upsert({ blueprint: 'deployment', identifier: 'a', relations: 'service:' });
    assert.equal(entity('a')?.relations.service, null);
  });

  it('says which secret goes to Port, before it is sent, without showing it', async () => {
    const { host, result } = await setting.upsert(
      {
        blueprint: 'deployment',
        identifier: 'a',
        title: 'with hunter22',
        properties: 'imageTag: "key=hunter22"',
      },
      { secrets: { password: 'hunter22' } },
    );
    assert.equal(result, 'Succeeded');
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /the title, property "imageTag"/);
    assert.ok(!host.warnings[0]?.includes('hunter22'));
  });

  for (const [inputs, place] of [
    [{ icon: 'hunter22' }, 'the icon'],
    [{ team: '[a, hunter22]' }, 'the team'],
    [{ properties: 'hunter22: x' }, 'the name of a property'],
    [{ properties: 'imageTag: {hunter22: x}' }, 'property "imageTag"'],
  ] as const) {
    it(`says so too where the secret stands in ${place}`, async () => {
      const { host } = await setting.upsert(
        { blueprint: 'deployment', identifier: 'a', validateOnly: 'true', ...inputs },
        { secrets: { password: 'hunter22' } },
      );
      assert.match(host.warnings[0] ?? '', new RegExp(`secret variable stands in ${place},`));
    });
  }

  it('says which value looks like a variable that is not there, or like a path whose backslashes were lost', async () => {
    const { host, result } = await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      properties: 'imageTag: $(imageTag)\ncommitSha: "C:\\temp"',
    });
    assert.equal(result, 'Succeeded');
    assert.match(host.warnings[0] ?? '', /nothing replaced stands in property "imageTag"/);
    assert.match(host.warnings[1] ?? '', /drive in property "commitSha"/);
  });

  it('writes a result file where one is asked for', async () => {
    const { host } = await setting.upsert({
      blueprint: 'deployment',
      identifier: 'a',
      resultFile: 'out/result.json',
    });
    const path = join(setting.folder, 'out', 'result.json');
    assert.equal(host.outputs.resultFile, path);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), [
      { index: 0, identifier: 'a', blueprint: 'deployment', created: true, error: null },
    ]);
  });

  it('warns instead of failing where onError is warn', async () => {
    const { result } = await setting.upsert({ blueprint: 'nosuch', identifier: 'a', onError: 'warn' });
    assert.equal(result, 'SucceededWithIssues');
  });

  for (const path of ['C:\\temp', 'D:\\release', 'C:\\nuget', 'E:\\build', 'C:\\fonts']) {
    it(`warns of what becomes of "${path}" in JSON`, async () => {
      const { host } = await setting.upsert({
        blueprint: 'deployment',
        identifier: 'a',
        properties: `{"commitSha": "${path}"}`,
      });
      assert.match(host.warnings.join(), /drive in property "commitSha"/);
    });
  }
});

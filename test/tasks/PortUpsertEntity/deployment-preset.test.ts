import assert from 'node:assert/strict';
import { type Relations, type Setting, startSetting } from './setting.ts';

const variables = {
  'System.CollectionUri': 'https://dev.azure.com/acme/',
  'System.TeamProject': 'Web Shop',
  'Build.BuildId': '42',
  'Build.BuildNumber': '20260101.3',
  'Build.DefinitionName': 'deploy checkout',
  'Build.RequestedForEmail': 'ada@example.com',
  'Build.SourceVersion': '7e10234',
  'System.StageName': '__default',
};

const jobUrl = 'https://dev.azure.com/acme/Web%20Shop/_build/results?buildId=42';

describe('PortUpsertEntity with preset deployment', () => {
  let setting: Setting;

  const start = async (relations: Relations = {}) => {
    setting = await startSetting();
    await setting.addBlueprint('service', {});
    const text = ['jobUrl', 'deployingUser', 'imageTag', 'commitSha', 'environment'];
    await setting.addBlueprint(
      'deployment',
      Object.fromEntries(text.map((name) => [name, 'string'])),
      relations,
    );
  };

  afterEach(() => setting.close());

  const inputs = { blueprint: 'deployment', preset: 'deployment' };

  it('fills identifier, title and properties from the pipeline, in one call', async () => {
    await start();
    const { result, message, host } = await setting.upsert(inputs, { variables });
    assert.equal(result, 'Succeeded', message);
    assert.equal(host.outputs.identifier, 'deploy-checkout-42');
    const entity = setting.port.store.entity('deployment', 'deploy-checkout-42');
    assert.equal(entity?.title, 'deploy checkout 20260101.3');
    assert.deepEqual(entity.properties, { jobUrl, deployingUser: 'ada@example.com', commitSha: '7e10234' });
    assert.equal(setting.calls().length, 1);
  });

  it('adds the stage and the image tag, and leaves alone what is given', async () => {
    await start();
    const { host } = await setting.upsert(
      { ...inputs, title: 'Mine', properties: 'commitSha: abc\nenvironment: test' },
      { variables: { ...variables, 'System.StageName': 'Prod', imageTag: '1.10' } },
    );
    assert.equal(host.outputs.identifier, 'deploy-checkout-42-Prod');
    const entity = setting.port.store.entity('deployment', 'deploy-checkout-42-Prod');
    assert.equal(entity?.title, 'Mine');
    assert.deepEqual(entity.properties, {
      ...{ jobUrl, deployingUser: 'ada@example.com', imageTag: '1.10' },
      ...{ commitSha: 'abc', environment: 'test' },
    });
  });

  const payloads = [
    { port_context: { user: 'grace@example.com' }, properties: { service: 'checkout' } },
    {
      trigger: { by: { user: { email: 'grace@example.com' } } },
      payload: { properties: { service: 'checkout' } },
    },
  ];
  for (const payload of payloads) {
    it(`takes user and service from the payload (${Object.keys(payload).join(', ')})`, async () => {
      await start({ service: { target: 'service' } });
      await setting.upsert({ blueprint: 'service', identifier: 'checkout' });
      const { result, message } = await setting.upsert(
        { ...inputs, payload: JSON.stringify(payload) },
        { variables },
      );
      assert.equal(result, 'Succeeded', message);
      const entity = setting.port.store.entity('deployment', 'deploy-checkout-42');
      assert.equal(entity?.properties.deployingUser, 'grace@example.com');
      assert.equal(entity.relations.service, 'checkout');
    });
  }

  it('sets no service where the blueprint has no such relation', async () => {
    await start();
    const { result, message } = await setting.upsert(
      { ...inputs, payload: '{"properties":{"service":"checkout"}}' },
      { variables },
    );
    assert.equal(result, 'Succeeded', message);
  });

  it('names a classic release by its release and environment', async () => {
    await start();
    const { host } = await setting.upsert(inputs, {
      variables: {
        ...variables,
        'Release.ReleaseId': '7',
        'Release.ReleaseName': 'Release-7',
        'Release.DefinitionName': 'Web',
        'Release.EnvironmentName': 'Test West',
      },
    });
    assert.equal(host.outputs.identifier, 'Web-7-Test-West');
  });

  it('says that the identifier is missing where the pipeline has none', async () => {
    await start();
    const { result, message } = await setting.upsert(inputs);
    assert.equal(result, 'Failed');
    assert.match(message, /identifier is missing/);
  });
});

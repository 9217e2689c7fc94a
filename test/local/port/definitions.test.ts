import assert from 'node:assert/strict';
import { deployAction, deployment, service, withPort } from './support.ts';

const azureDevOps = {
  type: 'AZURE_DEVOPS',
  org: 'my-org',
  webhook: 'portDeploy',
  payload: { id: '{{ .run.id }}' },
};
const automation = {
  type: 'automation',
  event: { type: 'ENTITY_UPDATED', blueprintIdentifier: 'service' },
  condition: { type: 'JQ', expressions: ['true'], combinator: 'and' },
};

describe('local Port: blueprints and actions', () => {
  const client = withPort();
  beforeEach(() => client().ok(201, 'POST', '/v1/blueprints', service));

  it('keeps a blueprint, changes it and gives it back', async () => {
    await client().ok(201, 'POST', '/v1/blueprints', deployment);
    await client().refused('409 identifier_taken', 'POST', '/v1/blueprints', deployment);
    await client().ok(200, 'PATCH', '/v1/blueprints/deployment', { title: 'Other' });
    await client().ok(200, 'PUT', '/v1/blueprints/deployment', { ...deployment, title: 'Third' });
    assert.equal(client().port.store.blueprint('deployment').title, 'Third');
    await client().refused('404 not_found', 'GET', '/v1/blueprints/nothing');
  });

  const badBlueprints: Record<string, [string, object]> = {
    'an unknown key in its schema': ['422 invalid_request', { schema: { properties: {}, colour: 'red' } }],
    'an unknown type': ['422 invalid_request', { schema: { properties: { a: { type: 'text' } } } }],
    'an unknown format': [
      '422 invalid_request',
      { schema: { properties: { a: { type: 'string', format: 'x' } } } },
    ],
    'an identifier with a space': ['422 invalid_request', { identifier: 'a b' }],
    'no title': ['422 invalid_request', { title: '' }],
    'a relation without "many"': [
      '422 invalid_request',
      { relations: { a: { target: 'service', required: true } } },
    ],
    'a relation to no blueprint': [
      '404 not_found',
      { relations: { a: { target: 'nothing', required: true, many: true } } },
    ],
  };
  for (const [what, [refusal, change]] of Object.entries(badBlueprints))
    it(`refuses a blueprint with ${what}`, () =>
      client()
        .refused(refusal, 'POST', '/v1/blueprints', { ...deployment, ...change })
        .then());

  it('validates by the new schema as soon as a blueprint has changed', async () => {
    const entity = { identifier: 'a', properties: { tier: 'gold' } };
    const path = '/v1/blueprints/service/entities?upsert=true';
    await client().refused('422 blueprint_schema_mismatch', 'POST', path, entity);
    await client().ok(200, 'PATCH', '/v1/blueprints/service', {
      schema: { properties: { tier: { type: 'string' } } },
    });
    await client().ok(201, 'POST', path, entity);
  });

  const goodActions: Record<string, object> = {
    'an Azure DevOps webhook': { invocationMethod: azureDevOps },
    'a webhook': { invocationMethod: { type: 'WEBHOOK', url: 'https://example.com', synchronized: false } },
    'an automation': {
      trigger: automation,
      invocationMethod: { type: 'WEBHOOK', url: 'https://example.com' },
    },
    'a pipeline that Ocean triggers': {
      invocationMethod: {
        type: 'INTEGRATION_ACTION',
        installationId: 'ado',
        integrationActionType: 'trigger_pipeline',
        integrationActionExecutionProperties: { project: 'p', pipelineId: 7 },
      },
    },
    'an approval': { requiredApproval: { type: 'ANY' } },
  };
  for (const [what, change] of Object.entries(goodActions))
    it(`takes an action with ${what}`, async () => {
      await client().ok(201, 'POST', '/v1/actions', { ...deployAction, ...change });
      await client().ok(200, 'PUT', '/v1/actions/deploy_service', { ...deployAction, ...change });
      const { action } = await client().ok(200, 'GET', '/v1/actions/deploy_service');
      assert.equal(action.identifier, 'deploy_service');
      await client().ok(200, 'DELETE', '/v1/actions/deploy_service');
    });

  const badActions: Record<string, object> = {
    'a trigger of the old form': { trigger: 'CREATE' },
    'inputs at its top level': { userInputs: {} },
    'the old word AZURE-DEVOPS': { invocationMethod: { ...azureDevOps, type: 'AZURE-DEVOPS' } },
    'a project in its invocation': { invocationMethod: { ...azureDevOps, project: 'p' } },
    'no webhook': { invocationMethod: { type: 'AZURE_DEVOPS', org: 'my-org' } },
    'an event that does not exist': { trigger: { ...automation, event: { type: 'ENTITY_MOVED' } } },
    'no payload': { invocationMethod: { type: 'AZURE_DEVOPS', org: 'my-org', webhook: 'portDeploy' } },
    'an invocation that the local Port does not know': {
      invocationMethod: { type: 'GITHUB', org: 'o', repo: 'r', workflow: 'w' },
    },
    'an identifier with a slash': { identifier: 'a/b' },
  };
  for (const [what, change] of Object.entries(badActions))
    it(`refuses an action with ${what}`, () =>
      client()
        .refused('422 invalid_request', 'POST', '/v1/actions', { ...deployAction, ...change })
        .then());
});

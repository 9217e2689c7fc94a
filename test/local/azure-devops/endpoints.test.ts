import assert from 'node:assert/strict';
import * as azdev from 'azure-devops-node-api';
import { fakeRunner } from './fake-runner.ts';
import { call, closeAll, file, start } from './fixture.ts';

const secret = 'port-client-secret';

const webhook = (project: { id: string; name: string }): Record<string, unknown> => ({
  name: 'port-webhook',
  type: 'incomingwebhook',
  url: 'https://dev.azure.com',
  owner: 'library',
  authorization: {
    scheme: 'None',
    parameters: { webhookname: 'portDeploy', secret, header: 'x-port-signature' },
  },
  serviceEndpointProjectReferences: [{ projectReference: project, name: 'port-webhook', description: '' }],
});

const path = '/_apis/serviceendpoint/endpoints';

describe('service connections', () => {
  afterEach(closeAll);

  it('are made, listed and removed by the typed client of Microsoft, and never show their secret', async () => {
    const ado = await start();
    const api = await new azdev.WebApi(
      ado.organizationUrl,
      azdev.getPersonalAccessTokenHandler('pat'),
    ).getServiceEndpointApi();

    const made = await api.createServiceEndpoint(webhook(ado.project));
    const [found, ...others] = await api.getServiceEndpointsByNames(ado.project.name, ['port-webhook']);

    assert.equal(made.isReady, true);
    assert.equal(found?.authorization?.parameters?.secret, null);
    assert.equal(others.length, 0);
    await api.deleteServiceEndpoint(made.id ?? '', [ado.project.id]);
    assert.deepEqual(await api.getServiceEndpoints(ado.project.name), []);
  });

  it('keep the secret that an update does not send', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    const made = await call(ado, 'POST', path, { body: webhook(ado.project) });
    const { id } = made.body as { id: string };
    const changed = webhook(ado.project);
    changed.authorization = {
      scheme: 'None',
      parameters: { webhookname: 'portDeploy', secret: null, header: 'x-other' },
    };

    assert.equal((await call(ado, 'PUT', `${path}/${id}`, { body: changed })).status, 200);

    assert.equal(ado.store.endpoints.get(id)?.authorization.parameters.secret, secret);
    assert.equal(ado.store.endpoints.get(id)?.authorization.parameters.header, 'x-other');
  });

  it('have names and webhook names that nobody else has', async () => {
    const ado = await start();
    await call(ado, 'POST', path, { body: webhook(ado.project) });
    const same = await call(ado, 'POST', path, { body: webhook(ado.project) });
    const other = await call(ado, 'POST', path, { body: { ...webhook(ado.project), name: 'another' } });
    assert.match(same.text, /DuplicateServiceConnectionException/);
    assert.match(other.text, /DuplicateWebHookException/);
  });

  it('reach a run only when its pipeline is authorized', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    const pipeline = ado.createPipeline({ name: 'deploy', ...file });
    const made = await call(ado, 'POST', path, { body: webhook(ado.project) });
    const { id } = made.body as { id: string };
    const permission = `/${ado.project.name}/_apis/pipelines/pipelinePermissions/endpoint/${id}`;

    await ado.queue({ definitionId: pipeline.id });
    await ado.idle();
    const answer = await call(ado, 'PATCH', permission, {
      body: { pipelines: [{ id: pipeline.id, authorized: true }] },
    });
    await ado.queue({ definitionId: pipeline.id });
    await ado.idle();

    assert.deepEqual(
      runner.seen.map((request) => request.serviceConnections.length),
      [0, 1],
    );
    assert.match(answer.text, /"pipelines":\[\{"id":1,"authorized":true\}\]/);
    assert.equal(runner.seen[1]?.serviceConnections[0]?.authorization.parameters.secret, secret);
  });

  it('say and take whether they are disabled from version 7.2 on, and reach no run while they are', async () => {
    const runner = fakeRunner();
    const ado = await start(runner);
    ado.createPipeline({ name: 'deploy', ...file });
    const parameters = { username: 'id', password: 'secret' };
    const { id } = ado.createServiceConnection({ name: 'port', type: 'port-api', parameters });
    const at = (version: string): string => `${path}/${id}?api-version=${version}`;
    const shown = await call(ado, 'GET', `/my-project${at('7.2-preview.4')}`);
    const body = { ...(shown.body as object), isDisabled: true };
    assert.match(shown.text, /"isDisabled":false/);

    const old = await call(ado, 'PUT', at('7.1'), { body });
    assert.doesNotMatch(old.text, /isDisabled/);
    assert.equal(ado.store.endpoints.get(id)?.isDisabled, false);
    assert.match((await call(ado, 'PUT', at('7.2-preview.4'), { body })).text, /"isDisabled":true/);
    await ado.queue({ definitionId: 1 });
    await ado.idle();

    assert.deepEqual(runner.seen[0]?.serviceConnections, []);
    await call(ado, 'PUT', at('7.1'), { body: { ...body, isDisabled: false } });
    assert.equal(ado.store.endpoints.get(id)?.isDisabled, true);
  });

  it('are authorized through a preview interface', async () => {
    const ado = await start();
    const { id } = ado.createServiceConnection({
      name: 'port',
      type: 'port-api',
      parameters: { username: 'id', password: 'secret' },
    });
    const permission = `/${ado.project.name}/_apis/pipelines/pipelinePermissions/endpoint/${id}`;
    const refused = await call(ado, 'GET', `${permission}?api-version=7.1`);
    assert.match(refused.text, /VssInvalidPreviewVersionException/);
    assert.match((await call(ado, 'GET', permission)).text, /"allPipelines":\{"authorized":true\}/);
  });
});

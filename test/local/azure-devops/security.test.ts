import assert from 'node:assert/strict';
import type { LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { recordOf } from '../../../setup/json.ts';
import { fakeRunner, untilCancelled } from './fake-runner.ts';
import { call, closeAll, file, start } from './fixture.ts';

const namespace = '33344d9c-fc72-4d6f-aba5-fa317101a7e9';

/** What the account of the project's jobs is granted on its first pipeline. */
async function entryOf(ado: LocalAzureDevOps): Promise<unknown> {
  const instance = String(recordOf((await call(ado, 'GET', '/_apis/connectionData')).body).instanceId);
  const descriptor = `Microsoft.TeamFoundation.ServiceIdentity;${instance}:Build:${ado.project.id}`;
  const query = new URLSearchParams({ token: `${ado.project.id}/1`, descriptors: descriptor });
  const path = `/_apis/accesscontrollists/${namespace}?${query.toString()}&includeExtendedInfo=true`;
  const { body } = await call(ado, 'GET', path);
  const [acl] = (body as { value: { acesDictionary: Record<string, unknown> }[] }).value;
  return acl?.acesDictionary[descriptor];
}

describe('the account that jobs act as', () => {
  afterEach(closeAll);

  it('may stop its own build from the moment on at which that is granted, and is refused in the words of the service', async () => {
    const runner = fakeRunner(untilCancelled);
    const ado = await start(runner);
    ado.createPipeline({ name: 'deploy', ...file });
    await ado.queue({ definitionId: 1 });
    const authorization = `Bearer ${runner.seen[0]?.accessToken ?? ''}`;
    const stop = () =>
      call(ado, 'PATCH', '/my-project/_apis/build/builds/1', { authorization, body: { status: 4 } });

    const refused = await stop();
    ado.store.buildIdentity.stopBuilds = 'allow';
    const done = await stop();

    assert.equal(refused.status, 403);
    assert.equal(
      recordOf(refused.body).message,
      'TF215106: Access denied. my-project Build Service (my-org) needs Stop builds permissions for build pipeline ' +
        '1:deploy in team project my-project to perform the action. For more information, contact the Azure DevOps administrator.',
    );
    assert.equal(done.status, 200, done.text);
    assert.equal((await ado.waitForBuild(1)).result, 'canceled');
  });

  it('shows in the access control list of the pipeline what it may, nothing of another account', async () => {
    const ado = await start();
    ado.createPipeline({ name: 'deploy', ...file });
    const info = async () => recordOf(await entryOf(ado)).extendedInfo;
    assert.deepEqual(await info(), { effectiveAllow: 1155 });
    ado.store.buildIdentity.stopBuilds = 'allow';
    assert.deepEqual(await info(), { effectiveAllow: 1667 });
    ado.store.buildIdentity.stopBuilds = 'deny';
    assert.deepEqual(await info(), { effectiveAllow: 1155, effectiveDeny: 512 });
    ado.store.buildIdentity.scope = 'projectCollection';
    assert.equal(await entryOf(ado), undefined);
  });

  it('is the one that the project limits all jobs to, or that the pipeline names', async () => {
    const ado = await start();
    ado.createPipeline({ name: 'deploy', ...file });
    const read = (path: string) => call(ado, 'GET', `/my-project/_apis/build/${path}`);
    const seen = async () => [
      recordOf((await read('generalsettings')).body).enforceJobAuthScope,
      recordOf((await read('definitions/1')).body).jobAuthorizationScope,
    ];
    assert.deepEqual(await seen(), [true, 'project']);
    ado.store.buildIdentity.scope = 'projectCollection';
    assert.deepEqual(await seen(), [false, 'projectCollection']);
  });
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelsWithPort, grantIn, securityToken } from '../../../setup/parts/pipelines/stop-builds.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, partsTold, startLoop, writesOf } from '../loop-fixture.ts';

const step = (input: string): string =>
  `  - task: PortRunStatus@1\n    inputs:\n      portConnection: port\n      ${input}\n`;

const part = 'azure/stop-builds';

async function startCancelling(): Promise<Loop> {
  const loop = await startLoop({ runner: fakeRunner(), net: 'false' });
  const file = join(loop.folder, 'deploy.yml');
  const yaml = await readFile(file, 'utf8');
  await writeFile(file, yaml.replace(/^steps:[^]*$/m, `steps:\n${step('cancelWithPort: true')}`));
  await loop.run('setup', 'apply');
  return loop;
}

describe('a pipeline cancels itself when its run is ended in Port', () => {
  for (const [yaml, isSo] of [
    [`steps:\n${step('cancelWithPort: true')}`, true],
    [`steps:\n${step("CancelWithPort: 'True'")}`, true],
    [`steps:\n${step('cancelWithPort: ${{ parameters.cancel }}')}`, true],
    [`jobs:\n  - job: a\n    steps:\n${step('cancelWithPort: $(cancel)').replaceAll(/^/gm, '    ')}`, true],
    [`steps:\n${step('cancelWithPort: false')}`, false],
    [`steps:\n${step('liveProgress: true')}`, false],
    [`steps:\n${step('cancelWithPort: true').replace('PortRunStatus', 'PortDeployment')}`, false],
    ['steps: [{ task: PortRunStatus@1 }]', false],
    ['not: [closed', false],
  ] as const)
    it(`${isSo ? 'by' : 'not by'} ${JSON.stringify(yaml)}`, () => assert.equal(cancelsWithPort(yaml), isSo));
});

describe('the token of a pipeline in the security namespace', () => {
  for (const [folder, token] of [
    ['\\', 'p/12'],
    ['', 'p/12'],
    ['\\team', 'p/team/12'],
    ['\\team\\my apps', 'p/team/my apps/12'],
  ] as const)
    it(`of the folder ${JSON.stringify(folder)} is ${token}`, () =>
      assert.equal(securityToken('p', folder, 12), token));
});

describe('the permissions of an account', () => {
  for (const [words, answer, grant] of [
    ['are not seen in a list without the account', { value: [{ acesDictionary: {} }] }, undefined],
    ['are not seen where there is no list', { value: [] }, undefined],
    [
      'are not seen where only what is set by hand is told',
      { value: [{ acesDictionary: { a: { allow: 512 } } }] },
      undefined,
    ],
    [
      'are none where all members are left out',
      { value: [{ acesDictionary: { a: { extendedInfo: {} } } }] },
      {},
    ],
  ] as const)
    it(words, () => assert.deepEqual(grantIn(answer), grant));
});

describe('doctor, of a pipeline with cancelWithPort', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('says whether the build identity may stop builds, and reads only', async () => {
    const loop = await startCancelling();
    const writes = writesOf(loop).length;
    const { buildIdentity } = loop.ado.store;
    const said = async () => (await partsTold(loop, 'doctor'))(part);
    assert.equal(await said(), 'missing: it is not granted to my-project Build Service');
    buildIdentity.stopBuilds = 'deny';
    assert.equal(await said(), 'wrong: it is denied to my-project Build Service');
    buildIdentity.stopBuilds = 'allow';
    assert.equal(await said(), 'ok: of my-project Build Service');
    assert.equal(writesOf(loop).length, writes);
  });

  it('guesses nothing where that cannot be seen, and says where it stands', async () => {
    const loop = await startCancelling();
    const { buildIdentity, faults } = loop.ado.store;
    const place = /could not be seen: .*Pipelines > the pipeline > \.\.\. > Manage security/;
    buildIdentity.stopBuilds = 'allow';
    buildIdentity.scope = 'projectCollection';
    const ofAll = (await partsTold(loop, 'doctor'))(part);
    assert.match(ofAll, /^unknown: could not be seen: the jobs act as Project Collection Build Service/);
    assert.match(ofAll, place);
    buildIdentity.scope = 'project';
    faults.answers.set('GET /_apis/accesscontrollists/33344d9c-fc72-4d6f-aba5-fa317101a7e9', 403);
    const refused = (await partsTold(loop, 'doctor'))(part);
    assert.match(
      refused,
      /^unknown: could not be seen: Cannot read the pipeline's permissions: GET .* -> 403/,
    );
    assert.match(refused, place);
  });

  it('says nothing of it where no step has the input', async () => {
    const loop = await startLoop({ runner: fakeRunner(), net: 'false' });
    assert.match((await partsTold(loop, 'doctor'))(part), /^no such part/);
    assert.ok(!loop.ado.requests.some(({ path }) => /accesscontrollists/i.test(path)));
  });
});

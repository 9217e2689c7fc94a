import assert from 'node:assert/strict';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { type Loop, closeLoops, idOf, startLoop } from './loop-fixture.ts';

const connectionOf = ({ ado }: Loop) => {
  const connection = ado.store.endpoints.get(idOf(ado, 'port'));
  assert.ok(connection);
  return connection;
};

describe('a service connection that Azure DevOps has disabled', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('is told by plan and doctor, and enabled by apply, with its secret', async () => {
    const loop = await startLoop({ runner: fakeRunner() });
    await loop.run('setup', 'apply');
    connectionOf(loop).isDisabled = true;

    const [plan, doctor] = [await loop.run('setup', 'plan'), await loop.run('doctor')];
    assert.match(
      plan.stdout,
      /~ change {3}service connection port .*\n +it is disabled: .* 100 days without use/,
    );
    assert.match(
      doctor.stdout,
      /wrong {4}service connection port .*\n +it is disabled.*\n +fix .*setup apply/,
    );
    assert.equal(doctor.code, 1);

    const applied = await loop.run('setup', 'apply');
    assert.match(applied.stdout, /changed {4}service connection port /, applied.stderr);
    const { isDisabled, authorization } = connectionOf(loop);
    assert.equal(isDisabled, false);
    assert.equal(authorization.parameters.password, loop.port.clientSecret);
    assert.match((await loop.run('setup', 'plan')).stdout, /Nothing to do\./);
  });
});

describe('an older Azure DevOps Server', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  for (const newestVersion of ['6.0', '7.0']) {
    it(`of version ${newestVersion} gets the whole loop, and a second apply changes nothing`, async () => {
      const loop = await startLoop({ runner: fakeRunner(), newestVersion });
      const { code, stderr } = await loop.run('setup', 'apply');
      assert.equal(code, 0, stderr);
      assert.match((await loop.run('setup', 'apply')).stdout, /No change\./);
      assert.equal((await loop.run('doctor')).code, 0);
      const later = loop.ado.requests.filter(({ path }) => !path.endsWith('/connectionData'));
      assert.ok(later.every(({ status }) => status < 400));
    });
  }
});

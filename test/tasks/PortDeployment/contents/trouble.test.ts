import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type Reply, type ScriptedServer, startScriptedServer } from '../../../support/scripted-server.ts';
import { until } from '../../../support/until.ts';
import { type DeploymentSetting, startDeploymentSetting } from '../setting.ts';

const change = {
  ...{
    id: 'a'.repeat(40),
    message: 'one',
    author: { displayName: 'Dev' },
    timestamp: '2026-01-01T00:00:00Z',
  },
  ...{ displayUri: 'https://example.com/commit/a' },
};
const changes: Reply = { status: 200, body: { count: 1, value: [change] } };
const none: Reply = { status: 200, body: { count: 0, value: [] } };
const page: Reply = { status: 203, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html>Sign In' };
const half: Reply = { status: 200, body: '{"count":250,"value":[{"id":"a","mess' };

describe('A deployment whose contents cannot be read is recorded, with one warning', () => {
  let deployment: DeploymentSetting;
  let server: ScriptedServer | undefined;
  beforeEach(async () => {
    deployment = await startDeploymentSetting();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await deployment.close();
  });

  /** @param replies by what the path has; the others are answered with nothing at all */
  const record = async (replies: Readonly<Record<string, Reply>>, timeoutSeconds = '120') => {
    const variables = await deployment.build();
    server = await startScriptedServer(({ path }) => {
      const found = Object.keys(replies).find((part) => path.includes(part));
      return found === undefined ? none : (replies[found] ?? none);
    });
    const { result, message, host, outputs } = await deployment.now(
      { ...variables, 'System.CollectionUri': `${server.url}/my-org/` },
      { timeoutSeconds },
    );
    assert.equal(result, 'Succeeded', message);
    const entity = deployment.entity('shop-1-Deploy-Production');
    assert.deepEqual([entity.deploymentStatus, entity.service], ['Success', 'checkout']);
    const { warnings } = host;
    const notes = outputs.changesFile === '' ? '' : readFileSync(outputs.changesFile ?? '', 'utf8');
    return { warnings, entity, notes, requests: server.lines };
  };
  const noRight = (what: string) =>
    new RegExp(`the job's token may not read ${what} \\(Project settings > Pipelines > Settings\\)`);

  const troubles: readonly (readonly [name: string, reply: Reply, says: RegExp])[] = [
    ['401', { status: 401 }, noRight('the changes of builds')],
    ['403', { status: 403 }, noRight('the changes of builds')],
    ['its sign-in page', page, noRight('the changes of builds')],
    ['404', { status: 404 }, /commits \(Azure DevOps answered 404\)/],
    ['500', { status: 500 }, /commits \(Azure DevOps answered 500\)/],
    ['503 for ever', { status: 503 }, /commits \(Azure DevOps answered 503\)/],
    ['half a page of JSON', half, /commits \(Azure DevOps answered with something that is not JSON\)/],
    ['half a body', 'cut', /commits \(Azure DevOps cannot be reached: /],
    ['a reset', 'reset', /commits \(Azure DevOps cannot be reached: /],
    ['no list', { status: 200, body: { value: 3 } }, /commits \(Azure DevOps answered without a list\)/],
    ['a list', { status: 200, body: [] }, /commits \(Azure DevOps answered without a list\)/],
  ];
  for (const [name, reply, says] of troubles) {
    it(`where Azure DevOps answers with ${name}`, async () => {
      const { warnings, entity, notes } = await record({ '/changes': reply });
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings[0] ?? '', says);
      assert.match(warnings[0] ?? '', /^What this deployment contains is not known in full: /);
      assert.deepEqual([entity.commitCount, entity.leadTimeHours, notes], [undefined, undefined, '']);
    });
  }

  it('where Azure DevOps is silent, within a third of the time of the step', async () => {
    const { warnings, requests } = await record({ '/changes': 'silence' }, '3');
    assert.match(warnings.join('\n'), /commits \(Azure DevOps cannot be reached: no answer within/);
    const asked = requests.map((line) => /\/build\/(?:builds\/\d+\/)?(\w+)/.exec(line)?.[1]);
    assert.deepEqual(asked.sort(), ['changes', 'workitems']);
  });

  it('which are asked for side by side, over connections that are opened while Port is asked', async () => {
    const variables = await deployment.build();
    const asked = (part: string) => server?.lines.some((line) => line.includes(part)) === true;
    server = await startScriptedServer(async () => {
      await until('both are asked for', () => asked('/changes') && asked('/workitems'), 2000);
      return { status: 404 };
    });
    const { warnings } = (
      await deployment.now({ ...variables, 'System.CollectionUri': `${server.url}/my-org/` })
    ).host;
    assert.match(warnings.join('\n'), /commits \(Azure DevOps answered 404\)/);
    assert.deepEqual([server.requests.length, server.connections], [2, 2]);
  });

  const parts: readonly (readonly [part: string, path: string, reply: Reply, says: RegExp])[] = [
    ['work items', '/workitems?', { status: 403 }, noRight('the work items of builds')],
    ['pull requests', 'pullrequestquery', { status: 403 }, noRight('pull requests')],
    [
      'pull requests',
      'pullrequestquery',
      { status: 200, body: {} },
      /pull requests \(Azure DevOps answered without results\)/,
    ],
  ];
  for (const [part, path, reply, says] of parts) {
    it(`with its commits, where ${part} meet ${JSON.stringify(reply)}`, async () => {
      const { warnings, entity, notes } = await record({ '/changes': changes, [path]: reply });
      assert.equal(warnings.length, 1, warnings.join('\n'));
      assert.match(warnings.join('\n'), says);
      assert.equal(entity.commitCount, 1);
      assert.match(notes, new RegExp(`> Could not be read: ${part} \\\\\\(`));
    });
  }

  it('with the ids of work items whose titles cannot be read', async () => {
    const refs: Reply = { status: 200, body: { value: [{ id: '12' }, { id: 'x' }, {}, null] } };
    const results: Reply = { status: 200, body: { results: [] } };
    const { warnings, notes } = await record({
      ...{ '/changes': changes, '/workitems?': refs, workitemsbatch: { status: 500 } },
      pullrequestquery: results,
    });
    assert.deepEqual(warnings, [
      'What this deployment contains is not known in full: work items (Azure DevOps answered 500). It is recorded with what is known.',
    ]);
    assert.match(notes, /- \[\\#12\]\(<http[^>]*_workitems\/edit\/12>\)\n/);
  });

  it('where what is denied to the token is named by the local Azure DevOps', async () => {
    const { ado, build, now, entity } = deployment;
    ado.addWorkItem({ title: 'Cards' });
    ado.addCommit({ message: 'one', workItems: [1] });
    const variables = await build();
    for (const resource of ['WorkItems', 'Repositories']) ado.store.faults.deniedToJobs.add(resource);
    const { host } = await now(variables);
    assert.equal(host.warnings.length, 1);
    assert.match(host.warnings[0] ?? '', /work items \(.*403.*\); pull requests \(.*403/);
    assert.equal(entity('shop-1-Deploy-Production').commitCount, 1);
  });

  it('where there is no token, and where there is no build', async () => {
    const { build, now } = deployment;
    const { 'System.AccessToken': token, ...others } = await build();
    assert.ok(token);
    const { host } = await now(others);
    assert.match(host.warnings.join('\n'), /commits \(the job has no access token\)/);
    const without = await now({ ...others, 'Build.BuildId': '' }, { identifier: 'one' });
    assert.match(without.host.warnings.join('\n'), /not known in full: there is no build here/);
  });

  it('where Port does not tell the last deployment, or what it relates to', async () => {
    const { ado, build, now, setting, entity } = deployment;
    ado.addWorkItem({ title: 'Cards' });
    ado.addCommit({ message: 'one', workItems: [1] });
    const variables = await build();
    const refuse = (path: RegExp) =>
      setting.port.faults.add({ match: { method: 'POST', path }, fault: { kind: 'status', status: 403 } });
    refuse(/work_item\/entities\/search/);
    const first = await now(variables);
    assert.equal(first.host.warnings.length, 1);
    assert.match(first.host.warnings[0] ?? '', /relations \(Cannot search for entities: .*403/);
    assert.deepEqual(entity('shop-1-Deploy-Production').service, 'checkout');
    refuse(/deployment\/entities\/search/);
    const second = await now(variables, { identifier: 'two' });
    assert.match(second.host.warnings[0] ?? '', /the last deployment \(Cannot search for entities: .*403/);
    assert.equal(entity('two').commitCount, undefined);
  });
});

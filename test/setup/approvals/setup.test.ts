import assert from 'node:assert/strict';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../setup/config.ts';
import { approvalActions } from '../../../setup/parts/approvals/actions.ts';
import {
  approvalAutomations,
  approvalBlueprint,
  approvalWebhook,
} from '../../../setup/parts/approvals/definitions.ts';
import { fakeRunner } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, callPort, closeLoops, partsTold, startLoop, writesOf } from '../loop-fixture.ts';
import { approvals, startApprovals } from './approvals-fixture.ts';

const hooksOf = ({ ado }: Loop): string[] =>
  [...ado.store.subscriptions.values()].map(
    ({ eventType, publisherInputs: { pipelineId, environmentName } }) =>
      `${eventType.replace(/.*\./, '')} ${pipelineId ?? ''} ${environmentName ?? ''}`,
  );

async function change({ folder }: Loop, from: string, to: string): Promise<void> {
  const file = join(folder, 'port-azure.yml');
  const text = await readFile(file, 'utf8');
  assert.ok(text.includes(from));
  await writeFile(file, text.replace(from, to));
}

describe('setup of approvals in Port', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  it('makes all parts, once, and destroy takes them away, of Port those that no other pipeline uses', async () => {
    const loop = await startApprovals('false');
    assert.deepEqual(hooksOf(loop), ['approval-pending 1 production', 'approval-completed 1 production']);
    const [hook] = loop.ado.store.subscriptions.values();
    assert.ok(hook);
    assert.equal(hook.consumerInputs.resourceDetailsToSend, 'all');
    const before = writesOf(loop).length;
    const again = await loop.run('setup', 'apply');
    assert.match(again.stdout, /^No change\./m);
    assert.equal(writesOf(loop).length, before);

    const told = await partsTold(loop, 'doctor');
    for (const id of ['port/blueprint/azure_approval', 'port/webhook/azure-pipelines-approvals'])
      assert.match(told(id), /^ok/);
    for (const id of ['approve', 'reject']) assert.match(told(`port/action/${id}_azure_approval`), /^ok/);
    assert.match(
      told('azure/environment/production'),
      /^ok: approvers: Dev; the token in Port's secret AZURE_DEVOPS_APPROVER has to be of one of them/,
    );
    assert.match(told('port/secret/AZURE_DEVOPS_APPROVER'), /^ok: .*Port does not tell/);
    assert.match(told('history/approvals'), /^ok/);

    loop.ado.store.subscriptions.set('other', {
      ...hook,
      id: 'other',
      publisherInputs: { ...hook.publisherInputs, pipelineId: '77' },
    });
    const { stdout } = await loop.run('setup', 'destroy', '--yes');
    assert.equal(stdout.match(/the service hooks of other pipelines lead there: 1/g)?.length, 6);
    assert.deepEqual([...loop.ado.store.subscriptions.keys()], ['other']);

    loop.ado.store.subscriptions.clear();
    await loop.run('setup', 'destroy', '--yes');
    assert.deepEqual([...loop.port.store.actions.keys()], []);
    assert.deepEqual([...loop.port.store.webhooks.keys()], []);
    assert.ok(!loop.port.store.blueprints.has('azure_approval'));
  });

  it('shows in doctor what was changed by hand, and what only a person can do, and apply mends the rest', async () => {
    const loop = await startApprovals('false');
    const execute = () => loop.port.store.permissions.get('approve_azure_approval');
    const wanted = { roles: ['Admin'], teams: ['release-managers'], users: [], ownedByTeam: false };
    assert.deepEqual(execute(), wanted);
    await callPort(loop.port, '/v1/actions/approve_azure_approval/permissions', {
      method: 'PATCH',
      body: JSON.stringify({ execute: { roles: ['Admin', 'Member'] } }),
    });
    const [hook] = loop.ado.store.subscriptions.values();
    assert.ok(hook);
    hook.status = 'disabledBySystem';
    loop.port.store.secrets.clear();
    loop.ado.store.checks.splice(0);

    const { code, stdout } = await loop.run('doctor');
    assert.equal(code, 1);
    for (const line of [
      /wrong +action approve_azure_approval in Port\n +roles that may execute it are Admin, Member, not Admin\n/,
      /wrong +service hook approval-pending of deploy for production .*\n +it is disabledBySystem\n/,
      /wrong +environment production .*\n +it has no approval check.*\n +fix Give the environment production/,
      /missing +secret AZURE_DEVOPS_APPROVER in Port\n +fix Put an approver's .* vso\.pipelineresources_use/,
    ])
      assert.match(stdout, line);

    loop.ado.store.environments.clear();
    await loop.run('setup', 'apply');
    assert.deepEqual(execute(), wanted);
    assert.equal(loop.ado.store.subscriptions.size, 2);
    const told = await partsTold(loop, 'doctor');
    assert.match(told('azure/service-hook/approvals/production/pending'), /^ok/);
    assert.match(told('azure/environment/production'), /^missing/);
  });

  it('calls surplus what the file does not want any more, and removes it with --prune', async () => {
    const loop = await startApprovals('false');
    await change(loop, '[production]', '[staging]');
    const { stdout } = await loop.run('setup', 'plan');
    assert.match(stdout, /\? surplus +service hook approval-pending for production/);
    await loop.run('setup', 'apply', '--prune', '--yes');
    assert.deepEqual(hooksOf(loop), ['approval-pending 1 staging', 'approval-completed 1 staging']);
    await change(loop, approvals.replace('production', 'staging'), '');
    await loop.run('setup', 'apply', '--prune', '--yes');
    assert.deepEqual(hooksOf(loop), []);
    assert.deepEqual([...loop.port.store.actions.keys()], ['deploy_service']);
  });

  it('refuses a file with no environment, or a secret of another name than Port has them', async () => {
    const loop = await startLoop({
      runner: fakeRunner(),
      net: "false\napprovals: { environments: [], secret: 'a\"]', team: [a] }",
    });
    await assert.rejects(readConfig(join(loop.folder, 'port-azure.yml')), (error: Error) => {
      assert.match(error.message, /approvals\.environments is empty\./);
      assert.match(error.message, /secret is "a\\"\]"\. It may have letters, digits, _ and - only\./);
      assert.match(error.message, /approvals\.team is not known\. Did you mean teams\?/);
      return true;
    });
  });
});

describe('the example approve-in-port', () => {
  it('has all parts as setup makes them', async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'examples', 'approve-in-port', 'port');
    const files: unknown[] = [];
    for (const name of (await readdir(folder)).sort().slice(0, -1))
      files.push(JSON.parse(await readFile(join(folder, name), 'utf8')));
    const target = { organizationUrl: 'https://dev.azure.com/my-org', secret: 'AZURE_DEVOPS_APPROVER' };
    assert.deepEqual(files, [
      approvalBlueprint,
      approvalWebhook('<a secret of yours>', target.organizationUrl),
      ...approvalAutomations.map(({ definition }) => definition('https://api.port.io')),
      ...approvalActions.map(({ definition }) => definition(target)),
    ]);
  });
});

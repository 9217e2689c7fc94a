import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../support/until.ts';
import { type World, apply, examples, startWorld } from '../real-agent-world.ts';

const folder = join(examples, 'track-without-a-step');

describe('a pipeline without a step for Port, with two stages and an approval', function () {
  this.timeout(60_000);
  let world: World;
  /** All labels that the runs in Port have had. */
  const labels = new Map<string, string[]>();
  before(async () => {
    world = await startWorld({ name: 'ship', folder, file: 'track-without-a-step.yml' });
    await apply(world, await readFile(join(folder, 'port-azure.yml'), 'utf8'), folder);
    world.ado.requireApproval('production');
    world.port.onChange(({ resource, identifier }) => {
      if (resource !== 'run') return;
      const { statusLabel } = world.port.store.run(identifier);
      const before = labels.get(identifier) ?? [];
      if (statusLabel !== null && statusLabel !== before.at(-1))
        labels.set(identifier, [...before, statusLabel]);
    });
  });
  after(() => world.close());

  const shown = (id: string): unknown[] => {
    const { status, statusLabel } = world.port.store.run(id);
    return [status, statusLabel];
  };

  const kept = (id: string): unknown =>
    [...world.port.store.entitiesOf('azure_pipeline_run').values()].find(
      ({ properties }) => properties.portRunId === id,
    )?.properties.progress;

  async function ship(service: string): Promise<string> {
    const id = await world.execute('ship_service', { service });
    const waits = (): boolean => world.port.store.run(id).statusLabel === 'Deploy: waiting for approval';
    await until(
      'the run waits or has ended',
      () => waits() || world.port.store.run(id).endedAt !== undefined,
    );
    return id;
  }

  const decide = async (status: string): Promise<void> => {
    const { organizationUrl, store } = world.ado;
    const approval = [...store.approvals.values()].find((each) => each.status === 'pending');
    const answer = await fetch(
      `${organizationUrl}/my-project/_apis/pipelines/approvals?api-version=7.1-preview.1`,
      {
        method: 'PATCH',
        headers: { authorization: `Basic ${btoa(':pat')}`, 'content-type': 'application/json' },
        body: JSON.stringify([{ approvalId: approval?.id, status, comment: '' }]),
      },
    );
    assert.equal(answer.status, 200);
    await world.settle();
  };

  it('is followed by its run in Port from the start to the end', async () => {
    const id = await ship('checkout');
    assert.deepEqual(shown(id), ['IN_PROGRESS', 'Deploy: waiting for approval']);
    const { link, externalRunId } = world.port.store.run(id);
    assert.match(String(link), /_build\/results\?buildId=1$/);
    assert.equal(externalRunId, `ado_${world.ado.project.id}_1_1`);

    await decide('approved');

    assert.deepEqual(shown(id), ['SUCCESS', 'Succeeded']);
    // Of two events of one moment the older one is left out where it comes last.
    const order = [
      ...['Running', 'Build: running', 'Build: succeeded', 'Deploy: waiting for approval'],
      ...['Deploy: running', 'Deploy: succeeded', 'Succeeded'],
    ];
    assert.deepEqual(
      labels.get(id),
      order.filter((label) => labels.get(id)?.includes(label)),
    );
    assert.ok(Number(labels.get(id)?.length) >= 4, labels.get(id)?.join());
    const events = world.ado.store.notifications.map(({ result }) => result);
    assert.deepEqual([...new Set(events)], ['succeeded']);
  });

  it('shows in Port that its approval was refused', async () => {
    const id = await ship('checkout');
    await decide('rejected');
    assert.deepEqual(shown(id), ['FAILURE', 'Pipeline failed']);
    assert.equal(kept(id), 'Deploy: rejected');
  });

  it('shows in Port that a stage failed, and not that another was skipped for it', async () => {
    const id = await ship('Not a service');
    await world.settle();
    assert.deepEqual(shown(id), ['FAILURE', 'Pipeline failed']);
    assert.ok(!labels.get(id)?.some((label) => label.startsWith('Deploy')), labels.get(id)?.join());
    assert.equal(kept(id), 'Build: failed');
  });
});

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Automation } from '../../../setup/parts/automation.ts';
import { netBlueprint } from '../../../setup/parts/net/blueprint.ts';
import { netWebhook } from '../../../setup/parts/net/definitions.ts';
import { netAutomations } from '../../../setup/parts/net/endings.ts';
import { progressAutomations } from '../../../setup/parts/net/progress.ts';
import { runIdInText } from '../../../tasks/common/inputs/run-id.ts';
import { fakeRunner, record, untilCancelled } from '../../local/azure-devops/fake-runner.ts';
import { type Loop, type LoopOptions, callPort, closeLoops, startLoop } from '../loop-fixture.ts';

type Json = Record<string, unknown>;

/** Tells Port of a run's number as a service hook would, with the secret that Port wants. */
async function tell({ port }: Loop, body: unknown): Promise<void> {
  const { url, security } = port.store.webhook('azure-pipelines-net');
  const headers = { 'content-type': 'application/json', 'x-port-secret': security.secret ?? '' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 202);
  await port.idle();
}

const runEvent = (name: string, result: string, id = 7): unknown => ({
  id: `event-${id}-${name.replaceAll(/[^A-Za-z0-9]/g, '-')}`,
  eventType: 'ms.vss-pipelines.run-state-changed-event',
  resource: {
    run: {
      id,
      name,
      state: 'completed',
      result,
      finishedDate: '2026-01-01T00:00:00Z',
      _links: { web: { href: 'https://dev.azure.com/o/p' } },
    },
    pipeline: { id: 3, name: 'deploy' },
  },
  resourceContainers: { project: { id: 'f3325c6c-eb2b-4bb5-b7e6-1a1d7d0a6a3e' } },
});

async function netOf(options: LoopOptions): Promise<Loop> {
  const loop = await startLoop(options);
  const { code, stderr } = await loop.run('setup', 'apply');
  assert.equal(code, 0, stderr);
  return loop;
}

describe('the net under lost agents', function () {
  this.timeout(60_000);
  afterEach(closeLoops);

  for (const net of ['true', '{event: build.complete}']) {
    it(`ends a run whose pipeline was cancelled in the queue (net: ${net})`, async () => {
      const loop = await netOf({ runner: fakeRunner(), net });
      loop.ado.pauseQueue();
      const id = await loop.execute();
      await loop.port.idle();
      assert.equal(loop.port.store.run(id).status, 'IN_PROGRESS');

      loop.ado.cancel(1);
      await loop.settle();

      const run = loop.port.store.run(id);
      assert.equal(run.status, 'FAILURE');
      assert.equal(run.statusLabel, 'Canceled');
      assert.equal(
        run.summary,
        `The pipeline run 20260101.1 ${id} ended as canceled, and no step of it had told Port.`,
      );
      assert.match(String(run.link), /_build\/results\?buildId=1$/);
    });

    it(`ends a run whose agent was killed before any step could tell (net: ${net})`, async () => {
      const loop = await netOf({
        net,
        runner: fakeRunner((request, observer, signal) => {
          observer.record(record());
          return untilCancelled(request, observer, signal);
        }),
      });
      const id = await loop.execute();
      await loop.port.idle();
      loop.ado.loseAgent(1);
      await loop.settle();
      assert.equal(loop.port.store.run(id).status, 'FAILURE');
      assert.equal(loop.port.store.run(id).statusLabel, 'Pipeline failed');
    });
  }

  it('ends a run as SUCCESS where the pipeline succeeded and no step reported', async () => {
    const loop = await netOf({
      runner: fakeRunner(({ buildId, webhook }) => ({
        result: 'partiallySucceeded',
        buildNumber: `1.${buildId} ${(webhook?.payload as { port_context: { runId: string } }).port_context.runId}`,
      })),
    });
    const id = await loop.execute();
    await loop.settle();
    assert.equal(loop.port.store.run(id).status, 'SUCCESS');
  });

  it('leaves a run alone that a step has ended already', async () => {
    const loop = await netOf({ runner: fakeRunner() });
    loop.ado.pauseQueue();
    const id = await loop.execute();
    await loop.port.idle();
    await callPort(loop.port, `/v1/actions/runs/${id}`, {
      method: 'PATCH',
      body: JSON.stringify({ status: 'SUCCESS', statusLabel: 'Deployed' }),
    });
    loop.ado.cancel(1);
    await loop.settle();
    assert.equal(loop.port.store.run(id).status, 'SUCCESS');
    assert.equal(loop.port.store.run(id).statusLabel, 'Deployed');
  });

  it('ends the node of a workflow in its own words', async () => {
    const loop = await netOf({ runner: fakeRunner() });
    for (const [result, word] of [
      ['canceled', 'CANCELLED'],
      ['failed', 'FAILED'],
      ['succeeded', 'SUCCESS'],
    ] as const) {
      const { identifier } = loop.port.startNodeRun();
      await tell(loop, runEvent(`20260101.1 ${identifier}`, result, identifier.length + result.length));
      const node = loop.port.store.nodeRun(identifier);
      assert.equal(node.status, 'COMPLETED');
      assert.equal(node.result, word);
      assert.deepEqual(node.links, ['https://dev.azure.com/o/p']);
    }
  });

  const numbers: [string, string | undefined][] = [
    ['20260101.1 ID', 'ID'],
    ['ID', 'ID'],
    ['deploy-ID-20260101', 'ID'],
    [`${'x'.repeat(234)} ID`, 'ID'],
    ['20260101.1 ', undefined],
    ['20260101.1 $(PORT_RUN_ID)', undefined],
    ['20260101.1 or_abcdefgh12345678', undefined],
    ['20260101.1 r_short', undefined],
    ['20260101.1 r_release', undefined],
    ['20260101.1 wfr_abcdefgh12345678', undefined],
  ];
  it('finds the id in every run number that can be, and in no other', async () => {
    const loop = await netOf({ runner: fakeRunner() });
    const entities = (): string[] =>
      [...loop.port.store.entitiesOf('azure_pipeline_run').values()].map(({ properties }) =>
        String(properties.portRunId),
      );
    for (const [index, [template, expected]] of numbers.entries()) {
      const id = `r_abcdefgh1234567${index}`;
      const before = entities().length;
      await tell(
        loop,
        runEvent(
          template.replace('ID', () => (template.includes('$(') ? 'ID' : id)),
          'failed',
          100 + index,
        ),
      );
      assert.equal(entities().length - before, expected === undefined ? 0 : 1, template);
      if (expected !== undefined) assert.equal(entities().at(-1), id);
    }
  });

  for (const id of [
    'r_abcdefgh12345678',
    'r_abcdefgh1234567',
    'r_release',
    'wfnr_abcdefgh',
    'wfnr_release',
    'wfnr_abcdefg',
    'wfr_abcdefgh12345678',
    'or_abcdefgh12345678',
  ]) {
    it(`takes ${id} in a run number for a run id exactly where the tasks do`, async () => {
      const loop = await netOf({ runner: fakeRunner() });
      await tell(loop, runEvent(`20260101.1 ${id}`, 'failed'));
      const [entity] = loop.port.store.entitiesOf('azure_pipeline_run').values();
      assert.equal(entity?.properties.portRunId, runIdInText(`20260101.1 ${id}`));
    });
  }

  describe('and an event that lacks what it should hold', () => {
    const id = 'r_abcdefgh12345678';
    type Event = Json & { resource: { run?: Json; pipeline?: Json } };
    const without = (change: (event: Event) => void): unknown => {
      const event = runEvent(`20260101.1 ${id}`, 'failed') as Event;
      change(event);
      return event;
    };
    const message = { text: `Run 20260101.1 ${id} canceled.` };

    const understood: Readonly<Record<string, (event: Event) => void>> = {
      'without pipeline': ({ resource }) => delete resource.pipeline,
      'without an id of the run': ({ resource }) => delete resource.run?.id,
      'without containers': (event) => delete event.resourceContainers,
      'without links and dates': ({ resource: { run } }) => {
        delete run?._links;
        delete run?.finishedDate;
      },
      'whose run is null, with a message': (event) => {
        Object.assign(event, { message, createdDate: '2026-01-01T00:00:00Z', resource: { run: null } });
      },
      'without a resource, with a message': (event) =>
        Object.assign(event, { message, createdDate: '2026-01-01T00:00:00Z', resource: null }),
      'without a result, with a message': (event) => {
        Object.assign(event, { message });
        delete event.resource.run?.result;
      },
    };
    for (const [name, change] of Object.entries(understood)) {
      it(`ends the run by one ${name}`, async () => {
        const loop = await netOf({ runner: fakeRunner() });
        const { identifier } = loop.port.startNodeRun();
        const text = JSON.stringify(without(change)).replaceAll(id, identifier);
        await tell(loop, JSON.parse(text));
        assert.equal(loop.port.store.nodeRun(identifier).status, 'COMPLETED');
        assert.equal(
          loop.port.store.nodeRun(identifier).result,
          text.includes(' canceled.') ? 'CANCELLED' : 'FAILED',
        );
      });
    }

    const leftAlone: Readonly<Record<string, (event: Event) => void>> = {
      'without a name of the run': ({ resource: { run } }) => delete run?.name,
      'without a result': ({ resource: { run } }) => delete run?.result,
      'whose run is null': ({ resource }) => Object.assign(resource, { run: null }),
      'whose name is no text': ({ resource: { run } }) => Object.assign(run ?? {}, { name: { id } }),
      'that says only that it was queued': (event) =>
        Object.assign(event, { message: { text: `Run 20260101.1 ${id} queued.` }, resource: null }),
    };
    for (const [name, change] of Object.entries(leftAlone)) {
      it(`takes nothing from one ${name}`, async () => {
        const loop = await netOf({ runner: fakeRunner() });
        await tell(loop, without(change));
        assert.equal(loop.port.store.entitiesOf('azure_pipeline_run').size, 0);
      });
    }
  });

  it('takes an event once, and none without the secret', async () => {
    const loop = await netOf({ runner: fakeRunner() });
    const event = runEvent('20260101.1 r_abcdefgh12345678', 'failed');
    await tell(loop, event);
    await tell(loop, event);
    await fetch(loop.port.store.webhook('azure-pipelines-net').url, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    await loop.port.idle();
    assert.deepEqual(
      loop.port.store.deliveries.map(({ outcome }) => outcome),
      ['mapped', 'duplicate', 'bad-signature'],
    );
  });

  it('ends nothing by an event of a run that goes on, which only shows that it does', async () => {
    const loop = await netOf({ runner: fakeRunner() });
    const { identifier } = loop.port.startNodeRun();
    const event = runEvent(`20260101.1 ${identifier}`, 'failed') as { resource: { run: object } };
    Object.assign(event.resource.run, { state: 'inProgress', result: undefined });
    await tell(loop, event);
    const [entity] = loop.port.store.entitiesOf('azure_pipeline_run').values();
    assert.equal(entity?.properties.progress, 'Running');
    assert.equal(entity.properties.finishedAt, undefined);
    assert.equal(loop.port.store.nodeRun(identifier).status, 'IN_PROGRESS');
  });

  it('is in the examples as setup makes it', async () => {
    const inExample = async (folder: string): Promise<Record<string, unknown>> => {
      const port = join(import.meta.dirname, '..', '..', '..', 'examples', folder, 'port');
      const names = (await readdir(port)).filter((name) => !name.endsWith('.action.json'));
      const files = names.map(async (name) => JSON.parse(await readFile(join(port, name), 'utf8')) as Json);
      return Object.fromEntries((await Promise.all(files)).map((json) => [String(json.identifier), json]));
    };
    const made = (automations: readonly Automation[]): Record<string, unknown> => ({
      azure_pipeline_run: netBlueprint,
      'azure-pipelines-net': netWebhook('<a secret of yours>'),
      ...Object.fromEntries(
        automations.map(({ identifier, definition }) => [identifier, definition('https://api.port.io')]),
      ),
    });
    assert.deepEqual(await inExample('lost-agent-net'), made(netAutomations));
    assert.deepEqual(
      await inExample('track-without-a-step'),
      made([...netAutomations, ...progressAutomations]),
    );
  });
});

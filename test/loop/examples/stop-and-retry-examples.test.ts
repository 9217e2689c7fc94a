import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Loop } from '../../../local/loop.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';
import { until } from '../../support/until.ts';

interface Example {
  readonly loop: Loop;
  /** Status and label of a run. */
  readonly shown: (runId: string) => unknown[];
  /** Starts a deployment and waits for its entity. */
  deploy(environment: string): Promise<{ runId: string; buildId: number; entity: string }>;
  readonly statusOf: (entity: string) => unknown;
  /** Presses the button on the page of the deployment; the run's end. */
  press(entity: string): Promise<{ runId: string; status: string; answer: string }>;
  /** Whether the page of the deployment has the button. */
  hasButton(entity: string): Promise<boolean>;
}

const actions = {
  'cancel-pipeline': ['deploy_to_cancel', 'cancel_deployment'],
  'rerun-pipeline': ['deploy_to_rerun', 'rerun_deployment'],
} as const;

async function withExample(
  folder: keyof typeof actions,
  use: (example: Example) => Promise<void>,
): Promise<void> {
  const loop = await startPackagedLoop({ azureDevOps: { tokenWithoutRights: 'weak' } });
  try {
    // A button may be pressed on a page that shows an entity as it was.
    loop.port.quirks.checksConditions = false;
    await loop.addExample(join(examples, folder), [{ file: `${folder}.yml` }]);
    await use(exampleOf(loop, folder));
  } finally {
    await loop.close();
  }
}

function exampleOf(loop: Loop, folder: keyof typeof actions): Example {
  const { store } = loop.port;
  const [start, button] = actions[folder];
  return {
    loop,
    shown: (runId) => [store.run(runId).status, store.run(runId).statusLabel],
    async deploy(environment) {
      const { runId, buildId } = await loop.start(start, { environment });
      await until('the deployment is there', () => (store.runEntities.get(runId) ?? []).length > 0);
      return { runId, buildId, entity: store.runEntities.get(runId)?.[0]?.identifier ?? '' };
    },
    statusOf: (entity) => store.entity('deployment', entity)?.properties.jobStatus,
    async press(entity) {
      const runId = await loop.user.execute(button, {}, entity);
      await loop.port.idle();
      const { status, response } = store.run(runId);
      return { runId, status, answer: JSON.stringify(response) };
    },
    async hasButton(entity) {
      const file = join(examples, folder, 'port', `${button}.action.json`);
      const { trigger } = JSON.parse(await readFile(file, 'utf8')) as {
        trigger: { condition: { combinator: string; rules: object[] } };
      };
      const { combinator, rules } = trigger.condition;
      const { entities } = await loop.user.call('POST', '/v1/entities/search', { combinator, rules });
      return (entities as { identifier: string }[]).some(({ identifier }) => identifier === entity);
    },
  };
}

const weaken = ({ port }: Loop): void =>
  void port.store.secrets.set('AZURE_DEVOPS_BASIC', Buffer.from(':weak').toString('base64'));

describe('a day-2 action of Port alone', function () {
  this.timeout(60_000);
  it('cancels the pipeline run of a deployment, which then shows Canceled, and whose own run ends as FAILURE', () =>
    withExample('cancel-pipeline', async (example) => {
      const { loop, shown, statusOf } = example;
      const { runId, buildId, entity } = await example.deploy('production');
      await until('it deploys', () =>
        loop.azureDevOps.buildLog(buildId).includes('\nDeploying to production'),
      );
      assert.equal(statusOf(entity), 'In progress');
      assert.ok(await example.hasButton(entity));

      const pressed = await example.press(entity);
      const build = await loop.azureDevOps.waitForBuild(buildId);
      await loop.idle();

      assert.equal(pressed.status, 'SUCCESS', pressed.answer);
      assert.equal(build.result, 'canceled');
      assert.deepEqual(shown(runId), ['FAILURE', 'Canceled']);
      assert.equal(statusOf(entity), 'Canceled');
      assert.ok(!(await example.hasButton(entity)));
    }));
  it('cancels nothing of a deployment that ended by itself meanwhile', () =>
    withExample('cancel-pipeline', async (example) => {
      const { loop, shown, statusOf } = example;
      const { runId, buildId, entity } = await example.deploy('test');
      await loop.azureDevOps.waitForBuild(buildId);
      await example.press(entity);
      await loop.idle();
      assert.equal(loop.azureDevOps.build(buildId).result, 'succeeded');
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
      assert.equal(statusOf(entity), 'Succeeded');
      assert.ok(!(await example.hasButton(entity)));

      // A run that cannot be cancelled any more may be refused, too.
      loop.azureDevOps.store.faults.answers.set(`PATCH /my-project/_apis/build/builds/${buildId}`, 409);
      const { status, answer } = await example.press(entity);
      assert.equal(status, 'FAILURE');
      assert.match(answer, /409/);
    }));
  it('runs the failed stage again, which the deployment shows, while the run in Port stays as it ended', () =>
    withExample('rerun-pipeline', async (example) => {
      const { loop, shown, statusOf } = example;
      const { runId, buildId, entity } = await example.deploy('unsteady');
      await loop.azureDevOps.waitForBuild(buildId);
      await loop.idle();
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Deploy › Deploy']);
      assert.equal(statusOf(entity), 'Failed');
      assert.ok(await example.hasButton(entity));

      const pressed = await example.press(entity);
      const build = await loop.azureDevOps.waitForBuild(buildId);
      await loop.idle();

      assert.equal(pressed.status, 'SUCCESS', pressed.answer);
      assert.equal(build.attempt, 2);
      assert.equal(build.result, 'succeeded');
      assert.match(loop.azureDevOps.buildLog(buildId), /Deploying to unsteady, attempt 2/);
      assert.match(
        loop.azureDevOps.buildLog(buildId),
        /##\[warning\]The run is finished already, as FAILURE/,
      );
      assert.equal(statusOf(entity), 'Succeeded');
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Deploy › Deploy']);
      assert.ok(!(await example.hasButton(entity)));

      const again = await example.press(entity);
      assert.equal(again.status, 'FAILURE');
      assert.match(again.answer, /no failed stage/);
    }));
  it("fails with Azure's words where its token may not stop builds", () =>
    withExample('cancel-pipeline', async (example) => {
      const { loop } = example;
      const { runId, buildId, entity } = await example.deploy('production');
      weaken(loop);
      const { status, answer } = await example.press(entity);
      assert.equal(status, 'FAILURE');
      assert.match(
        answer,
        /403.*TF215106: Access denied\. Dev needs Stop builds permissions for build pipeline 1:/,
      );
      assert.equal(loop.port.store.run(runId).status, 'IN_PROGRESS');
      loop.azureDevOps.cancel(buildId);
      await loop.azureDevOps.waitForBuild(buildId);
    }));
});

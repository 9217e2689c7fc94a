import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Loop } from '../../../local/loop.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';

describe('the example', () => {
  let loop: Loop;
  beforeEach(async () => {
    loop = await startPackagedLoop();
  });
  afterEach(() => loop.close());

  const shown = (runId: string) => {
    const { status, statusLabel } = loop.port.store.run(runId);
    return [status, statusLabel];
  };
  const entities = (runId: string) => loop.port.store.runEntities.get(runId) ?? [];

  describe('deploy', () => {
    beforeEach(() => loop.addExample(join(examples, 'deploy'), [{ file: 'deploy.yml' }]));

    it('ends as SUCCESS, with log lines, the link, and an entity with four properties that is tied to the run', async () => {
      const { runId, build } = await loop.execute('deploy_service', {
        service: 'checkout',
        environment: 'test',
      });
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
      const { link, externalRunId } = loop.port.store.run(runId);
      assert.deepEqual(link, [loop.azureDevOps.buildPage(build.id)]);
      assert.equal(externalRunId, `ado_${loop.azureDevOps.project.id}_1_${build.id}`);
      const lines = loop.port.store.logsOf(runId).flatMap(({ message }) => message.split('\n'));
      assert.ok(lines.length >= 2);
      const [tied] = entities(runId);
      assert.equal(tied?.blueprint, 'deployment');
      const properties = loop.port.store.entity('deployment', tied.identifier)?.properties;
      assert.deepEqual(properties, {
        jobUrl: loop.azureDevOps.buildPage(build.id),
        deployingUser: 'dev@example.com',
        commitSha: build.request.sourceVersion,
        imageTag: String(build.id),
      });
    });

    it('ends as FAILURE, and says which step failed and why', async () => {
      const { runId, build } = await loop.execute('deploy_service', {
        service: 'nothing',
        environment: 'test',
      });
      assert.equal(build.result, 'failed');
      assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Deploy']);
      assert.match(
        loop.port.store.logsOf(runId).at(-1)?.message ?? '',
        /Cannot deploy: there is no services\/nothing\.yml/,
      );
      assert.deepEqual(entities(runId), []);
    });

    const hostile = [
      `it's "quoted" \\ and 'more'`,
      '$(PORT_CLIENT_SECRET)',
      '$(Build.BuildId)',
      '$$(PORT_CLIENT_SECRET) $$((Build.BuildId))',
      'checkout$$(none)',
      '##vso[task.setvariable variable=PATH]/tmp',
      '##vso[task.complete result=Failed]',
      'key: value # {not} [yaml] & *anchor | >',
      '"; touch /tmp/owned; echo "',
      '`touch /tmp/owned` $(touch /tmp/owned) ${HOME}',
      '${{ variables.secret }}',
      '../../etc/passwd',
      '{"a": {"__proto__": 1}}',
      '\u001b[31mred\u001b[0m',
    ];
    for (const service of hostile) {
      it(`takes ${JSON.stringify(service)} for what it is: a service that does not exist`, async () => {
        const { runId, build } = await loop.execute('deploy_service', { service, environment: 'test' });
        assert.deepEqual(shown(runId), ['FAILURE', 'Failed at Deploy']);
        const told =
          JSON.stringify([loop.port.store.logsOf(runId), loop.port.store.run(runId)]) +
          loop.azureDevOps.buildLog(build.id);
        assert.ok(!told.includes(loop.port.clientSecret));
        const [step] = [...build.records.values()].filter(({ name }) => name === 'Deploy');
        assert.equal(step?.result, 'failed');
        assert.match(loop.azureDevOps.buildLog(build.id), /Cannot deploy: there is no services\//);
      });
    }
  });

  for (const { folder, action } of [
    { folder: 'multi-stage-deploy', action: 'build_and_deploy' },
    { folder: 'tracked-stages', action: 'release_service' },
  ]) {
    describe(folder, () => {
      beforeEach(() => loop.addExample(join(examples, folder), [{ file: `${folder}.yml` }]));

      it('ends as SUCCESS when all stages succeeded', async () => {
        const { runId, build } = await loop.execute(action, { service: 'checkout', environment: 'test' });
        assert.equal(build.result, 'succeeded');
        assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
      });

      it('ends as FAILURE with the stage and step that failed', async () => {
        const { runId } = await loop.execute(action, { service: 'checkout', environment: 'broken' });
        assert.equal(shown(runId)[0], 'FAILURE');
        assert.match(String(shown(runId)[1]), /^Failed at (Deploy|Release) › Deploy$/);
        assert.match(
          loop.port.store.logsOf(runId).at(-1)?.message ?? '',
          /The environment broken does not answer/,
        );
      });
    });
  }

  it('scale-replicas changes the number and leaves the other properties', async () => {
    await loop.addExample(join(examples, 'scale-replicas'), [{ file: 'scale-replicas.yml' }]);
    await loop.user.call('POST', '/v1/blueprints/service/entities?upsert=true', {
      identifier: 'checkout',
      properties: { replicas: 2, namespace: 'shop' },
    });
    const { runId } = await loop.execute('scale_service', { replicas: 5 }, 'checkout');
    assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
    assert.deepEqual(loop.port.store.entity('service', 'checkout')?.properties, {
      replicas: 5,
      namespace: 'shop',
    });
  });

  it('lock-and-unlock sets the lock with its reason and takes it off again, and leaves the other properties', async () => {
    await loop.addExample(join(examples, 'lock-and-unlock'), [
      { file: 'lock-service.yml' },
      { file: 'unlock-service.yml' },
    ]);
    await loop.user.call('POST', '/v1/blueprints/service/entities?upsert=true', {
      identifier: 'checkout',
      properties: { owner: 'payments' },
    });
    const change = async (action: string, reason: string) => {
      const { runId } = await loop.execute(action, { reason }, 'checkout');
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
      return loop.port.store.entity('service', 'checkout')?.properties;
    };
    assert.deepEqual(await change('lock_service', 'Stocktaking: #1, "all" $(day)'), {
      owner: 'payments',
      locked_in_prod: true,
      locked_reason_prod: 'Stocktaking: #1, "all" $(day)',
    });
    assert.deepEqual(await change('unlock_service', 'yes'), {
      owner: 'payments',
      locked_in_prod: false,
      locked_reason_prod: 'yes',
    });
  });

  it('notebook starts one, written to the catalog with its owner and its end', async () => {
    await loop.addExample(join(examples, 'notebook'), [{ file: 'start-notebook.yml' }]);
    const inputs = { name: 'churn', image: 'scipy-notebook', hours: 8 };
    const { runId, build } = await loop.execute('start_notebook', inputs);
    assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded'], loop.azureDevOps.buildLog(build.id));
    const { ttl, ...properties } = loop.port.store.entity('notebook', 'churn')?.properties ?? {};
    assert.deepEqual(properties, {
      url: 'https://churn.notebooks.example.com/lab',
      image: 'scipy-notebook',
      owner: 'dev@example.com',
    });
    assert.equal(Math.round((Date.parse(String(ttl)) - Date.now()) / 3_600_000), 8);
  });

  it('templates give a pipeline its job, and the jobs of others their step', async () => {
    const files = ['restart-service.yml', 'check-service.yml'];
    await loop.addExample(
      join(examples, 'templates'),
      files.map((file) => ({ file })),
    );
    await loop.user.call('POST', '/v1/blueprints/service/entities', { identifier: 'checkout' });
    for (const action of ['restart_service', 'check_service']) {
      const { runId, build } = await loop.execute(action, {}, 'checkout');
      const { id } = build;
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded'], loop.azureDevOps.buildLog(id));
      const reports = [...build.records.values()].filter(
        ({ type, name }) => type === 'Task' && name === 'Report to Port',
      );
      assert.ok(reports.length > 0);
      assert.match(loop.azureDevOps.buildLog(id), /^(checkout is restarted|the owner is told)$/m);
    }
  });

  for (const action of ['run_with_variable', 'run_with_parameter']) {
    it(`runs-api reports to the run whose id came by ${action}`, async () => {
      await loop.addExample(join(examples, 'runs-api'), [
        { file: 'runs-api.yml', variables: { PORT_RUN_ID: { value: '' } } },
      ]);
      const { runId } = await loop.execute(action, { service: 'checkout' });
      assert.deepEqual(shown(runId), ['SUCCESS', 'Succeeded']);
    });
  }

  it('workflow completes the node that started it', async () => {
    await loop.addExample(join(examples, 'workflow'), [{ file: 'workflow.yml' }]);
    const node = loop.port.startNodeRun();
    const { id } = await loop.azureDevOps.queue({
      definitionId: 1,
      reason: 'resourceTrigger',
      webhook: { alias: 'port', payload: { port_context: { runId: node.identifier } } },
    });
    await loop.azureDevOps.waitForBuild(id);
    const { status, result, output, logs } = loop.port.store.nodeRun(node.identifier);
    assert.deepEqual([status, result], ['COMPLETED', 'SUCCESS']);
    assert.deepEqual(output, { url: `https://example.com/${id}` });
    assert.match(logs[0]?.message ?? '', /^Pipeline \d+\.1 wfnr_\w+ has started\.$/);
  });
});

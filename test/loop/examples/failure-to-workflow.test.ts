import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Loop } from '../../../local/loop.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

describe('the example failure-to-workflow', function () {
  this.timeout(60_000);
  let loop: Loop;
  let chat: ScriptedServer;
  let folder = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'failure-'));
    cpSync(join(examples, 'failure-to-workflow'), folder, { recursive: true });
    [loop, chat] = await Promise.all([
      startPackagedLoop(),
      startScriptedServer([{ status: 200, body: 'ok' }]),
    ]);
    loop.port.store.secrets.set('CHAT_WEBHOOK', `${chat.url}/channel`);
    await loop.addExample(folder, [{ file: 'failure-to-workflow.yml' }]);
  });
  after(async () => {
    await loop.close();
    await chat.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The run of the action, and the failure that is tied to it. */
  const test = async (health?: string) => {
    if (health !== undefined) writeFileSync(join(folder, 'health.txt'), health);
    const { runId, build } = await loop.execute('smoke_test', {});
    await loop.idle();
    const [tied] = loop.port.store.runEntities.get(runId) ?? [];
    const failure = tied && loop.port.store.entity('pipeline_failure', tied.identifier);
    return {
      runId,
      build,
      failure,
      run: loop.port.store.run(runId),
      log: loop.azureDevOps.buildLog(build.id),
    };
  };

  it('makes an entity of a failure, which starts the workflow that tells the channel', async () => {
    const { runId, build, failure, run, log } = await test();
    assert.equal(run.status, 'FAILURE', log);
    assert.equal(failure?.identifier, `failure-to-workflow.yml-${build.id}-Job`, log);
    const { logExcerpt, createdAt, fingerprint, link, ...others } = failure.properties;
    const error = 'checkout is not well: pod checkout-6c5bdd9f7k-x2kqz is not ready after 45s';
    assert.deepEqual(others, {
      ...{
        pipeline: 'failure-to-workflow.yml',
        job: 'Job',
        step: 'Smoke test',
        task: others.task,
        attempt: 1,
        runId,
      },
      errors: [error, "Bash exited with code '1'."],
      ...{ commit: build.request.sourceVersion, branch: 'main', repository: others.repository },
    });
    assert.match(String(others.task), /^Bash@3\.\d+\.\d+$/);
    assert.match(String(logExcerpt), /Asking checkout how it is\n[^]*is not ready after 45s/);
    assert.ok(String(link).startsWith(`${loop.azureDevOps.buildPage(build.id)}&view=logs&j=`));
    assert.ok(Date.parse(String(createdAt)) <= Date.now());
    const [told] = chat.requests;
    const { blocks } = JSON.parse(told?.body ?? '{}') as { blocks: { text?: { text: string } }[] };
    assert.equal(blocks[0]?.text?.text, `${String(failure.title)}\n${error}\nBash exited with code '1'.`);
    assert.ok(told?.body.includes(`fingerprint ${String(fingerprint)}`));
    const [started, ...more] = [...loop.port.store.workflowRuns.values()];
    assert.deepEqual([started?.workflow.identifier, started?.result], ['tell_of_failures', 'SUCCESS']);
    assert.deepEqual(more, []);
  });

  it('gives the same failure the same fingerprint in another run, another failure another, and a success none', async () => {
    const [first] = [...loop.port.store.entitiesOf('pipeline_failure').values()];
    const again = await test('pod checkout-7d4b9c8f6d-bcdfg is not ready after 1m 5s');
    assert.equal(again.failure?.properties.fingerprint, first?.properties.fingerprint, again.log);
    assert.notEqual(again.failure?.identifier, first?.identifier);
    const other = await test('no quota is left');
    assert.notEqual(other.failure?.properties.fingerprint, first?.properties.fingerprint, other.log);
    const good = await test('ok');
    assert.deepEqual([good.run.status, good.failure], ['SUCCESS', undefined], good.log);
    assert.equal(loop.port.store.workflowRuns.size, 3);
    assert.equal(chat.requests.length, 3);
  });
});

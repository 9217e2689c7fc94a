import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelPipeline } from '../../../../tasks/PortRunStatus/live/cancel-pipeline.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { type Reply, startScriptedServer } from '../../../support/scripted-server.ts';
import { swiftClock } from '../../../support/task-setting.ts';

describe('The cancellation of a pipeline run', () => {
  let folder: string;
  let aliveFile: string;
  const noteNow = () => JSON.parse(readFileSync(`${aliveFile}.note`, 'utf8')) as unknown;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cancel-'));
    aliveFile = join(folder, 'alive');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const cancel = async (reply: Reply, build: string | undefined = '42') => {
    let slept = 0;
    const during: unknown[] = [];
    const server = await startScriptedServer(() => {
      during.push(noteNow());
      return reply;
    });
    const host = new FakeHost({
      variables: {
        ...{ 'System.CollectionUri': `${server.url}/`, 'System.AccessToken': 'token' },
        ...{ 'System.TeamProjectId': 'project', ...(build !== '' && { 'Build.BuildId': build }) },
      },
    });
    const { signal } = new AbortController();
    const clock = swiftClock((total) => void (slept = total));
    try {
      await cancelPipeline({ host, clock, environment: {}, signal }, aliveFile, 'It was ended');
    } finally {
      await server.close();
    }
    const requests = server.requests.map(({ method, path, body }) => `${method} ${path} ${body}`);
    return { requests, during, note: noteNow(), slept };
  };
  const reason = 'It was ended';

  it('asks Azure DevOps, and leaves word of it before the answer is there and after', async () => {
    const { requests, during, note } = await cancel({ status: 200, body: { id: 42 } });
    assert.deepEqual(requests, [
      'PATCH /project/_apis/build/builds/42?api-version=5.0 {"status":"cancelling"}',
    ]);
    assert.deepEqual(during, [{ reason, outcome: 'asked' }]);
    assert.deepEqual(note, { reason, outcome: 'canceled' });
  });

  it('says which permission is missing', async () => {
    const { note } = await cancel({ status: 403 });
    const problem =
      "Azure DevOps answered 403: the job's token may not stop it; give the build service of the project the permission Stop builds (Pipelines > the pipeline > Manage security)";
    assert.deepEqual(note, { reason, outcome: 'refused', problem });
  });

  it('is tried for a minute', async () => {
    const { note, slept, requests } = await cancel({ status: 503 });
    assert.deepEqual(note, { reason, outcome: 'refused', problem: 'Azure DevOps answered 503' });
    assert.ok(slept > 50_000 && slept <= 60_000 && requests.length > 10, `${slept} ms`);
  });

  it('asks nobody in a classic release', async () => {
    const { requests, note } = await cancel({ status: 200 }, '');
    assert.deepEqual(requests, []);
    assert.deepEqual(note, { reason, outcome: 'refused', problem: 'this is not a pipeline run' });
  });
});

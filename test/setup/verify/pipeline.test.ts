import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probePipeline } from '../../../setup/verify/pipeline/yaml.ts';
import { runCommand } from '../command-line.ts';
import { type World, startWorld } from '../real-agent-world.ts';

interface Told {
  readonly answers: readonly {
    readonly id: string;
    readonly answer: string;
    readonly came?: string;
    readonly why?: string;
  }[];
}

type TimelineRecord = Readonly<Record<string, unknown>>;

/** How the records of a run tell the other answer. */
const others: Readonly<
  Record<string, (record: TimelineRecord, all: readonly TimelineRecord[]) => TimelineRecord | undefined>
> = {
  'post-job-record': (record) => (record.task === null ? { ...record, refName: '' } : record),
  'job-continues': (record) => (record.refName === 'fails' ? { ...record, result: 'failed' } : record),
  'job-skipped': (record) => (record.refName === 'skipped' ? { ...record, result: 'succeeded' } : record),
  'job-identifier': (record) => (record.type === 'Job' ? { ...record, identifier: 'steps.Job' } : record),
  'hook-jobs': (record) => (String(record.identifier).includes('PreDeploy') ? undefined : record),
  'hook-names': (record) =>
    String(record.identifier).includes('PreDeploy') ? { ...record, identifier: 'hooks.Job1' } : record,
};

describe('verify --pipeline, with a run of the probe pipeline by the packaged extension', function () {
  this.timeout(60_000);
  let folder: string;
  let world: World;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verify-pipeline-'));
    await writeFile(join(folder, 'probe.yml'), probePipeline('port', 3));
    world = await startWorld({ name: 'probe', folder, file: 'probe.yml' });
    const { ado, port } = world;
    ado.createServiceConnection({
      name: 'port',
      type: 'port-api',
      url: port.url,
      parameters: { username: port.clientId, password: port.clientSecret },
    });
    const settings = `organization: ${ado.organizationUrl}\nproject: my-project\npipeline: probe\nportConnection: port\nwebhook: {name: portDeploy}\nport: {url: "${port.url}"}\n`;
    await writeFile(join(folder, 'port-azure.yml'), settings);
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const verify = async (...args: string[]) =>
    runCommand(
      ['verify', ...args],
      {
        AZURE_DEVOPS_EXT_PAT: 'pat',
        PORT_CLIENT_ID: world.port.clientId,
        PORT_CLIENT_SECRET: world.port.clientSecret,
      },
      folder,
    );
  const answersOf = async (...args: string[]): Promise<Told['answers']> => {
    const { stdout, stderr, json } = await verify('--pipeline', 'probe', '--yes', '--json', ...args);
    assert.ok(stdout.startsWith('{'), stdout + stderr);
    return (json() as Told).answers;
  };
  it('says that there is no run yet', async () => {
    for (const { answer, why } of await answersOf()) {
      assert.equal(answer, 'not asked');
      assert.match(why ?? '', /no run yet/);
    }
  });

  it('prints a pipeline that runs, and finds in its run, while it goes on, what documents say', async () => {
    const { stdout } = await verify('--pipeline');
    assert.equal(stdout.trimEnd(), probePipeline('port').trimEnd());
    await world.ado.queue({ definitionId: 1 });
    const answers = await answersOf();
    await world.settle();
    assert.deepEqual(
      answers.filter(({ answer }) => answer !== 'holds'),
      [],
    );
    assert.ok(answers.length >= 7);
  });

  it('tells, question by question, what a run shows otherwise, and what is over', async () => {
    let change: (typeof others)[string] = (record) => record;
    world.ado.store.rewrites.add('GET', /\/timeline$/, ({ body }) => {
      const { records } = body as { records: TimelineRecord[] };
      const changed = records.map((record) => change(record, records)).filter((each) => each !== undefined);
      return { body: { ...(body as object), records: changed } };
    });
    for (const [id, other] of Object.entries(others)) {
      change = other;
      const [answer] = await answersOf('--only', id);
      assert.equal(answer?.answer, 'differs', JSON.stringify(answer));
    }
    change = (record) => record;
    const [late] = await answersOf('--only', 'log-before-end');
    assert.equal(late?.answer, 'not asked');
    assert.match(late.why ?? '', /over before/);
  });

  it('tells another Node by the log of the step, and why a log cannot be read', async () => {
    const lines = ['##[debug]port-azure-pipelines 1.0.0, Node v20.20.2'];
    const answers = [
      () => ({ body: { count: 1, value: lines } }),
      () => ({ status: 403, body: { message: 'That is not allowed' } }),
    ];
    let answer = answers[0];
    world.ado.store.rewrites.add('GET', /\/logs\/\d+$/, () => answer?.() ?? {});
    const [other] = await answersOf('--only', 'node-of-task');
    assert.deepEqual([other?.answer, other?.came], ['differs', 'Node 20']);
    answer = answers[1];
    const [closed] = await answersOf('--only', 'node-of-task');
    assert.equal(closed?.answer, 'not asked');
    assert.match(closed.why ?? '', /lacks this right|not allowed/);
    await world.ado.queue({ definitionId: 1 });
    const [early] = await answersOf('--only', 'log-before-end');
    await world.settle();
    assert.equal(early?.answer, 'differs', JSON.stringify(early));
    assert.match(early.came ?? '', /lacks this right|not allowed/);
  });
});

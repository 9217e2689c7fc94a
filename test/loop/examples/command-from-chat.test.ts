import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Loop } from '../../../local/loop.ts';
import { examples, startPackagedLoop } from '../../support/loop-run.ts';

const server = join(examples, 'command-from-chat', 'server.mjs');
const secret = 'signing-secret';
const now = (): number => Math.floor(Date.now() / 1000);

describe('the example command-from-chat', () => {
  let loop: Loop;
  let child: ChildProcess;
  let url = '';
  before(async () => {
    loop = await startPackagedLoop();
    await loop.addExample(join(examples, 'deploy'), [{ file: 'deploy.yml' }]);
    child = spawn(process.execPath, [server], {
      env: {
        PORT_CLIENT_ID: loop.port.clientId,
        PORT_CLIENT_SECRET: loop.port.clientSecret,
        PORT_BASE_URL: loop.port.url,
        SLACK_SIGNING_SECRET: secret,
        SLACK_USERS: 'U1=ada@example.com, U2=bob@example.com',
        LISTEN: '0',
      },
    });
    const [line] = (await once(child.stdout ?? assert.fail(), 'data')) as [Buffer];
    url = `http://127.0.0.1:${/\d+/.exec(line.toString())?.[0] ?? ''}`;
  });
  after(async () => {
    child.kill('SIGKILL');
    await loop.close();
  });

  async function command(fields: Readonly<Record<string, string>>, time = now(), key = secret) {
    const body = new URLSearchParams(fields).toString();
    const signature = createHmac('sha256', key).update(`v0:${time}:${body}`).digest('hex');
    const headers = { 'x-slack-request-timestamp': String(time), 'x-slack-signature': `v0=${signature}` };
    const answer = await fetch(url, { method: 'POST', headers, body });
    const text = await answer.text();
    return { status: answer.status, text: text && (JSON.parse(text) as { text: string }).text };
  }
  const runs = () => [...loop.port.store.runs.values()];

  it('executes the action on behalf of who typed it, and answers with the run, whose pipeline reports its end', async () => {
    const { status, text } = await command({ user_id: 'U2', text: 'checkout test' });
    await loop.port.idle();
    await loop.idle();
    assert.equal(status, 200);
    const [run] = runs();
    assert.match(text, new RegExp(`^Deploying checkout to test: https://app.port.io/.*runId=${run?.id}$`));
    assert.deepEqual(
      [run?.createdBy, run?.properties, run?.status],
      ['bob@example.com', { service: 'checkout', environment: 'test' }, 'SUCCESS'],
    );
  });

  it('starts nothing for a call that Slack did not sign, or some time ago, nor for others and other words', async () => {
    const before = runs().length;
    const good = { user_id: 'U1', text: 'checkout test' };
    assert.deepEqual(await command(good, now(), 'another'), { status: 401, text: '' });
    assert.deepEqual(await command(good, now() - 301), { status: 401, text: '' });
    assert.deepEqual(await command({ ...good, more: 'x'.repeat(20_000) }), { status: 401, text: '' });
    assert.match((await command({ ...good, user_id: 'U3' })).text, /not among those who may/);
    for (const text of ['', 'checkout', 'checkout moon', '$(x) test', 'checkout test; rm'])
      assert.match((await command({ ...good, text })).text, /^Write \/deploy/);
    assert.equal(runs().length, before);
  });

  it('says which of its settings are missing', () => {
    const { status, stderr } = spawnSync(process.execPath, [server], {
      env: { PORT_CLIENT_ID: 'x' },
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.match(stderr, /Not set: PORT_CLIENT_SECRET, SLACK_SIGNING_SECRET, SLACK_USERS/);
  });
});

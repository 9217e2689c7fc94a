import assert from 'node:assert/strict';
import { startRun, withPort } from './support.ts';

/** What `fetch` says of a socket that ended: its error, or that of its cause. */
async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    assert(error instanceof Error);
    const cause = error.cause as { code?: string } | undefined;
    return cause?.code ?? error.name;
  }
  return 'none';
}

describe('local Port: faults', () => {
  const client = withPort();
  const label = (id: string, statusLabel = 'x') =>
    client().call('PATCH', `/v1/actions/runs/${id}`, { statusLabel });
  const labelOf = (id: string) => client().port.store.run(id).statusLabel;
  const match = { method: 'PATCH', path: /\/actions\/runs\// };

  it('answers a status as often as it was told, for the calls that match', async () => {
    const id = await startRun(client());
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '2' } } as const;
    const active = client().port.faults.add({ match, times: 2, fault });
    const answer = await label(id);
    assert.deepEqual([answer.status, answer.headers.get('retry-after'), answer.body.ok], [429, '2', false]);
    await client().ok(200, 'GET', `/v1/actions/runs/${id}`);
    assert.equal((await label(id)).status, 429);
    assert.equal((await label(id)).status, 200);
    assert.equal(active.hits, 2);
  });

  it('lets some calls pass first, and stops when it is cleared', async () => {
    const id = await startRun(client());
    client().port.faults.add({ match, skip: 1, fault: { kind: 'status', status: 503 } });
    assert.deepEqual([(await label(id)).status, (await label(id)).status], [200, 503]);
    client().port.faults.clear();
    assert.equal((await label(id)).status, 200);
  });

  it('can answer 502 to a call that was carried out', async () => {
    const id = await startRun(client());
    client().port.faults.add({ match, fault: { kind: 'status', status: 502, isProcessed: true } });
    assert.deepEqual([(await label(id, 'done')).status, labelOf(id)], [502, 'done']);
  });

  it('resets before a call, which has no effect, or after it, whose answer is lost', async () => {
    const id = await startRun(client());
    client().port.faults.add({ match, times: 1, fault: { kind: 'reset' } });
    assert.match(await failure(label(id, 'one')), /ECONNRESET|UND_ERR_SOCKET/);
    assert.equal(labelOf(id), null);
    client().port.faults.add({ match, fault: { kind: 'reset', isProcessed: true } });
    assert.match(await failure(label(id, 'two')), /ECONNRESET|UND_ERR_SOCKET/);
    assert.equal(labelOf(id), 'two');
  });

  it('sends half an answer, a page, or nothing', async () => {
    const id = await startRun(client());
    client().port.faults.add({ match, times: 1, fault: { kind: 'cut', isProcessed: true } });
    assert.notEqual(await failure(label(id, 'cut')), 'none');
    assert.equal(labelOf(id), 'cut');
    client().port.faults.add({ match, times: 1, fault: { kind: 'html' } });
    const page = await label(id);
    assert.match(
      `${page.status} ${page.headers.get('content-type') ?? ''} ${page.text}`,
      /^200 text\/html.*<html>/,
    );
    client().port.faults.add({ match, times: 1, fault: { kind: 'empty' } });
    const empty = await label(id, 'never');
    assert.deepEqual([empty.status, empty.text, labelOf(id)], [200, '', 'cut']);
  });

  it('keeps silent, and still closes', async () => {
    const id = await startRun(client());
    client().port.faults.add({ match, fault: { kind: 'silence' } });
    const call = fetch(`${client().port.url}/v1/actions/runs/${id}`, {
      method: 'PATCH',
      signal: AbortSignal.timeout(50),
    });
    assert.equal(await failure(call), 'TimeoutError');
    const waiting = failure(label(id));
    await client().port.close();
    assert.notEqual(await waiting, 'none');
  });

  it('comes late, and fails on top of that', async () => {
    client().port.faults.add({ fault: { kind: 'latency', ms: 40 } });
    client().port.faults.add({ fault: { kind: 'status', status: 500 } });
    const start = performance.now();
    assert.equal((await client().call('GET', '/v1/actions')).status, 500);
    assert(performance.now() - start >= 39);
    assert.deepEqual(client().port.requests.at(-1)?.faults, ['latency', 'status']);
  });

  it('draws its probabilities from a seed, the same sequence each time', async () => {
    const draw = async (): Promise<number[]> => {
      client().port.faults.seed(7);
      const statuses = [];
      for (let times = 0; times < 20; times += 1)
        statuses.push((await client().call('GET', '/v1/actions')).status);
      return statuses;
    };
    client().port.faults.add({ probability: 0.5, fault: { kind: 'status', status: 503 } });
    const first = await draw();
    assert.deepEqual(await draw(), first);
    assert(first.includes(200) && first.includes(503));
  });

  it('counts the sockets that were opened', async () => {
    const before = client().port.connections;
    await client().call('GET', '/v1/actions', undefined, { connection: 'close' });
    await client().call('GET', '/v1/actions');
    assert(client().port.connections > before);
  });
});

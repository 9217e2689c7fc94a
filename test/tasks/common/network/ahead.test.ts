import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { connectionsAhead } from '../../../../tasks/common/network/ahead.ts';
import { until } from '../../../support/until.ts';

describe('Connections that are opened ahead', () => {
  let server: Server;
  let accepted: Socket[];
  let opened: Socket[];
  let time: number;
  /** What the next attempts to connect fail with. */
  let failures: Error[];

  const start = () =>
    connectionsAhead(
      async () => {
        const [failure] = failures.splice(0, 1);
        if (failure !== undefined) throw failure;
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        opened.push(socket.on('error', () => undefined));
        await once(socket, 'connect');
        return socket;
      },
      () => time,
    );
  beforeEach(async () => {
    [accepted, opened, failures, time] = [[], [], [], 0];
    server = createServer((socket) => accepted.push(socket.on('error', () => undefined)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    for (const socket of [...accepted, ...opened]) socket.destroy();
    server.close();
  });

  it('are given out in their order, each once, and then new ones', async () => {
    const ahead = start();
    ahead.open(2);
    assert.equal(opened.length, 2);
    const given = [await ahead.next(), await ahead.next(), await ahead.next()];
    assert.deepEqual(
      given.map((socket) => opened.indexOf(socket)),
      [0, 1, 2],
    );
    assert.equal(opened.length, 3);
  });

  it('are waited for while they are being opened', async () => {
    const ahead = start();
    ahead.open(1);
    await ahead.next();
    assert.equal(opened.length, 1);
  });

  it('are closed and not used after 4 s', async () => {
    const ahead = start();
    ahead.open(1);
    await until('it is open', () => accepted.length === 1);
    await new Promise(setImmediate);
    time = 4000;
    assert.equal(opened.indexOf(await ahead.next()), 1);
    assert.equal(opened[0]?.destroyed, true);
  });

  const ends = {
    closes: (socket?: Socket) => socket?.end(),
    'answers before it is asked': (socket?: Socket) => socket?.end('HTTP/1.1 408 Request Timeout\r\n\r\n'),
  };
  for (const [what, end] of Object.entries(ends)) {
    it(`are not used where the server ${what}`, async () => {
      const ahead = start();
      ahead.open(2);
      await until('both are open', () => accepted.length === 2);
      const first = accepted.findIndex(({ remotePort }) => remotePort === opened[0]?.localPort);
      end(accepted[first]);
      const { readableLength = 0, readyState } = opened[0] ?? {};
      assert.deepEqual([readableLength, readyState], [0, 'open']);
      await until('that has arrived', () => opened[0]?.readyState !== 'open' || opened[0].readableLength > 0);
      assert.equal(opened.indexOf(await ahead.next()), 1);
      assert.equal(opened[0]?.destroyed, true);
    });
  }

  it('that failed fail the one that asks for them, as if it had opened them itself, and the next one opens its own', async () => {
    failures = [new Error('refused')];
    const ahead = start();
    ahead.open(1);
    await assert.rejects(ahead.next(), { message: 'refused' });
    await ahead.next();
    assert.equal(opened.length, 1);
  });

  it('that failed more than 4 s ago are forgotten', async () => {
    failures = [new Error('refused')];
    const ahead = start();
    ahead.open(1);
    await new Promise(setImmediate);
    time = 4000;
    await ahead.next();
    assert.equal(opened.length, 1);
  });
});

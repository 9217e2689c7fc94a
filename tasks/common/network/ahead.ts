import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/** A connection that nobody asks for within this time is not used any more, in ms: undici lets an idle one go as soon. */
const longestIdle = 4000;

/** A connector that hands out connections which were opened before they were asked for. */
export interface AheadConnector {
  readonly connect: buildConnector.connector;
  open(options: buildConnector.Options, count: number): void;
  /** Closes what nobody has asked for. */
  close(): void;
}

/** What goes wrong with a connection ahead of its time is told by nobody: the request that needs one then opens its own. */
export function connectAhead(connect: buildConnector.connector): AheadConnector {
  const ahead: Promise<Ready | undefined>[] = [];
  const nextReady = async (): Promise<Socket | undefined> => {
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      const ready = await next;
      if (ready === undefined) continue;
      if (ready.socket.readyState === 'open' && performance.now() - ready.since < longestIdle)
        return ready.socket;
      ready.socket.destroy();
    }
    return undefined;
  };
  return {
    connect(options, callback) {
      if (ahead.length === 0) {
        connect(options, callback);
        return;
      }
      void nextReady().then((socket) =>
        socket === undefined ? connect(options, callback) : callback(null, socket),
      );
    },
    open(options, count) {
      for (let opened = 0; opened < count; opened++) ahead.push(open(connect, options));
    },
    close() {
      for (const next of ahead.splice(0)) void next.then((ready) => ready?.socket.destroy());
    },
  };
}

interface Ready {
  readonly socket: Socket;
  /** By performance.now(). */
  readonly since: number;
}

function open(
  connect: buildConnector.connector,
  options: buildConnector.Options,
): Promise<Ready | undefined> {
  return new Promise((resolve) => {
    connect(options, (_error, socket) =>
      resolve(socket === null ? undefined : { socket, since: performance.now() }),
    );
  });
}

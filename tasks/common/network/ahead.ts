import type { Socket } from 'node:net';
import { systemClock } from '../clock.ts';

/** A connection that nobody asks for within this time is not used any more, in ms: undici lets an idle one go as soon. */
const longestIdle = 4000;

/** Connections that are opened before they are asked for. Whoever opens them closes those that nobody asks for. */
export interface AheadConnections {
  open(count: number): void;
  /**
   * The connection that was opened first and is still fit for use, else a new one.
   * @throws what went wrong with it, as if it were opened now.
   */
  next(): Promise<Socket>;
}

/** @param now in ms, by a clock that nobody sets. */
export function connectionsAhead(
  connect: () => Promise<Socket>,
  now = () => systemClock.elapsed(),
): AheadConnections {
  const ahead: Promise<Opened>[] = [];
  return {
    open(count) {
      for (let begun = 0; begun < count; begun++) ahead.push(opened(connect(), now));
    },
    async next() {
      for (let first = ahead.shift(); first !== undefined; first = ahead.shift()) {
        const { at, socket, error } = await first;
        const isFresh = now() - at < longestIdle;
        if (isFresh && socket === undefined) throw error;
        // What speaks or ends before it is asked anything has nothing good to say.
        if (isFresh && socket?.readyState === 'open' && socket.readableLength === 0) return socket;
        socket?.destroy();
      }
      return connect();
    },
  };
}

/** What came of opening a connection, and when. */
interface Opened {
  readonly at: number;
  readonly socket?: Socket;
  readonly error?: unknown;
}

function opened(connecting: Promise<Socket>, now: () => number): Promise<Opened> {
  return connecting.then(
    (socket) => ({ at: now(), socket }),
    (error: unknown) => ({ at: now(), error }),
  );
}

import { type AddressInfo, type Socket, createServer } from 'node:net';

/** A TCP server on the loopback that speaks no HTTP. */
export interface RawServer {
  readonly port: number;
  /** What was connected so far. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** @param greeting sent to each connection, which is then closed; nothing is sent where it is undefined. */
export async function startRawServer(greeting?: string): Promise<RawServer> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined).resume());
    if (greeting !== undefined) socket.end(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

import type { Dispatcher, Pool } from 'undici';
import { ProxyError } from './network-errors.ts';

/** An answer larger than this is not read to its end, in bytes; a page of 1,000 entities stays below it. */
const largestAnswer = 64 * 1024 * 1024;

/** The connections to one origin, each with one request at a time. */
export interface OpenPool {
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  destroy(): Promise<void>;
}

/**
 * Loads undici, and makes its pool. Where a proxy opens no further tunnel, a request waits for a connection that stands: some allow
 * each client only a few.
 */
export async function openPool(
  origin: string,
  options: Pick<Pool.Options, 'connections' | 'connect'>,
): Promise<OpenPool> {
  const { Client, Pool } = await import('./undici.ts');
  const standing = new Set<Dispatcher>();
  const factory = (url: URL, clientOptions: object) => {
    const client = new Client(url, clientOptions);
    return client.on('connect', () => standing.add(client)).on('disconnect', () => standing.delete(client));
  };
  const pool = new Pool(origin, { ...options, factory, pipelining: 1, maxResponseSize: largestAnswer });
  return {
    dispatch(request, handler) {
      pool.dispatch(request, {
        ...handler,
        onResponseError(controller, error) {
          const [client] = error instanceof ProxyError ? standing : [];
          if (client === undefined) handler.onResponseError?.(controller, error);
          else client.dispatch(request, handler);
        },
      });
    },
    destroy: () => pool.destroy(),
  };
}

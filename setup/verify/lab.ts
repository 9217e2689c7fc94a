import { type Clock, systemClock } from '../../tasks/common/clock.ts';
import { CanceledError } from '../../tasks/common/errors.ts';
import { chooseProxy } from '../../tasks/common/network/proxy.ts';
import { retryableStatuses } from '../../tasks/common/network/retry.ts';
import type { HttpResponse } from '../../tasks/common/network/transport.ts';
import type { Azure } from '../azure/client.ts';
import type { Pipeline, Project } from '../azure/projects.ts';
import type { Environment } from '../command-context.ts';
import { SetupError } from '../errors.ts';
import type { Credentials } from '../parts/connections/port-account.ts';
import type { Products } from '../products.ts';
import type { PortDirect } from './port-direct.ts';
import { type Stop, endedBy } from './stop.ts';

/** Time, for probes. */
export interface LabClock extends Pick<Clock, 'elapsed' | 'sleep'> {
  /** The wall clock so many ms from now, in ms since the epoch. */
  after(milliseconds: number): number;
}

export const systemLabClock: LabClock = {
  ...systemClock,
  after: (milliseconds) => systemClock.now() + milliseconds,
};

/** What a probe asks with. */
export interface Lab {
  readonly port: PortDirect;
  /** Port, asked by somebody else. */
  portAs(credentials: Credentials): PortDirect;
  /** Azure DevOps; calls end once the command is stopped. */
  azure(): Promise<Azure>;
  project(): Promise<Project>;
  /** The first pipeline of the file. @throws SetupError where there is none of its name */
  pipeline(): Promise<Pipeline>;
  readonly config: Products['config'];
  /** The name of the probe pipeline, where its run is asked. */
  readonly probePipeline: string | undefined;
  /** The name of something that a probe makes, which no other probe gives; `what` has 8 characters at most. */
  name(what: string): string;
  /** A POST of JSON to an address outside of both APIs, such as one where Port takes events in. @throws SetupError for 503 and the like */
  post(url: string, headers: Readonly<Record<string, string>>, body: unknown): Promise<HttpResponse>;
  /**
   * Asks again until there is something: soon at first, later each second.
   * @param seconds the longest, 20 by default
   * @returns undefined where there was nothing in time
   */
  until<T>(look: () => Promise<T | undefined>, seconds?: number): Promise<T | undefined>;
  /** The time so many seconds from now. */
  after(seconds: number): Date;
  /** Milliseconds since some moment, for how long something takes. */
  elapsed(): number;
}

/** What all questions share. */
export type NamelessLab = Omit<Lab, 'name'>;

export interface LabOptions {
  readonly products: Products;
  readonly port: PortDirect;
  readonly portAs: Lab['portAs'];
  readonly stop: Stop;
  readonly environment: Environment;
  /** For one call, in ms. */
  readonly timeout: number;
  readonly probePipeline: string | undefined;
  readonly clock: LabClock;
}

/** @throws CanceledError from then on at each call to Azure DevOps, whose clients know no signal */
function stoppable(azure: Azure, { now, late }: Stop): Azure {
  const going = async <T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    if (now.aborted) throw new CanceledError();
    return endedBy(signal, call);
  };
  return {
    ...azure,
    ask: (what, call) => going(late, () => azure.ask(what, call)),
    call: (method, path, options) =>
      going(method === 'GET' ? now : late, () => azure.call(method, path, options)),
  };
}

export function createLab(options: LabOptions): NamelessLab {
  const { products, port, portAs, stop, environment, timeout, clock } = options;
  return {
    port,
    portAs,
    azure: async () => stoppable(await products.azure(), stop),
    project: () => products.project(),
    pipeline: async () => {
      const [first] = products.pipelines;
      if (first === undefined) throw new TypeError('a file has at least one pipeline');
      return first.get();
    },
    config: products.config,
    probePipeline: options.probePipeline,
    post: async (url, headers, body) => {
      const { createTransport } = await import('../../tasks/common/network/transport.ts');
      const target = new URL(url);
      const transport = createTransport({
        origin: target.origin,
        proxy: chooseProxy(target, undefined, environment),
      });
      try {
        const answer = await transport.send(
          {
            method: 'POST',
            path: target.pathname + target.search,
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify(body),
          },
          { timeout, signal: stop.now },
        );
        if (!retryableStatuses.has(answer.status)) return answer;
        throw new SetupError(`${target.origin} answers ${answer.status}: try again later.`);
      } finally {
        await transport.close();
      }
    },
    until: async (look, seconds = 20) => {
      const end = clock.elapsed() + seconds * 1000;
      for (let pause = 50; ; pause = Math.min(1000, 2 * pause)) {
        const found = await look();
        if (found !== undefined || clock.elapsed() >= end) return found;
        await clock.sleep(Math.min(pause, Math.max(0, end - clock.elapsed())), stop.now);
      }
    },
    after: (seconds) => new Date(clock.after(seconds * 1000)),
    elapsed: () => clock.elapsed(),
  };
}

import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config.ts';
import { connectPort } from '../port/open.ts';
import { type Products, openProducts } from '../products.ts';
import type { LoopFlags } from '../provision/with-parts.ts';
import { type Lab, type NamelessLab, createLab, systemLabClock } from './lab.ts';
import { newStamp } from './names.ts';
import { createDirect } from './port-direct.ts';
import { stopOf } from './stop.ts';

/** The labs of the questions, which end when the command is stopped, and that of the cleaning, which does not. */
export interface Labs {
  /** The lab of one question: what it makes is named as nothing else is. */
  readonly asking: () => Lab;
  readonly cleaning: NamelessLab;
  /** Those of the questions that were asked. */
  readonly stamps: ReadonlySet<string>;
  readonly products: Products;
}

export interface LabFlags extends LoopFlags {
  /** The probe pipeline's name. */
  readonly pipeline?: string;
}

/** One that this run has not used yet. */
function freshStamp(used: ReadonlySet<string>): string {
  const stamp = newStamp(Date.now(), Math.random());
  return used.has(stamp) ? freshStamp(used) : stamp;
}

/** Reads the file, and closes both products afterwards. */
export async function withLabs(
  flags: LabFlags,
  { environment, output }: CommandContext,
  act: (labs: Labs, stopping: AbortController) => Promise<void>,
  clock = systemLabClock,
): Promise<void> {
  const config = await readConfig(flags.file);
  const progress = (text: string): void => output.progress(text);
  const products = openProducts({ config, flags, environment, progress });
  const { connection, transport } = await connectPort(config.port.url, environment);
  const stopping = new AbortController();
  const over = new AbortController();
  const timeout = flags.timeout * 1000;
  const stamps = new Set<string>();
  const labUnder = (signal: AbortSignal): NamelessLab => {
    const stop = stopOf(signal, over.signal);
    const portAs: Lab['portAs'] = (credentials) =>
      createDirect({
        connection: { ...connection, ...credentials },
        transport,
        stop,
        timeout,
        clock,
        progress,
      });
    const port = portAs(connection);
    return createLab({
      ...{ products, port, portAs, stop, environment, timeout, clock },
      probePipeline: flags.pipeline,
    });
  };
  const asking = labUnder(stopping.signal);
  const labs: Labs = {
    asking: () => {
      const stamp = freshStamp(stamps);
      stamps.add(stamp);
      return { ...asking, name: (what) => stamp + what };
    },
    cleaning: labUnder(new AbortController().signal),
    stamps,
    products,
  };
  try {
    await act(labs, stopping);
  } finally {
    over.abort();
    await transport.close();
    await products.close();
  }
}

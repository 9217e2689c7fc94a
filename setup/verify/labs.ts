import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config.ts';
import { connectPort } from '../port/open.ts';
import { type Products, openProducts } from '../products.ts';
import type { LoopFlags } from '../provision/with-parts.ts';
import { type Lab, createLab, systemLabClock } from './lab.ts';
import { newStamp } from './names.ts';
import { createDirect } from './port-direct.ts';

/** The lab of the questions, which ends when the command is stopped, and that of the cleaning, which does not. */
export interface Labs {
  readonly asking: Lab;
  readonly cleaning: Lab;
  readonly stamp: string;
  readonly products: Products;
}

export interface LabFlags extends LoopFlags {
  /** The probe pipeline's name. */
  readonly pipeline?: string;
}

/** Reads the file, and closes both products afterwards. */
export async function withLabs(
  flags: LabFlags,
  { environment, output }: CommandContext,
  act: (labs: Labs, stop: AbortController) => Promise<void>,
  clock = systemLabClock,
): Promise<void> {
  const config = await readConfig(flags.file);
  const products = openProducts({ config, flags, environment, progress: (text) => output.progress(text) });
  const { connection, transport } = await connectPort(config.port.url, environment);
  const stop = new AbortController();
  const timeout = flags.timeout * 1000;
  const stamp = newStamp(Date.now(), Math.random());
  const labUnder = (signal: AbortSignal): Lab => {
    const portAs: Lab['portAs'] = (credentials) =>
      createDirect({ connection: { ...connection, ...credentials }, transport, signal, timeout });
    const port = portAs(connection);
    return createLab({
      ...{ products, port, portAs, stamp, signal, environment, timeout, clock },
      probePipeline: flags.pipeline,
    });
  };
  const labs = {
    asking: labUnder(stop.signal),
    cleaning: labUnder(new AbortController().signal),
    stamp,
    products,
  };
  try {
    await act(labs, stop);
  } finally {
    await transport.close();
    await products.close();
  }
}

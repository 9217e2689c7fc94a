import type { AzureFlags } from '../azure/open.ts';
import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config.ts';
import { partsOf } from '../parts/all-parts.ts';
import type { Part } from '../parts/part.ts';
import { type Products, openProducts } from '../products.ts';

/** The options of the commands that work on the file of a loop. */
export interface LoopFlags extends Omit<AzureFlags, 'organization'> {
  readonly file: string;
}

/** Reads the file, and closes both products afterwards. */
export async function withParts(
  flags: LoopFlags,
  { environment, output }: CommandContext,
  act: (parts: Part[], products: Products) => Promise<void>,
): Promise<void> {
  const config = await readConfig(flags.file);
  const products = openProducts({ config, flags, environment, progress: (text) => output.progress(text) });
  try {
    await act(partsOf(products), products);
  } finally {
    await products.close();
  }
}

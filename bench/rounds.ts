import { type Centre, type Ratio, mean, ratioOf } from './figures.ts';
import { type Command, type Sample, measure } from './measure.ts';

/**
 * Runs the contenders in turn, round after round, so that what slows the machine for a while slows them all.
 * @param contenders undefined for one that is not there, which has no samples
 */
export async function runInTurn<Name extends string>(
  contenders: Readonly<Record<Name, Command | undefined>>,
  rounds: number,
): Promise<Readonly<Record<Name, readonly Sample[]>>> {
  const names = Object.keys(contenders) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>;
  // The first run of each fills the caches of the file system, and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const command = contenders[name];
      if (command === undefined) continue;
      const sample = await measure(command);
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** Time of the processor comes in steps of 10 ms: a median would be one of these steps, the mean is not. */
export const centres = { wall: undefined, cpu: mean, peak: undefined } satisfies Record<
  Quantity,
  Centre | undefined
>;

export type Quantity = 'wall' | 'cpu' | 'peak';

export function compare(ours: readonly Sample[], theirs: readonly Sample[], quantity: Quantity): Ratio {
  const values = (samples: readonly Sample[]) => samples.map((sample) => sample[quantity]);
  return ratioOf(values(ours), values(theirs), centres[quantity]);
}

import type { Output } from './output.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every command is given besides its options. */
export interface CommandContext {
  readonly environment: Environment;
  readonly output: Output;
}

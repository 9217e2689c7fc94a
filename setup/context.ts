import type { Output } from './output.ts';
import type { Environment } from './sign-in.ts';

/** What every command is given besides its options. */
export interface Context {
  readonly environment: Environment;
  readonly output: Output;
}

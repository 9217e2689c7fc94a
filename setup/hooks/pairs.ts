import type { Inputs } from '../azure/hook-types.ts';
import { SetupError } from '../errors.ts';
import type { Environment } from '../sign-in.ts';

/** `name=value` options as an object; a name that is given twice counts last. @throws SetupError */
export function readPairs(pairs: readonly string[] | undefined, flag: string): Inputs {
  return Object.fromEntries(
    (pairs ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) throw new SetupError(`${flag} ${pair}: write name=value.`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** `name=VARIABLE` options, each replaced by the variable's value, so that no secret stands in arguments. */
export function readPairsFromEnvironment(
  pairs: readonly string[] | undefined,
  environment: Environment,
): Inputs {
  return Object.fromEntries(
    Object.entries(readPairs(pairs, '--input-env')).map(([name, variable]) => {
      const value = environment[variable];
      if (value === undefined || value === '') {
        throw new SetupError(
          `--input-env ${name}=${variable}: the environment variable ${variable} is not set.`,
        );
      }
      return [name, value];
    }),
  );
}

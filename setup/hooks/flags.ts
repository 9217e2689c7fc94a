import type { Azure } from '../azure/client.ts';
import type { Inputs } from '../azure/hook-types.ts';
import type { AzureFlags } from '../azure/open.ts';
import { findProject } from '../azure/projects.ts';
import type { Environment } from '../command-context.ts';
import { UsageError } from '../errors.ts';
import type { HookRequest } from './check-request.ts';

/** The options of the `hooks` commands, as the parser gives them; each command has some of them. */
export interface HookFlags extends AzureFlags {
  readonly project?: string;
  readonly publisher?: string;
  readonly event?: string;
  readonly consumer?: string;
  readonly filter?: readonly string[];
  readonly input?: readonly string[];
  readonly inputEnv?: readonly string[];
  readonly resourceVersion?: string;
  readonly allowHttp?: boolean;
  readonly minimal?: boolean;
  readonly rewrite?: boolean;
  readonly new?: boolean;
  readonly dryRun?: boolean;
}

export async function projectIdOf(azure: Azure, name: string | undefined): Promise<string | undefined> {
  return name === undefined ? undefined : (await findProject(azure, name)).id;
}

/** The options of `create` and `test` as a request; the parser has reported what is missing. */
export async function requestBy(
  azure: Azure,
  flags: HookFlags,
  environment: Environment,
): Promise<HookRequest> {
  const projectId = await projectIdOf(azure, flags.project);
  const { publisher, resourceVersion } = flags;
  return {
    event: flags.event ?? '',
    filters: readPairs(flags.filter, '--filter'),
    consumer: flags.consumer ?? '',
    inputs: {
      ...readPairs(flags.input, '--input'),
      ...readPairsFromEnvironment(flags.inputEnv, environment),
    },
    argumentInputs: Object.keys(readPairs(flags.input, '--input')),
    isHttpAllowed: flags.allowHttp === true,
    isMinimal: flags.minimal === true,
    ...(publisher !== undefined && { publisher }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(projectId !== undefined && { projectId }),
  };
}

/** `name=value` options as an object; a name that is given twice counts last. @throws UsageError */
export function readPairs(pairs: readonly string[] | undefined, flag: string): Inputs {
  return Object.fromEntries(
    (pairs ?? []).map((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) throw new UsageError(`${flag} ${pair}: write name=value.`);
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
        throw new UsageError(
          `--input-env ${name}=${variable}: the environment variable ${variable} is not set.`,
        );
      }
      return [name, value];
    }),
  );
}

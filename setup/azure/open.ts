import type { Environment } from '../command-context.ts';
import { AzureRequestError } from '../errors.ts';
import { type Azure, type AzureOptions, createAzure } from './client.ts';
import { readOrganizationUrl } from './organization.ts';
import { whoAmI } from './projects.ts';
import { type SignInKind, signIn } from './sign-in.ts';
import { readVersions } from './versions.ts';

export interface AzureFlags {
  readonly organization?: string;
  readonly auth: SignInKind;
  /** For one call, in seconds. */
  readonly timeout: number;
}

export interface OpenAzure {
  readonly azure: Azure;
  readonly user: string;
}

/** Signs in to the organization and makes sure that it took. */
export async function openAzure(flags: AzureFlags, environment: Environment): Promise<OpenAzure> {
  const organizationUrl = readOrganizationUrl(flags.organization ?? environment.AZURE_DEVOPS_ORGANIZATION);
  return meet({
    organizationUrl,
    environment,
    signIn: await signIn(flags.auth, environment),
    timeout: flags.timeout * 1000,
  });
}

/** Asks who is signed in; a server that takes that for a wrong question is asked in the newest version that it knows. */
async function meet(options: AzureOptions): Promise<OpenAzure> {
  const azure = createAzure(options);
  try {
    const user = await whoAmI(azure);
    return { azure: createAzure({ ...options, user }), user };
  } catch (error) {
    if (options.versions !== undefined || !(error instanceof AzureRequestError && error.status === 400))
      throw error;
    const locations = await azure.call('OPTIONS', '/_apis', { does: 'ask for the versions that it knows' });
    const versions = readVersions(locations);
    if (versions === undefined) throw error;
    return meet({ ...options, versions });
  }
}

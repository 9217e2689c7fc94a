import type { Environment } from '../command-context.ts';
import { type Azure, createAzure } from './client.ts';
import { readOrganizationUrl } from './organization.ts';
import { whoAmI } from './projects.ts';
import { type SignInKind, signIn } from './sign-in.ts';

export interface AzureFlags {
  readonly organization?: string;
  readonly auth: SignInKind;
  /** For one call, in seconds. */
  readonly timeout: number;
}

/** Signs in to the organization and makes sure that it took. */
export async function openAzure(
  flags: AzureFlags,
  environment: Environment,
): Promise<{ readonly azure: Azure; readonly user: string }> {
  const organizationUrl = readOrganizationUrl(flags.organization ?? environment.AZURE_DEVOPS_ORGANIZATION);
  const azure = createAzure({
    organizationUrl,
    environment,
    signIn: await signIn(flags.auth, environment),
    timeout: flags.timeout * 1000,
  });
  return { azure, user: await whoAmI(azure) };
}

import type { Azure } from './azure/client.ts';
import { createAzure } from './azure/client.ts';
import { whoAmI } from './azure/projects.ts';
import { readOrganizationUrl } from './organization.ts';
import type { Environment, SignInKind } from './sign-in.ts';
import { signIn } from './sign-in.ts';

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

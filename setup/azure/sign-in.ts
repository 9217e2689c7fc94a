import type { Environment } from '../command-context.ts';
import { SetupError, messageOf } from '../errors.ts';

export type SignInKind = 'auto' | 'pat' | 'job' | 'entra';

/** How calls to Azure DevOps are signed, and what messages call it. */
export interface SignIn {
  readonly kind: 'pat' | 'bearer';
  readonly token: string;
  readonly source: string;
}

/** The application id of Azure DevOps in every Entra ID tenant, as Microsoft documents it. */
const azureDevOpsScope = '499b84ac-1321-427f-aa17-267ca6975798/.default';

export const patVariable = 'AZURE_DEVOPS_EXT_PAT';
export const jobTokenVariable = 'SYSTEM_ACCESSTOKEN';

function fromVariable(environment: Environment, name: string, kind: SignIn['kind']): SignIn | undefined {
  const token = environment[name]?.trim() ?? '';
  // A macro that nothing replaced, as an unmapped variable leaves it in a script step.
  if (token === '' || token.startsWith('$(')) return undefined;
  return {
    kind,
    token,
    source: kind === 'pat' ? `the personal access token in ${name}` : `the job token in ${name}`,
  };
}

/** Only this sign-in needs the library, and loading it takes a while. */
async function fromEntraId(): Promise<SignIn> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  try {
    const { token } = await new DefaultAzureCredential().getToken(azureDevOpsScope);
    return { kind: 'bearer', token, source: 'Entra ID' };
  } catch (error) {
    const [reason = ''] = messageOf(error).split('\n');
    throw new SetupError(
      `Not signed in to Azure DevOps. Run "az login", or set ${patVariable} to a personal access token, or in a pipeline ` +
        `map ${jobTokenVariable}: $(System.AccessToken). Entra ID says: ${reason}`,
      { cause: error },
    );
  }
}

/** Chooses a sign-in: a token in the environment, else Entra ID (az login, service principal, managed or workload identity). */
export async function signIn(kind: SignInKind, environment: Environment): Promise<SignIn> {
  const pat = fromVariable(environment, patVariable, 'pat');
  const job = fromVariable(environment, jobTokenVariable, 'bearer');
  if (kind === 'pat' || kind === 'job') {
    const chosen = kind === 'pat' ? pat : job;
    if (chosen !== undefined) return chosen;
    throw new SetupError(
      `--auth ${kind} needs the variable ${kind === 'pat' ? patVariable : jobTokenVariable}.`,
    );
  }
  if (kind === 'auto' && (pat ?? job) !== undefined) return pat ?? job ?? fromEntraId();
  return fromEntraId();
}

import type { ServiceEndpoint } from 'azure-devops-node-api/interfaces/ServiceEndpointInterfaces.js';
import type { Products } from '../../products.ts';
import { type Finding, judged, ok } from '../part.ts';
import { type Credentials, credentialsOf, faultOfHolder } from './port-account.ts';

/** A service connection as it is to be. Of its secrets Azure DevOps shows nothing. */
export interface WantedConnection {
  readonly name: string;
  readonly type: 'incomingwebhook' | 'port-api';
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Whose credentials these are, where they are not the organization's. */
  readonly account?: string;
}

/** The connection that Port's calls come in by. Port signs them with the client secret of the organization. */
async function incomingWebhook(products: Products): Promise<WantedConnection> {
  const { name, connection } = products.config.webhook;
  const { clientSecret } = (await products.port()).connection;
  return {
    name: connection,
    type: 'incomingwebhook',
    url: 'https://dev.azure.com',
    scheme: 'None',
    parameters: { webhookname: name, header: 'x-port-signature' },
    secrets: { secret: clientSecret },
  };
}

/** The connection that the tasks of this extension use. */
async function portApi(
  products: Products,
  name: string,
  credentials: Credentials,
): Promise<WantedConnection> {
  const { apiUrl } = (await products.port()).connection;
  return {
    name,
    type: 'port-api',
    url: apiUrl,
    scheme: 'UsernamePassword',
    parameters: { username: credentials.clientId },
    secrets: { password: credentials.clientSecret },
  };
}

const withoutSlash = (url: string | undefined): string => (url ?? '').replace(/\/+$/, '').toLowerCase();

function faultsOf(wanted: WantedConnection, actual: ServiceEndpoint): string[] {
  const faults: string[] = [];
  if (actual.type !== wanted.type) faults.push(`its type is ${actual.type ?? 'unknown'}, not ${wanted.type}`);
  // Nothing ever calls the URL of an incoming webhook's connection.
  if (wanted.type === 'port-api' && withoutSlash(actual.url) !== withoutSlash(wanted.url)) {
    faults.push(`its URL is ${actual.url ?? 'missing'}, not ${wanted.url}`);
  }
  for (const [name, value] of Object.entries(wanted.parameters)) {
    const given = actual.authorization?.parameters?.[name];
    if (given !== value)
      faults.push(`${name} is ${given === undefined ? 'missing' : `"${given}"`}, not "${value}"`);
  }
  if (actual.isReady === false) faults.push('it is not ready');
  if (actual.isDisabled === true)
    faults.push('it is disabled: by hand, or by Azure DevOps after 100 days without use');
  return faults;
}

export interface ConnectionKind {
  readonly name: string;
  readonly noun: string;
  readonly type: WantedConnection['type'];
  look(actual: ServiceEndpoint): Promise<Finding>;
  /** Made when it is written: some of its secrets are told once. */
  wanted(): Promise<WantedConnection>;
}

/** What Port's calls come in by. */
export const webhookConnection = (products: Products): ConnectionKind => ({
  name: products.config.webhook.connection,
  noun: 'incoming webhook',
  type: 'incomingwebhook',
  look: async (actual) => judged(faultsOf(await incomingWebhook(products), actual)),
  wanted: () => incomingWebhook(products),
});

/** What the tasks sign in with: the file's service account, otherwise the organization itself. */
export function portApiConnection(products: Products, name: string): ConnectionKind {
  const { portAccount } = products.config;
  const organization = async () => portApi(products, name, (await products.port()).connection);
  if (portAccount === undefined)
    return {
      name,
      noun: 'Port',
      type: 'port-api',
      look: async (actual) => {
        const faults = faultsOf(await organization(), actual);
        return faults.length > 0 ? judged(faults) : ok(adviceOnAccount);
      },
      wanted: organization,
    };
  return {
    name,
    noun: 'Port',
    type: 'port-api',
    look: async (actual) => {
      const faults = faultsOf({ ...(await organization()), parameters: {} }, actual);
      const holder = await faultOfHolder(products, portAccount, actual);
      return judged([...faults, ...(holder === undefined ? [] : [holder])]);
    },
    wanted: async () => {
      const credentials = await credentialsOf(products, portAccount);
      return { ...(await portApi(products, name, credentials)), account: portAccount.identifier };
    },
  };
}

const adviceOnAccount =
  "it holds the organization's own credentials, which also sign webhooks: with portAccount: {identifier: …} in the file it gets those of a service account";

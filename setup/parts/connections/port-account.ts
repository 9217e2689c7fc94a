import type { ServiceEndpoint } from 'azure-devops-node-api/interfaces/ServiceEndpointInterfaces.js';
import { getEntity, isNotFound } from '../../../tasks/common/port/entities/get-entity.ts';
import type { PortAccount } from '../../config.ts';
import { SetupError } from '../../errors.ts';
import { type Json, recordOf, textOf } from '../../json.ts';
import type { Products } from '../../products.ts';
import { type Finding, type Part, judged, missing } from '../part.ts';

/** Service accounts are entities of this blueprint (docs.port.io, Manage users and teams). */
const blueprint = '_user';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Port tells an account's secret once: what it told in this run goes into the service connection and nowhere else. */
const told = new WeakMap<Products, Credentials>();

/** What Port tells when it makes an account, or new credentials of one; undefined where it tells none. */
export function credentialsIn(answer: Json): Credentials | undefined {
  const { clientId, clientSecret } = recordOf(recordOf(answer.additionalData).credentials);
  if (textOf(clientId) === '' || textOf(clientSecret) === '') return undefined;
  return { clientId: textOf(clientId), clientSecret: textOf(clientSecret) };
}

function readCredentials(answer: Json, account: string): Credentials {
  const credentials = credentialsIn(answer);
  if (credentials === undefined)
    throw new SetupError(
      `Port told no credentials of the service account ${account}. Take portAccount out of the file, or see in Port whether service accounts are part of your plan.`,
    );
  return credentials;
}

/** Those of the account that was made in this run, otherwise new ones, which end those of before. */
export async function credentialsOf(products: Products, { identifier }: PortAccount): Promise<Credentials> {
  const made = told.get(products);
  told.delete(products);
  if (made !== undefined) return made;
  const port = await products.port();
  const answer = await port.call('rotateCredentials', { parameters: { user: identifier } });
  return readCredentials(answer, identifier);
}

/** The entity that an account is in Port. */
export const accountEntity = ({ identifier, role, teams }: PortAccount): Json => ({
  identifier,
  title: identifier,
  ...(teams.length > 0 && { team: teams }),
  properties: { port_type: 'Service Account', port_role: role, status: 'Active' },
});

async function findAccount(products: Products, { identifier }: PortAccount): Promise<Json | undefined> {
  try {
    return await getEntity(await products.port(), { blueprint, identifier });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function faultsOf({ role, teams }: PortAccount, actual: Json): string[] {
  const { port_type: type, port_role: actualRole, status } = recordOf(actual.properties);
  const missingTeams = teams.filter((team) => ![actual.team].flat().includes(team));
  return [
    ...(type === 'Service Account'
      ? []
      : [`it is no service account, but ${textOf(type) || 'something else'}`]),
    ...(actualRole === role ? [] : [`its role is ${textOf(actualRole) || 'none'}, not ${role}`]),
    ...(status === 'Active' ? [] : [`its status is ${textOf(status) || 'none'}, not Active`]),
    ...(missingTeams.length === 0 ? [] : [`it is not in ${missingTeams.join(', ')}`]),
  ];
}

async function look(products: Products, account: PortAccount): Promise<Finding> {
  const actual = await findAccount(products, account);
  return actual === undefined ? missing() : judged(faultsOf(account, actual));
}

async function apply(products: Products, account: PortAccount): Promise<void> {
  const [port, actual] = [await products.port(), await findAccount(products, account)];
  const type = recordOf(actual?.properties).port_type;
  if (actual !== undefined && type !== 'Service Account')
    throw new SetupError(
      `${account.identifier} is a person's user in Port, which is left alone. Give portAccount another identifier.`,
    );
  const body = accountEntity(account);
  if (actual !== undefined) {
    await port.call('upsertEntity', {
      parameters: { blueprint },
      query: { upsert: true, merge: true },
      body,
    });
    return;
  }
  const answer = await port.call('createEntity', { parameters: { blueprint }, body });
  told.set(products, readCredentials(answer, account.identifier));
}

/**
 * The account that the tasks sign in as, so that no pipeline holds the secret that signs Port's webhooks.
 * @param whyConnectionStays undefined where the service connection that holds its credentials goes, too
 */
export function accountPart(
  products: Products,
  account: PortAccount,
  whyConnectionStays: () => Promise<string | undefined>,
): Part {
  const { identifier } = account;
  return {
    id: `port/account/${identifier}`,
    title: `service account ${identifier} in Port`,
    look: () => look(products, account),
    apply: () => apply(products, account),
    removal: {
      obstacle: async () =>
        (await whyConnectionStays()) === undefined
          ? undefined
          : 'the service connection that holds its credentials stays',
      run: async () => {
        const parameters = { blueprint, entity: identifier };
        await (await products.port()).call('deleteEntity', { parameters });
      },
    },
  };
}

/** Azure DevOps keeps a connection's client id readable, and nothing that says whose it is: the description says that. */
const mark = /(?:^| )Port account (\S+), client id (\S+)$/;

export const withoutMark = (description: string): string => description.replace(mark, '');

export const withMark = (description: string, account: string, clientId: string): string =>
  `${withoutMark(description)} Port account ${account}, client id ${clientId}`.trim();

/** The account whose credentials the connection holds, as far as nobody changed them by hand. */
function holderOf({ description = '', authorization }: ServiceEndpoint): string | undefined {
  const [, account, clientId] = mark.exec(description) ?? [];
  return clientId === authorization?.parameters?.username ? account : undefined;
}

/** Whose credentials it holds, where that is not the wanted account. */
export async function faultOfHolder(
  products: Products,
  { identifier }: PortAccount,
  actual: ServiceEndpoint,
): Promise<string | undefined> {
  const holder = holderOf(actual);
  if (holder === identifier) return undefined;
  const { clientId } = (await products.port()).connection;
  const held = actual.authorization?.parameters?.username;
  const whose = held === clientId ? 'the organization' : (holder ?? `client id ${held ?? '(none)'}`);
  return `it holds the credentials of ${whose}, not those of ${identifier}: new ones are made for that account, and end those that it has elsewhere`;
}

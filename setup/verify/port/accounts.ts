import { requestedDelay } from '../../../tasks/common/network/retry.ts';
import { recordOf, textOf } from '../../json.ts';
import { type Credentials, accountEntity, credentialsIn } from '../../parts/connections/port-account.ts';
import type { Lab } from '../lab.ts';
import { type PortAnswer, type PortDirect, codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds, notAsked } from '../question.ts';
import {
  entitiesPath,
  entityPath,
  makeAction,
  makeBlueprint,
  readEntity,
  runPath,
  startRun,
} from './fixtures.ts';

interface Account {
  readonly identifier: string;
  readonly answer: PortAnswer['body'];
}

/** Makes a service account with the role Member as `setup` does. */
async function makeAccount(lab: Lab, what: string, teams: readonly string[] = []): Promise<Account> {
  const identifier = `${lab.name(what)}@serviceaccounts.getport.io`;
  const body = accountEntity({ identifier, role: 'Member', teams });
  return { identifier, answer: await lab.port.require('POST', entitiesPath('_user'), body) };
}

const signIn = (lab: Lab, { clientId, clientSecret }: Credentials): Promise<PortAnswer> =>
  lab.port.ask('POST', '/v1/auth/access_token', { clientId, clientSecret });

/** The status of a sign-in, once it is the wanted one, at the latest after 10 s. */
async function signInStatus(lab: Lab, credentials: Credentials, wanted: number): Promise<number> {
  let last = 0;
  await lab.until(async () => {
    last = (await signIn(lab, credentials)).status;
    return last === wanted ? last : undefined;
  }, 10);
  return last;
}

const noCredentials = notAsked('Port told no credentials of a new service account');

/** Port as an account with the role Member sees it; undefined where Port tells no credentials. */
async function asMember(lab: Lab, what: string): Promise<PortDirect | undefined> {
  const credentials = credentialsIn((await makeAccount(lab, what)).answer);
  return credentials === undefined ? undefined : lab.portAs(credentials);
}

/** Each thing with the status of its answer: `reads 200, changes 403`. */
const told = (answers: Readonly<Record<string, PortAnswer>>): string =>
  Object.entries(answers)
    .map(([does, answer]) => `${does} ${answer.status < 300 ? 'yes' : codeOf(answer)}`)
    .join(', ');

const namesIn = (answer: PortAnswer['body']): string =>
  [...Object.keys(answer), ...Object.keys(recordOf(answer.additionalData))].join(', ') || 'nothing';

/** Questions about service accounts, permissions, secrets and limits. */
export const accountQuestions: readonly Question[] = [
  {
    id: 'account-credentials',
    claim:
      'The making of a service account is answered with `additionalData.credentials`, by which it can sign in; it is read back with its type, role and status',
    matters: '`portAccount` of [setup](setup.md#a-service-account-for-the-pipelines)',
    ask: {
      does: 'makes a service account, signs in as it, and reads it',
      makes: ['service account'],
      ask: async (lab) => {
        const { identifier, answer } = await makeAccount(lab, 'account');
        const credentials = credentialsIn(answer);
        if (credentials === undefined)
          return differs('additionalData with credentials', `members: ${namesIn(answer)}`);
        const { properties } = await readEntity(lab, '_user', identifier);
        const { port_type: type, port_role: role, status } = recordOf(properties);
        return compared(
          'sign-in 200; Service Account, Member, Active',
          `sign-in ${await signInStatus(lab, credentials, 200)}; ${[type, role, status].map((each) => textOf(each) || 'nothing').join(', ')}`,
        );
      },
    },
  },
  {
    id: 'account-teams',
    claim: 'A service account is put into a team by `team` of its entity',
    matters: '`teams` of `portAccount` in [setup](setup.md#a-service-account-for-the-pipelines)',
    ask: {
      does: 'makes a team and a service account in it, and reads the account',
      makes: ['service account', 'team'],
      ask: async (lab) => {
        const team = lab.name('team');
        await lab.port.require('POST', entitiesPath('_team'), { identifier: team, title: team });
        const { identifier } = await makeAccount(lab, 'teamed', [team]);
        const isIn = await lab.until(async () => {
          const account = await readEntity(lab, '_user', identifier);
          return [account.team].flat().includes(team) ? true : undefined;
        }, 10);
        return compared('in the team', isIn === true ? 'in the team' : 'taken, and not in the team');
      },
    },
  },
  {
    id: 'rotated-credentials',
    claim:
      'New credentials of a service account come as `additionalData.credentials`, have a new client id, and end the old ones',
    matters:
      '`setup apply --rewrite-secrets`; `doctor` knows by the client id whose credentials a service connection holds',
    ask: {
      does: 'makes a service account, gives it new credentials, and signs in with both',
      makes: ['service account'],
      ask: async (lab) => {
        const { identifier, answer } = await makeAccount(lab, 'rotated');
        const old = credentialsIn(answer);
        if (old === undefined) return noCredentials;
        const path = `/v1/rotate-credentials/${encodeURIComponent(identifier)}`;
        const rotation = await lab.port.require('POST', path);
        const fresh = credentialsIn(rotation);
        if (fresh === undefined)
          return differs('additionalData with credentials', `members: ${namesIn(rotation)}`);
        const id = fresh.clientId === old.clientId ? 'the same client id' : 'a new client id';
        return compared(
          'a new client id; sign-in with the new ones 200, with the old ones 401',
          `${id}; sign-in with the new ones ${await signInStatus(lab, fresh, 200)}, with the old ones ${await signInStatus(lab, old, 401)}`,
        );
      },
    },
  },
  {
    id: 'disabled-account',
    claim: 'A service account whose status is Disabled can neither sign in nor use a token that it has (401)',
    matters:
      'how to end what a leaked credential may do, at once; `doctor` takes any status but Active for a fault',
    ask: {
      does: 'makes a service account, signs in as it, disables it, and uses its token and its credentials',
      makes: ['service account'],
      ask: async (lab) => {
        const { identifier, answer } = await makeAccount(lab, 'disabled');
        const credentials = credentialsIn(answer);
        if (credentials === undefined) return noCredentials;
        const port = lab.portAs(credentials);
        await port.require('GET', '/v1/blueprints/_user');
        const change = { properties: { status: 'Disabled' } };
        await lab.port.require('PATCH', entityPath('_user', identifier), change);
        let token = 0;
        await lab.until(async () => {
          token = (await port.ask('GET', '/v1/blueprints/_user')).status;
          return token === 401 ? token : undefined;
        }, 10);
        return compared(
          'token 401, sign-in 401',
          `token ${token}, sign-in ${await signInStatus(lab, credentials, 401)}`,
        );
      },
    },
  },
  {
    id: 'member-run',
    claim:
      'A service account with the role Member may read a run that somebody else started, change it, add to its log, and end it',
    matters:
      'all of PortRunStatus, where the service connection holds what `portAccount` made; the role Admin can be given instead',
    ask: {
      does: 'starts a run, and does all this as a new service account',
      makes: ['action', 'webhook', 'service account'],
      ask: async (lab) => {
        const path = runPath(await startRun(lab, 'foreign'));
        const port = await asMember(lab, 'member');
        if (port === undefined) return noCredentials;
        const answers = {
          reads: await port.ask('GET', `${path}?version=v2`),
          changes: await port.ask('PATCH', path, { statusLabel: 'seen', link: ['https://port.io'] }),
          'adds to the log': await port.ask('POST', `${path}/logs`, { message: 'seen' }),
          ends: await port.ask('PATCH', path, { status: 'SUCCESS' }),
        };
        return compared('reads yes, changes yes, adds to the log yes, ends yes', told(answers));
      },
    },
  },
  {
    id: 'member-entities',
    claim:
      'A service account with the role Member may read a blueprint and its scorecards, and write, tie to a run, find and delete its entities, without rights of its own on the blueprint',
    matters:
      'the other tasks, where the service connection holds what `portAccount` made; where Port refuses, give the account rights on the blueprint, or the role Admin',
    ask: {
      does: 'makes a blueprint and a run, and does all this as a new service account',
      makes: ['action', 'webhook', 'blueprint', 'service account'],
      ask: async (lab) => {
        const run = await startRun(lab, 'foreignE');
        const blueprint = await makeBlueprint(lab, 'foreign', { count: { type: 'number', title: 'Count' } });
        const port = await asMember(lab, 'memberE');
        if (port === undefined) return noCredentials;
        const [path, query] = [entitiesPath(blueprint), '?upsert=true&merge=true'];
        const tie = `${query}&run_id=${encodeURIComponent(run)}`;
        const answers = {
          'reads the blueprint': await port.ask('GET', `/v1/blueprints/${blueprint}`),
          'reads the scorecards': await port.ask('GET', `/v1/blueprints/${blueprint}/scorecards`),
          writes: await port.ask('POST', path + query, { identifier: 'one' }),
          ties: await port.ask('POST', path + tie, { identifier: 'two' }),
          finds: await port.ask('POST', `${path}/search`, { limit: 10 }),
          deletes: await port.ask('DELETE', entityPath(blueprint, 'one')),
        };
        return compared(
          'reads the blueprint yes, reads the scorecards yes, writes yes, ties yes, finds yes, deletes yes',
          told(answers),
        );
      },
    },
  },
  {
    id: 'secret-names',
    claim:
      '`/v1/organization/secrets/{name}` answers 200 for a secret that is there, and 404 for one that is not',
    matters: 'what `doctor` says of the secret that `approvals` need',
    ask: {
      does: 'makes a secret, and asks for it and for another one',
      makes: ['secret'],
      ask: async (lab) => {
        const secretName = lab.name('secret');
        const path = '/v1/organization/secrets';
        await lab.port.require('POST', path, { secretName, secretValue: 'nothing' });
        const { status } = await lab.port.ask('GET', `${path}/${secretName}`);
        const other = await lab.port.ask('GET', `${path}/${lab.name('other')}`);
        return compared('there 200, not there 404', `there ${status}, not there ${other.status}`);
      },
    },
  },
  {
    id: 'action-permissions',
    claim:
      '`/v1/actions/{action}/permissions` takes who may execute an action, and answers with it in `permissions.execute`: roles, teams, users, ownedByTeam',
    matters: 'who may press the buttons of `approvals`',
    ask: {
      does: 'makes an action, lets administrators alone execute it, and reads that',
      makes: ['action', 'webhook'],
      ask: async (lab) => {
        const path = `/v1/actions/${await makeAction(lab, 'permit')}/permissions`;
        const execute = { roles: ['Admin'], teams: [], users: [], ownedByTeam: false };
        await lab.port.require('PATCH', path, { execute });
        const { permissions } = await lab.port.require('GET', path);
        const held = recordOf(recordOf(permissions).execute);
        const wrong = Object.entries(execute).filter(([name, value]) => {
          const [came, wanted] = [held[name], value].map((each) => JSON.stringify(each ?? null));
          return came !== wanted;
        });
        return wrong.length === 0
          ? holds('all four are as they were sent')
          : differs(
              'all four as they were sent',
              `missing or others: ${wrong.map(([name]) => name).join(', ')}`,
            );
      },
    },
  },
  {
    id: 'rate-limit-reset',
    claim:
      'Answers have `x-ratelimit-reset`, in seconds or as an epoch, and the tasks understand it as a wait of at most an hour',
    matters: 'how long every task waits after 429; without it they wait by their own schedule',
    ask: {
      does: 'reads the headers of an answer',
      makes: [],
      ask: async (lab) => {
        const answer = await lab.port.ask('GET', '/v1/blueprints/_user');
        if (answer.status >= 300) return notAsked(`Port answers ${codeOf(answer)}`);
        const { headers } = answer;
        const reset = headers['x-ratelimit-reset'];
        if (reset === undefined) return differs('x-ratelimit-reset', 'no such header');
        const wait = requestedDelay({ status: 429, headers: { 'x-ratelimit-reset': reset } }, Date.now());
        if (wait === undefined || wait > 60 * 60 * 1000)
          return differs(
            'a wait of at most an hour',
            `${reset}: ${wait === undefined ? 'not understood' : `${wait / 1000} s`}`,
          );
        const form = Number(reset) * 1000 === wait ? 'in seconds' : 'as a time';
        const [limit, period] = ['limit', 'period'].map(
          (name) => headers[`x-ratelimit-${name}`] ?? 'nothing',
        );
        return holds(`${Math.round(wait / 1000)} s, told ${form}; limit ${limit}, period ${period}`);
      },
    },
  },
];

import { createHmac, randomBytes } from 'node:crypto';
import { pathOf } from '../../azure/projects.ts';
import { SetupError } from '../../errors.ts';
import { type Json, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { type Answer, type Question, compared, differs, holds, notAsked } from '../question.ts';

/** `isDisabled` came with it. */
const version = 'api-version=7.2-preview.4';
const endpoints = '/_apis/serviceendpoint/endpoints';

/** A service connection of an incoming webhook, as setup makes it, that no pipeline names: nothing can start by it. */
interface Made {
  readonly name: string;
  readonly secret: string;
  /** Sends it again, with these members in place of its own. */
  update(more: Json): Promise<void>;
  read(): Promise<Json>;
}

const authorization = (name: string, more: Json = {}): Json => ({
  scheme: 'None',
  parameters: { webhookname: name, header: 'x-port-signature', ...more },
});

async function makeConnection(lab: Lab, what: string): Promise<Made> {
  const [azure, project] = [await lab.azure(), await lab.project()];
  const [name, secret] = [lab.name(what), randomBytes(24).toString('hex')];
  const body = {
    name,
    type: 'incomingwebhook',
    url: 'https://dev.azure.com',
    description: '',
    owner: 'library',
    data: {},
    isShared: false,
    isReady: true,
    authorization: authorization(name, { secret }),
    serviceEndpointProjectReferences: [{ projectReference: project, name, description: '' }],
  };
  const does = 'make a service connection';
  const { id } = await azure.call('POST', `${endpoints}?${version}`, { does, body });
  const own = `/${encodeURIComponent(textOf(id))}?${version}`;
  return {
    name,
    secret,
    read: () =>
      azure.call('GET', pathOf(project, `serviceendpoint/endpoints${own}`), {
        does: 'read a service connection',
      }),
    update: async (more) => {
      await azure.call('PUT', endpoints + own, {
        does: 'change a service connection',
        body: { ...body, id, ...more },
      });
    },
  };
}

/** Calls its address as Port does, which starts nothing. @returns the status of the answer */
async function callWebhook(lab: Lab, { name }: Made, secret: string): Promise<number> {
  const { organizationUrl } = await lab.azure();
  const payload = { verify: true };
  const signature = createHmac('sha1', secret).update(JSON.stringify(payload)).digest('hex');
  const url = `${organizationUrl}/_apis/public/distributedtask/webhooks/${name}?api-version=6.0-preview`;
  const { status } = await lab.post(url, { 'x-port-signature': signature }, payload);
  return status;
}

/** The answers to a call with the wrong signature, and to one with the right one. */
async function signatures(lab: Lab, made: Made): Promise<readonly [wrong: number, right: number]> {
  const wrong = await callWebhook(lab, made, 'another');
  return [wrong, await callWebhook(lab, made, made.secret)];
}

const wordOf = (isDisabled: unknown): string =>
  typeof isDisabled === 'boolean' ? `isDisabled: ${isDisabled}` : 'no isDisabled';

async function disable(made: Made): Promise<unknown> {
  await made.update({ isDisabled: true });
  return (await made.read()).isDisabled;
}

async function askWhetherKept(lab: Lab): Promise<Answer> {
  const made = await makeConnection(lab, 'secret');
  const before = await signatures(lab, made);
  if (before[0] === before[1])
    return notAsked(`a wrong and a right signature are answered alike, with ${before[0]}`);
  await made.update({ authorization: authorization(made.name) });
  const after = await signatures(lab, made);
  const told = (answers: readonly number[]): string => `${answers[0]} wrong, ${answers[1]} right`;
  return compared(told(before), told(after));
}

const makes = ['service connection'] as const;
const does = 'makes a service connection of an incoming webhook that no pipeline names';

/** Questions about service connections. */
export const connectionQuestions: readonly Question[] = [
  {
    id: 'connection-disabled',
    claim: 'An update by version 7.2-preview sets `isDisabled` of a service connection, and reading tells it',
    matters: '`setup plan` and `doctor` tell a disabled service connection',
    ask: {
      does: `${does}, and disables it`,
      makes,
      ask: async (lab) =>
        compared('isDisabled: true', wordOf(await disable(await makeConnection(lab, 'off')))),
    },
  },
  {
    id: 'connection-enabled',
    claim: 'An update with `isDisabled: false` enables a disabled service connection',
    matters: '`setup apply` repairs what Azure DevOps has disabled after 100 days without use',
    ask: {
      does: `${does}, disables it, and enables it again`,
      makes,
      ask: async (lab) => {
        const made = await makeConnection(lab, 'on');
        if ((await disable(made)) !== true) throw new SetupError('an update does not disable it');
        await made.update({ isDisabled: false });
        return compared('isDisabled: false', wordOf((await made.read()).isDisabled));
      },
    },
  },
  {
    id: 'webhook-signature',
    claim:
      'The address of an incoming webhook refuses a call that is not signed with its secret, with a status',
    matters: '`doctor` tells by the status of the last call that the secrets of both sides differ',
    ask: {
      does: `${does}, and calls it with a wrong and a right signature`,
      makes,
      ask: async (lab) => {
        const [wrong, right] = await signatures(lab, await makeConnection(lab, 'sign'));
        return wrong >= 400 && right < 300
          ? holds(`${wrong}, and ${right} for a signed one`)
          : differs('400 or more, and 200 for a signed one', `${wrong}, and ${right} for a signed one`);
      },
    },
  },
  {
    id: 'connection-secret',
    claim: 'An update of a service connection keeps the secret where none is sent',
    matters: 'none: `setup apply` always sends it',
    ask: {
      does: `${does}, changes it without its secret, and calls it with a wrong and a right signature before and after`,
      makes,
      ask: askWhetherKept,
    },
  },
  {
    id: 'connection-used',
    claim:
      'Calls of an incoming webhook count as use of its service connection, so that Azure DevOps does not disable it after 100 days',
    matters: '`doctor` tells it where it is disabled, and `setup apply` enables it',
    ask: { why: 'it takes 100 days, and no answer tells when a service connection was used last' },
  },
];

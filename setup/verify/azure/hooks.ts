import { randomBytes } from 'node:crypto';
import { getEventType, inputValues } from '../../azure/hook-catalog.ts';
import { type Subscription, type SubscriptionSettings } from '../../azure/hook-types.ts';
import { createSubscription, getSubscription, replaceSubscription, sendTest } from '../../azure/hooks-api.ts';
import { pathOf } from '../../azure/projects.ts';
import { AzureRequestError, SetupError, messageOf } from '../../errors.ts';
import { meaningful } from '../../hooks/reconcile.ts';
import { recordOf, recordsOf, textOf } from '../../json.ts';
import { ingestSecretHeader, ingestSecurity } from '../../parts/ingest.ts';
import type { Lab } from '../lab.ts';
import { entityPath, makeBlueprint, makeWebhook } from '../port/fixtures.ts';
import { type Answer, type Question, compared, differs, holds, notAsked } from '../question.ts';

const entity = 'seen';

/** A service hook with a secret header, and where in Port its events arrive. */
interface Made {
  readonly hook: Subscription;
  /** As they were given, the secret readable. */
  readonly settings: SubscriptionSettings;
  readonly blueprint: string;
}

/** What the mapping in Port says of the header: the secret itself is not kept. */
const headerWord = (secret: string): string =>
  `.headers["${ingestSecretHeader}"] as $it | if $it == "${secret}" then "its own secret" elif $it == null then "no secret" else "another secret" end`;

/** Settings of a hook for runs of the file's first pipeline that are canceled; the sweep knows it by its address. */
async function settingsFor(lab: Lab, url: string, secret: string): Promise<SubscriptionSettings> {
  const [{ id: projectId }, { id }] = [await lab.project(), await lab.pipeline()];
  return {
    publisherId: 'pipelines',
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    resourceVersion: '5.1-preview.1',
    consumerId: 'webHooks',
    consumerActionId: 'httpRequest',
    publisherInputs: {
      projectId,
      pipelineId: String(id),
      runStateId: 'Completed',
      runResultId: 'Canceled',
    },
    consumerInputs: {
      url: `${url}?${lab.name('hook')}`,
      httpHeaders: `${ingestSecretHeader}:${secret}`,
      resourceDetailsToSend: 'all',
      messagesToSend: 'text',
      detailedMessagesToSend: 'none',
    },
  };
}

/**
 * Makes a hook whose events leave an entity that says which secret came with them.
 * @param isGuarded whether the webhook in Port takes those alone that have the secret; then its things have names of their own
 */
async function makeHook(lab: Lab, isGuarded = false): Promise<Made> {
  const mark = isGuarded ? 'G' : '';
  const secret = randomBytes(24).toString('hex');
  const blueprint = await makeBlueprint(lab, `event${mark}`, { header: { type: 'string' } });
  const properties = { header: headerWord(secret) };
  const mapping = {
    blueprint,
    filter: 'true',
    entity: { identifier: `"${entity}"`, title: `"${entity}"`, properties },
  };
  // The sample event of a test notification may always have the same id, so that it is not to be taken once.
  const { requestIdentifierPath: _once, ...guard } = ingestSecurity(secret);
  const security = isGuarded ? { security: guard } : {};
  const url = await makeWebhook(lab, `ingest${mark}`, { mappings: [mapping], ...security });
  const settings = await settingsFor(lab, url, secret);
  return { hook: await createSubscription(await lab.azure(), settings), settings, blueprint };
}

/** What became of a test notification: which secret came with it, where it arrived, and what Azure DevOps says of it. */
interface Sent {
  readonly word: string | undefined;
  readonly said: string;
}

/** Sends a test notification of the hook as `hooks test` does. */
async function send(lab: Lab, { hook, blueprint }: Made): Promise<Sent> {
  const azure = await lab.azure();
  const actual = await getSubscription(azure, hook.id);
  const { publisherId, eventType, resourceVersion, consumerId, consumerActionId, consumerInputs } = actual;
  const path = entityPath(blueprint, entity);
  await lab.port.ask('DELETE', path);
  const notification = await sendTest(
    azure,
    {
      ...{ publisherId, eventType, resourceVersion, consumerId, consumerActionId, consumerInputs },
      publisherInputs: meaningful(actual.publisherInputs),
    },
    hook.id,
  );
  const word = await lab.until(async () => {
    const { status, body } = await lab.port.ask('GET', path);
    return status === 200 ? textOf(recordOf(recordOf(body.entity).properties).header) : undefined;
  });
  const { result, details } = notification;
  return { word, said: `${textOf(result)} ${textOf(recordOf(details).errorMessage)}`.trim() };
}

/** Which secret came with a test notification. @throws SetupError where nothing arrived */
async function test(lab: Lab, made: Made): Promise<string> {
  const { word, said } = await send(lab, made);
  if (word !== undefined) return word;
  throw new SetupError(`nothing of the test notification arrived in Port; Azure DevOps says ${said}`);
}

const own = 'its own secret';

async function askWhetherKept(lab: Lab): Promise<Answer> {
  const made = await makeHook(lab);
  const before = await test(lab, made);
  if (before !== own) return notAsked(`a test notification of it is sent with ${before} before, too`);
  const { httpHeaders: _secret, ...consumerInputs } = made.settings.consumerInputs;
  await replaceSubscription(await lab.azure(), made.hook.id, { ...made.settings, consumerInputs });
  return compared(own, await test(lab, made));
}

/** One without a guard first: where nothing arrives there, nothing can be said. */
async function askForGuard(lab: Lab): Promise<Answer> {
  const open = await test(lab, await makeHook(lab));
  if (open !== own) return notAsked(`a test notification of a service hook is sent with ${open}`);
  const { word, said } = await send(lab, await makeHook(lab, true));
  return word === own
    ? holds('the event arrives')
    : differs('the event arrives', `${word ?? 'nothing arrives'}; Azure DevOps says ${said}`);
}

async function askForMask(lab: Lab): Promise<Answer> {
  const { hook, settings } = await makeHook(lab);
  const { httpHeaders } = (await getSubscription(await lab.azure(), hook.id)).consumerInputs;
  if (httpHeaders === settings.consumerInputs.httpHeaders) return differs('a mask', 'the secret itself');
  return (httpHeaders ?? '') === '' ? differs('a mask', 'nothing') : holds('a mask');
}

async function askForStatus(lab: Lab): Promise<Answer> {
  const [azure, { hook, settings }] = [await lab.azure(), await makeHook(lab)];
  const path = `/_apis/hooks/subscriptions/${encodeURIComponent(hook.id)}?api-version=7.1-preview.1`;
  const body = { ...settings, id: hook.id, status: 'disabledByUser' };
  await azure.call('PUT', path, { does: 'disable a service hook', body });
  const { status } = await getSubscription(azure, hook.id);
  if (status === 'enabled') throw new SetupError('an update does not disable it');
  await replaceSubscription(azure, hook.id, settings);
  return compared('enabled', (await getSubscription(azure, hook.id)).status);
}

/** A filter in lower case, where the list has `Failed`. */
async function askForCase(lab: Lab): Promise<Answer> {
  const { settings } = await makeHook(lab);
  const [azure, { id: projectId }, { name }] = [await lab.azure(), await lab.project(), await lab.pipeline()];
  const lowerCase = {
    ...settings,
    publisherId: 'tfs',
    eventType: 'build.complete',
    resourceVersion: '2.0',
    publisherInputs: { projectId, definitionName: name, buildStatus: 'failed' },
  };
  try {
    const { publisherInputs } = await createSubscription(azure, lowerCase);
    return holds(`200, kept as "${publisherInputs.buildStatus ?? ''}"`);
  } catch (error) {
    if (error instanceof AzureRequestError && error.status === 400)
      return differs('200', `400: ${messageOf(error)}`);
    throw error;
  }
}

/** By the values that the publisher offers: the filter is compared with what the event has. */
async function askForDefinitionName(lab: Lab): Promise<Answer> {
  const [azure, project] = [await lab.azure(), await lab.project()];
  const answer = await azure.call('GET', pathOf(project, 'build/definitions?$top=1000&api-version=7.1'), {
    does: 'list the pipelines',
  });
  const inFolder = recordsOf(answer.value).filter(({ path }) => !['', '\\'].includes(textOf(path)));
  if (inFolder.length === 0) return notAsked('no pipeline of the project is in a folder');
  const event = await getEventType(azure, 'tfs', 'build.complete');
  const current = { projectId: project.id };
  const offered = await inputValues(azure, event, { id: 'definitionName', current });
  const names = inFolder.map(({ name }) => textOf(name));
  if (names.some((name) => offered.includes(name))) return holds('names without their folders');
  const isLonger = names.some((name) => offered.some((value) => value.endsWith(`\\${name}`)));
  return isLonger
    ? differs('names without their folders', 'names behind their folders')
    : notAsked(`none of the pipelines in folders is among the ${offered.length} values of the filter`);
}

const makes = ['service hook', 'webhook', 'blueprint'] as const;
const does =
  'makes a service hook with a secret header to a webhook in Port that tells whether the secret came';

/** Questions about service hooks. */
export const hookQuestions: readonly Question[] = [
  {
    id: 'hook-mask',
    claim: 'Confidential inputs of a subscription are answered with a mask, and not left out',
    matters: '`setup plan`, `doctor` and `hooks create` tell by it that a secret is lacking',
    ask: { does: `${does}, and reads it`, makes, ask: askForMask },
  },
  {
    id: 'hook-test',
    claim: 'A test notification of an existing subscription is sent with its own secrets',
    matters: '`hooks test --subscription` ([service hooks](service-hooks.md))',
    ask: {
      does: `${does}, and sends a test notification`,
      makes,
      ask: async (lab) => compared(own, await test(lab, await makeHook(lab))),
    },
  },
  {
    id: 'hook-guarded',
    claim: 'An event with the secret header of a service hook passes a webhook in Port that `setup` guards',
    matters:
      '[the net](service-hooks.md#the-net-under-lost-agents) and [Approve in Port](service-hooks.md#approve-in-port), whose events all come this way',
    ask: {
      does: `${does}, and one to a webhook that takes those alone that have it; sends a test notification of both`,
      makes,
      ask: askForGuard,
    },
  },
  {
    id: 'hook-masked-inputs',
    claim: 'A replaced subscription keeps confidential inputs that are sent masked',
    matters: 'a repair by `hooks create` sends those masked that you do not give',
    ask: {
      does: `${does}, replaces it as a repair does, and sends a test notification before and after`,
      makes,
      ask: askWhetherKept,
    },
  },
  {
    id: 'hook-enabled',
    claim: 'A subscription that is replaced with the status `enabled` is enabled',
    matters: '`setup apply` and `hooks create` repair a subscription that was disabled, or is on probation',
    ask: { does: `${does}, disables it, and replaces it`, makes, ask: askForStatus },
  },
  {
    id: 'filter-case',
    claim: 'A filter is taken whose value is in another case than in the list of the publisher',
    matters: 'none: they are sent as the list writes them',
    ask: { does: `${does}, and one with the filter \`failed\` for \`Failed\``, makes, ask: askForCase },
  },
  {
    id: 'filter-compared',
    claim: 'The values of filters are compared without regard to case',
    matters: 'none: they are sent as the list of the publisher writes them',
    ask: { why: 'only an event of a pipeline run that ends shows it, and no run is started' },
  },
  {
    id: 'definition-name',
    claim:
      "`definitionName` is the pipeline's name without its folder, so that pipelines of one name in several folders share the events",
    matters: 'a net with `event: build.complete` ([service hooks](service-hooks.md))',
    ask: {
      does: 'reads which values the publisher offers for the filter `definitionName`',
      makes: [],
      ask: askForDefinitionName,
    },
  },
  {
    id: 'hook-scope',
    claim: 'A token with Build (read) may make service hooks, where its owner may',
    matters: 'the [scopes](setup.md#scopes) of a personal access token',
    ask: { why: 'a token does not tell its scopes' },
  },
];

import type { Inputs, Subscription } from '../../azure/hook-types.ts';
import {
  createSubscription,
  deleteSubscription,
  querySubscriptions,
  replaceSubscription,
} from '../../azure/hooks-api.ts';
import { SetupError } from '../../errors.ts';
import { type CheckedSettings, checkRequest } from '../../hooks/check-request.ts';
import { faultsOf, workingFirst } from '../../hooks/reconcile.ts';
import type { Products } from '../../products.ts';
import { ingestSecret, ingestSecretHeader, ingestUrl } from '../ingest.ts';
import { type Part, judged, missing, ok } from '../part.ts';
import { netWebhookId } from './definitions.ts';
import { type NetTarget, filtersOf, hookIdOf, publisherOfNet } from './targets.ts';

const consumer = { consumerId: 'webHooks', consumerActionId: 'httpRequest' };

/** The subscription to the event of one pipeline, held against what Azure DevOps offers. */
async function checkedSettings(products: Products, target: NetTarget, url: string): Promise<CheckedSettings> {
  const [azure, project] = [await products.azure(), await products.project()];
  const { event } = target;
  return checkRequest(azure, {
    event,
    projectId: project.id,
    filters: await filtersOf(target),
    ...(event === 'build.complete' && { resourceVersion: '2.0' }),
    consumer: `${consumer.consumerId}/${consumer.consumerActionId}`,
    inputs: {
      url,
      httpHeaders: `${ingestSecretHeader}:${ingestSecret((await products.port()).connection, 'net')}`,
      // The mapping finds number and result there where the resource lacks them.
      messagesToSend: 'text',
      detailedMessagesToSend: 'none',
    },
    isHttpAllowed: true,
    isMinimal: false,
  });
}

interface Existing {
  readonly actual: Subscription | undefined;
  /** Further ones, without a pipeline: they tell of every run of the project. */
  readonly surplus: readonly Subscription[];
}

const pipelineOf = ({ pipelineId, definitionName }: Inputs): string =>
  (pipelineId ?? definitionName ?? '').toLowerCase();

/**
 * One of this pipeline, otherwise one of the end without a pipeline, as earlier versions made them. Those of other
 * pipelines are not ours; of the two of a run's states each has its own.
 */
async function existing(products: Products, target: NetTarget, url: string): Promise<Existing> {
  const [azure, project] = [await products.azure(), await products.project()];
  const found = await querySubscriptions(azure, {
    ...consumer,
    publisherId: publisherOfNet(target),
    eventType: target.event,
    projectId: project.id,
  });
  const isStart = ({ publisherInputs: { runStateId } }: Subscription): boolean => runStateId === 'InProgress';
  const alike = found.filter(
    (each) => each.consumerInputs.url?.trim() === url && isStart(each) === (target.tellsOf === 'start'),
  );
  const wanted = pipelineOf(await filtersOf(target));
  const own = alike.filter(({ publisherInputs }) => pipelineOf(publisherInputs) === wanted);
  const unlimited = alike.filter(({ publisherInputs }) => pipelineOf(publisherInputs) === '');
  const actual = workingFirst(own) ?? workingFirst(unlimited);
  return { actual, surplus: unlimited.filter((each) => each !== actual) };
}

/** The subscription as it is; undefined where there is none yet. */
export async function findNetHook(products: Products, target: NetTarget): Promise<Subscription | undefined> {
  const url = await ingestUrl(products, netWebhookId);
  return url === undefined ? undefined : (await existing(products, target, url)).actual;
}

/** The service hook that tells Port of one kind of events of the pipeline. */
export function netHookPart(products: Products, target: NetTarget): Part {
  const { event, runState, tellsOf, pipeline } = target;
  const state = tellsOf === 'start' ? ` (${String(runState)})` : '';
  return {
    id: hookIdOf(target),
    title: `service hook ${event}${state} of ${pipeline.name} to Port in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const url = await ingestUrl(products, netWebhookId);
      if (url === undefined) return missing("Port's webhook does not exist yet");
      const checked = await checkedSettings(products, target, url);
      const { actual, surplus } = await existing(products, target, url);
      if (actual === undefined) return missing();
      return judged([
        ...faultsOf(checked.settings, actual, checked.confidential),
        ...surplus.map(({ id }) => `subscription ${id} tells Port of the runs of every pipeline`),
      ]);
    },
    apply: async () => {
      const url = await ingestUrl(products, netWebhookId);
      if (url === undefined) throw new SetupError(`Port's webhook ${netWebhookId} does not exist.`);
      const azure = await products.azure();
      const { settings } = await checkedSettings(products, target, url);
      const { actual, surplus } = await existing(products, target, url);
      await (actual === undefined
        ? createSubscription(azure, settings)
        : replaceSubscription(azure, actual.id, settings));
      for (const each of surplus) await deleteSubscription(azure, each);
    },
    removal: {
      run: async () => {
        const actual = await findNetHook(products, target);
        if (actual !== undefined) await deleteSubscription(await products.azure(), actual);
      },
    },
  };
}

/** The same, where it is not wanted: whether it is there is all that counts, also where the server has no such event. */
export const unwantedNetHookPart = (products: Products, target: NetTarget): Part => ({
  ...netHookPart(products, target),
  look: async () => ((await findNetHook(products, target)) === undefined ? missing() : ok()),
});

import type { Subscription } from '../../azure/hook-types.ts';
import {
  createSubscription,
  deleteSubscription,
  querySubscriptions,
  replaceSubscription,
} from '../../azure/hooks-api.ts';
import type { NetEvent } from '../../config.ts';
import { SetupError } from '../../errors.ts';
import { type CheckedSettings, checkRequest } from '../../hooks/check-request.ts';
import { faultsOf, isForSameReceiver, listAlike, workingFirst } from '../../hooks/reconcile.ts';
import { find, webhookKind } from '../../port/resource.ts';
import type { LoopPipeline, Products } from '../../products.ts';
import { type Part, judged, missing } from '../part.ts';
import { netSecret, netSecretHeader, netWebhookId } from './definitions.ts';

/** Where Port takes events in; undefined until its webhook is made. */
async function ingestUrl(products: Products): Promise<string | undefined> {
  const webhook = await find(await products.port(), webhookKind, netWebhookId);
  return typeof webhook?.url === 'string' ? webhook.url : undefined;
}

interface NetTarget {
  readonly event: NetEvent;
  readonly pipeline: LoopPipeline;
}

/** The subscription to the event of one pipeline: who can name a run of another one ends nothing. */
async function checkedSettings(
  products: Products,
  { event, pipeline }: NetTarget,
  url: string,
): Promise<CheckedSettings> {
  const [azure, project] = [await products.azure(), await products.project()];
  const { id, name } = await pipeline.get();
  return checkRequest(azure, {
    event,
    projectId: project.id,
    filters:
      event === 'build.complete'
        ? { definitionName: name }
        : { pipelineId: String(id), runStateId: 'Completed' },
    ...(event === 'build.complete' && { resourceVersion: '2.0' }),
    consumer: 'webHooks/httpRequest',
    inputs: {
      url,
      httpHeaders: `${netSecretHeader}:${netSecret((await products.port()).connection)}`,
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

/** One of this pipeline, otherwise one without a pipeline, as earlier versions made them. Those of other pipelines are not ours. */
async function existing(products: Products, checked: CheckedSettings): Promise<Existing> {
  const alike = (await listAlike(await products.azure(), checked.settings)).filter((each) =>
    isForSameReceiver(checked, each),
  );
  const pipelineOf = ({
    publisherInputs: { pipelineId, definitionName },
  }: Pick<Subscription, 'publisherInputs'>) => (pipelineId ?? definitionName ?? '').toLowerCase();
  const unlimited = alike.filter((each) => pipelineOf(each) === '');
  const own = alike.filter((each) => pipelineOf(each) === pipelineOf(checked.settings));
  const actual = workingFirst(own) ?? workingFirst(unlimited);
  return { actual, surplus: unlimited.filter((each) => each !== actual) };
}

/** The subscription as it is; undefined where there is none yet. */
export async function findNetHook(
  products: Products,
  pipeline: LoopPipeline,
): Promise<Subscription | undefined> {
  const [url, { net }] = [await ingestUrl(products), products.config];
  if (url === undefined || net === undefined) return undefined;
  const checked = await checkedSettings(products, { event: net.event, pipeline }, url);
  return (await existing(products, checked)).actual;
}

/** The service hook that tells Port of the end of every run of the pipeline. */
export function netHookPart(products: Products, target: NetTarget): Part {
  const { event, pipeline } = target;
  return {
    id: `azure/service-hook/net${pipeline.suffix}`,
    title: `service hook ${event} of ${pipeline.name} to Port in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const url = await ingestUrl(products);
      if (url === undefined) return missing("Port's webhook does not exist yet");
      const checked = await checkedSettings(products, target, url);
      const { actual, surplus } = await existing(products, checked);
      if (actual === undefined) return missing();
      return judged([
        ...faultsOf(checked.settings, actual, checked.confidential),
        ...surplus.map(({ id }) => `subscription ${id} tells Port of the runs of every pipeline`),
      ]);
    },
    apply: async () => {
      const url = await ingestUrl(products);
      if (url === undefined) throw new SetupError(`Port's webhook ${netWebhookId} does not exist.`);
      const azure = await products.azure();
      const checked = await checkedSettings(products, target, url);
      const { actual, surplus } = await existing(products, checked);
      await (actual === undefined
        ? createSubscription(azure, checked.settings)
        : replaceSubscription(azure, actual.id, checked.settings));
      for (const each of surplus) await deleteSubscription(azure, each);
    },
    removal: {
      run: async () => {
        const azure = await products.azure();
        const checked = await checkedSettings(products, target, (await ingestUrl(products)) ?? '');
        const { actual } = await existing(products, checked);
        if (actual !== undefined) await deleteSubscription(azure, actual);
      },
    },
  };
}

/** How many service hooks of the organization lead to Port's webhook, those of the file's pipelines apart. */
export async function othersInNet(products: Products): Promise<number> {
  const [url, azure] = [await ingestUrl(products), await products.azure()];
  if (url === undefined) return 0;
  const consumer = { consumerId: 'webHooks', consumerActionId: 'httpRequest' };
  const project = await products.project();
  const own = await Promise.all(products.pipelines.map(({ get }) => get()));
  const isOwn = ({ publisherInputs: { projectId, pipelineId, definitionName } }: Subscription): boolean =>
    projectId === project.id &&
    own.some(({ id, name }) => pipelineId === String(id) || definitionName === name);
  const found = await querySubscriptions(azure, { ...consumer, publisherId: 'pipelines' });
  const builds = await querySubscriptions(azure, {
    ...consumer,
    publisherId: 'tfs',
    eventType: 'build.complete',
  });
  return [...found, ...builds].filter((each) => each.consumerInputs.url === url && !isOwn(each)).length;
}

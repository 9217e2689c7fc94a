import type { Subscription } from '../../azure/hook-types.ts';
import { createSubscription, deleteSubscription, replaceSubscription } from '../../azure/hooks-api.ts';
import type { NetEvent } from '../../config.ts';
import { SetupError } from '../../errors.ts';
import { type CheckedSettings, checkRequest } from '../../hooks/check-request.ts';
import { faultsOf, isForSameReceiver, listAlike, workingFirst } from '../../hooks/reconcile.ts';
import type { LoopPipeline, Products } from '../../products.ts';
import { ingestSecretHeader, ingestUrl } from '../ingest.ts';
import { type Part, judged, missing } from '../part.ts';
import { netSecret, netWebhookId } from './definitions.ts';

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
      httpHeaders: `${ingestSecretHeader}:${netSecret((await products.port()).connection)}`,
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
  const [url, { net }] = [await ingestUrl(products, netWebhookId), products.config];
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
      const url = await ingestUrl(products, netWebhookId);
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
      const url = await ingestUrl(products, netWebhookId);
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
        const checked = await checkedSettings(
          products,
          target,
          (await ingestUrl(products, netWebhookId)) ?? '',
        );
        const { actual } = await existing(products, checked);
        if (actual !== undefined) await deleteSubscription(azure, actual);
      },
    },
  };
}

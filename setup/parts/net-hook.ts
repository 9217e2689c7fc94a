import type { Subscription } from '../azure/hook-types.ts';
import { createSubscription, replaceSubscription } from '../azure/hooks-api.ts';
import type { NetEvent } from '../config.ts';
import { SetupError } from '../errors.ts';
import { type CheckedSettings, checkRequest } from '../hooks/check-request.ts';
import { faultsOf, isForSameReceiver, listAlike, workingFirst } from '../hooks/reconcile.ts';
import { find, webhookKind } from '../port/resource.ts';
import type { Products } from '../products.ts';
import { netSecret, netSecretHeader, netWebhookId } from './net-definitions.ts';
import { type Part, judged, missing } from './part.ts';

/** Where Port takes events in; undefined until its webhook is made. */
async function ingestUrl(products: Products): Promise<string | undefined> {
  const webhook = await find(await products.port(), webhookKind, netWebhookId);
  return typeof webhook?.url === 'string' ? webhook.url : undefined;
}

async function checkedSettings(products: Products, event: NetEvent, url: string): Promise<CheckedSettings> {
  const [azure, project] = [await products.azure(), await products.project()];
  return checkRequest(azure, {
    event,
    // One subscription serves all pipelines of the project: runs without a Port run id are filtered out in Port.
    projectId: project.id,
    filters: event === 'build.complete' ? {} : { runStateId: 'Completed' },
    ...(event === 'build.complete' && { resourceVersion: '2.0' }),
    consumer: 'webHooks/httpRequest',
    inputs: {
      url,
      httpHeaders: `${netSecretHeader}:${netSecret((await products.port()).connection)}`,
      messagesToSend: 'none',
      detailedMessagesToSend: 'none',
    },
    isHttpAllowed: true,
    isMinimal: false,
  });
}

async function existing(products: Products, checked: CheckedSettings): Promise<Subscription | undefined> {
  const alike = (await listAlike(await products.azure(), checked.settings)).filter((each) =>
    isForSameReceiver(checked, each),
  );
  return workingFirst(alike);
}

/** The service hook that tells Port of the end of every pipeline run of the project. */
export function netHookPart(products: Products, event: NetEvent): Part {
  return {
    id: 'azure/service-hook/net',
    title: `service hook ${event} to Port in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const url = await ingestUrl(products);
      if (url === undefined) return missing("Port's webhook does not exist yet");
      const checked = await checkedSettings(products, event, url);
      const actual = await existing(products, checked);
      return actual === undefined
        ? missing()
        : judged(faultsOf(checked.settings, actual, checked.confidential));
    },
    apply: async () => {
      const url = await ingestUrl(products);
      if (url === undefined) throw new SetupError(`Port's webhook ${netWebhookId} does not exist.`);
      const azure = await products.azure();
      const checked = await checkedSettings(products, event, url);
      const actual = await existing(products, checked);
      await (actual === undefined
        ? createSubscription(azure, checked.settings)
        : replaceSubscription(azure, actual.id, checked.settings));
    },
  };
}

import type { Subscription } from '../azure/hook-types.ts';
import { createSubscription, replaceSubscription } from '../azure/hooks-api.ts';
import type { NetEvent } from '../config.ts';
import { SetupError } from '../errors.ts';
import { type Checked, checkAsked } from '../hooks/check-request.ts';
import { faultsOf, isForSameReceiver, listAlike } from '../hooks/reconcile.ts';
import { find, webhookKind } from '../port/resource.ts';
import type { World } from '../products.ts';
import { netSecret, netSecretHeader, netWebhookId } from './net-definitions.ts';
import { type Part, judged, missing } from './part.ts';

/** Where Port takes events in; undefined until its webhook is made. */
async function ingestUrl(world: World): Promise<string | undefined> {
  const webhook = await find(await world.port(), webhookKind, netWebhookId);
  return typeof webhook?.url === 'string' ? webhook.url : undefined;
}

async function wish(world: World, event: NetEvent, url: string): Promise<Checked> {
  const [azure, project] = [await world.azure(), await world.project()];
  return checkAsked(azure, {
    event,
    // One subscription serves all pipelines of the project: runs without a Port run id are filtered out in Port.
    projectId: project.id,
    filters: event === 'build.complete' ? {} : { runStateId: 'Completed' },
    ...(event === 'build.complete' && { resourceVersion: '2.0' }),
    consumer: 'webHooks/httpRequest',
    inputs: {
      url,
      httpHeaders: `${netSecretHeader}:${netSecret((await world.port()).connection)}`,
      messagesToSend: 'none',
      detailedMessagesToSend: 'none',
    },
    isHttpAllowed: true,
    isMinimal: false,
  });
}

async function existing(world: World, checked: Checked): Promise<Subscription | undefined> {
  const alike = (await listAlike(await world.azure(), checked.wanted)).filter((each) =>
    isForSameReceiver(checked, each),
  );
  return alike.find((each) => each.status === 'enabled') ?? alike[0];
}

/** The service hook that tells Port of the end of every pipeline run of the project. */
export function netHookPart(world: World, event: NetEvent): Part {
  const wished = async (): Promise<Checked> => {
    const url = await ingestUrl(world);
    if (url === undefined) throw new SetupError(`Port's webhook ${netWebhookId} does not exist.`);
    return wish(world, event, url);
  };
  return {
    id: 'azure/service-hook/net',
    title: `service hook ${event} to Port in Azure DevOps`,
    hasSecret: true,
    look: async () => {
      const url = await ingestUrl(world);
      if (url === undefined) return missing("Port's webhook does not exist yet");
      const checked = await wish(world, event, url);
      const actual = await existing(world, checked);
      return actual === undefined
        ? missing()
        : judged(faultsOf(checked.wanted, actual, checked.confidential));
    },
    apply: async () => {
      const [azure, checked] = [await world.azure(), await wished()];
      const actual = await existing(world, checked);
      await (actual === undefined
        ? createSubscription(azure, checked.wanted)
        : replaceSubscription(azure, actual.id, checked.wanted));
    },
  };
}

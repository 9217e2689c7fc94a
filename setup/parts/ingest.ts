import { createHmac } from 'node:crypto';
import type { Connection } from '../../tasks/common/inputs/connection.ts';
import { runIdPattern } from '../../tasks/common/inputs/run-id.ts';
import type { Subscription } from '../azure/hook-types.ts';
import { lastDelivery, querySubscriptions } from '../azure/hooks-api.ts';
import type { Json } from '../json.ts';
import { find, webhookKind } from '../port/resource.ts';
import type { Products } from '../products.ts';
import { type Finding, type Part, ok, wrong } from './part.ts';

/** The header that carries the secret: Azure DevOps cannot sign what it sends. */
export const ingestSecretHeader = 'x-port-secret';

/** How one of Port's webhooks tells events of Azure DevOps from forged ones, and those that come twice. */
export const ingestSecurity = (secret: string): Json => ({
  secret,
  signatureHeaderName: ingestSecretHeader,
  signatureAlgorithm: 'plain',
  requestIdentifierPath: '.body.id',
});

/**
 * The secret that a service hook sends and Port's webhook wants. It is made out of Port's client secret, so that either
 * side can be mended alone at any time, and nobody has to keep it; the client secret cannot be worked out of it.
 */
export const ingestSecret = (
  { clientSecret }: Pick<Connection, 'clientSecret'>,
  purpose: 'net' | 'approvals',
): string => createHmac('sha256', clientSecret).update(`port-azure-pipelines/${purpose}`).digest('hex');

/** The tasks' pattern of run ids, as a string of jq. */
export const idPattern = JSON.stringify(runIdPattern);

/** The run id in a number, of jq; no value where it holds none. */
export const idIn = (number: string): string => `${number} | capture(${idPattern}).id`;

/** Where Port takes events in; undefined until its webhook is made. */
export async function ingestUrl(products: Products, webhook: string): Promise<string | undefined> {
  const found = await find(await products.port(), webhookKind, webhook);
  return typeof found?.url === 'string' ? found.url : undefined;
}

/** The service hooks of the organization that lead to one of Port's webhooks, by whether they are of the file's pipelines. */
export async function hooksInto(
  products: Products,
  webhook: string,
): Promise<{ readonly own: readonly Subscription[]; readonly others: readonly Subscription[] }> {
  const [url, azure] = [await ingestUrl(products, webhook), await products.azure()];
  if (url === undefined) return { own: [], others: [] };
  const consumer = { consumerId: 'webHooks', consumerActionId: 'httpRequest' };
  const found = await querySubscriptions(azure, { ...consumer, publisherId: 'pipelines' });
  const builds = await querySubscriptions(azure, {
    ...consumer,
    publisherId: 'tfs',
    eventType: 'build.complete',
  });
  const project = await products.project();
  const pipelines = await Promise.all(products.pipelines.map((pipeline) => pipeline.find()));
  const isOwn = ({ publisherInputs: { projectId, pipelineId, definitionName } }: Subscription): boolean =>
    projectId === project.id &&
    pipelines.some((each) => each && (pipelineId === String(each.id) || definitionName === each.name));
  const leading = [...found, ...builds].filter((each) => each.consumerInputs.url === url);
  return { own: leading.filter(isOwn), others: leading.filter((each) => !isOwn(each)) };
}

/** What became of the last event of a service hook; `at` is when Port took it, if it did. */
export async function lookAtDelivery(
  products: Products,
  hook: Subscription | undefined,
): Promise<{ readonly finding: Finding; readonly at?: string }> {
  if (hook === undefined) return { finding: ok('there is no service hook yet') };
  const delivery = await lastDelivery(await products.azure(), hook);
  if (delivery === undefined) return { finding: ok('none yet') };
  const { at, fault } = delivery;
  return fault === undefined ? { finding: ok(at), at } : { finding: wrong(`${at}: ${fault}`) };
}

/** A part in Port that serves every pipeline of the organization whose service hook leads to the webhook: it stays for those. */
export function sharedPart(products: Products, webhook: string, part: Part): Part {
  const { removal } = part;
  if (removal === undefined) return part;
  const obstacle = async (withData: boolean): Promise<string | undefined> => {
    const { others } = await hooksInto(products, webhook);
    return others.length === 0
      ? removal.obstacle?.(withData)
      : `the service hooks of other pipelines lead there: ${others.length}`;
  };
  return { ...part, removal: { ...removal, obstacle } };
}

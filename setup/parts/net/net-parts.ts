import { defaultApiUrl } from '../../../tasks/common/inputs/connection.ts';
import { isLoopback } from '../../../tasks/common/network/proxy.ts';
import type { NetEvent } from '../../config.ts';
import { actionKind, blueprintKind, webhookKind } from '../../port/resource.ts';
import type { Products } from '../../products.ts';
import type { Part } from '../part.ts';
import { filePart, portPart } from '../port-parts.ts';
import { netAutomations, netBlueprint, netSecret, netWebhook, netWebhookId } from './definitions.ts';
import { netHookPart, othersInNet } from './hook.ts';

/** Port calls its own API by its public name, also where the command line reaches it by another one on this machine. */
const publicApiUrl = (apiUrl: string): string =>
  isLoopback(new URL(apiUrl).hostname) ? defaultApiUrl : apiUrl;

/** Port's side of the net serves every pipeline of the organization whose service hook leads there. */
function shared(products: Products, part: Part): Part {
  const { removal } = part;
  if (removal === undefined) return part;
  const obstacle = async (withData: boolean): Promise<string | undefined> => {
    const others = await othersInNet(products);
    return others === 0
      ? removal.obstacle?.(withData)
      : `the service hooks of other pipelines lead there: ${others}`;
  };
  return { ...part, removal: { ...removal, obstacle } };
}

/** What closes runs whose pipeline died. */
export function netParts(products: Products, event: NetEvent): Part[] {
  const inPort = [
    filePart(products, blueprintKind, netBlueprint),
    portPart(products, {
      kind: webhookKind,
      identifier: netWebhookId,
      hasSecret: true,
      definition: (connection) => netWebhook(netSecret(connection)),
    }),
    ...netAutomations.map(({ identifier, definition }) =>
      portPart(products, {
        kind: actionKind,
        identifier,
        isAutomation: true,
        definition: ({ apiUrl }) => definition(publicApiUrl(apiUrl)),
      }),
    ),
  ];
  return [
    ...inPort.map((part) => shared(products, part)),
    ...products.pipelines.map((pipeline) => netHookPart(products, { event, pipeline })),
  ];
}

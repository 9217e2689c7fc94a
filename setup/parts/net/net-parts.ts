import type { NetEvent } from '../../config.ts';
import { actionKind, blueprintKind, webhookKind } from '../../port/resource.ts';
import type { Products } from '../../products.ts';
import { sharedPart } from '../ingest.ts';
import type { Part } from '../part.ts';
import { filePart, portPart, publicApiUrl } from '../port-parts.ts';
import { netAutomations, netBlueprint, netSecret, netWebhook, netWebhookId } from './definitions.ts';
import { netHookPart } from './hook.ts';

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
    ...inPort.map((part) => sharedPart(products, netWebhookId, part)),
    ...products.pipelines.map((pipeline) => netHookPart(products, { event, pipeline })),
  ];
}

import { defaultApiUrl } from '../../tasks/common/inputs/connection.ts';
import { isLoopback } from '../../tasks/common/network/proxy.ts';
import { actionKind, blueprintKind, webhookKind } from '../port/resource.ts';
import { type Products, isFiled } from '../products.ts';
import { authorizationPart, connectionPart } from './connections.ts';
import { firstRunPart, foundationParts } from './foundation.ts';
import { netAutomations, netBlueprint, netSecret, netWebhook, netWebhookId } from './net-definitions.ts';
import { netHookPart } from './net-hook.ts';
import type { Part } from './part.ts';
import { previewPart } from './pipeline-preview.ts';
import { yamlParts } from './pipeline-yaml.ts';
import { filePart, portPart } from './port-parts.ts';

/** Port calls its own API by its public name, also where the command line reaches it by another one on this machine. */
const publicApiUrl = (apiUrl: string): string =>
  isLoopback(new URL(apiUrl).hostname) ? defaultApiUrl : apiUrl;

function netParts(products: Products): Part[] {
  const { net } = products.config;
  if (net === undefined) return [];
  return [
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
    ...products.pipelines.map((pipeline) => netHookPart(products, { event: net.event, pipeline })),
  ];
}

/** All parts of the loop in the order in which they are made: what others stand on comes first, the action that people press last. */
export function partsOf(products: Products): Part[] {
  const { webhook, portConnection, port } = products.config;
  const { pipelines } = products;
  const connections = [
    { name: webhook.connection, kind: 'incomingwebhook' as const },
    ...(portConnection === undefined ? [] : [{ name: portConnection, kind: 'port-api' as const }]),
  ];
  return [
    ...foundationParts(products),
    ...yamlParts(products),
    ...port.blueprints.map((blueprint) => filePart(products, blueprintKind, blueprint)),
    ...connections.map((connection) => connectionPart(products, connection)),
    ...connections.flatMap(({ name }) =>
      pipelines.map((pipeline) => authorizationPart(products, name, pipeline)),
    ),
    ...netParts(products),
    ...port.actions.map((action) => filePart(products, actionKind, action)),
    ...pipelines.filter(isFiled).map((pipeline) => previewPart(products, pipeline)),
    ...pipelines.map(firstRunPart),
  ];
}

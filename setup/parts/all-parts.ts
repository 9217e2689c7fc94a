import { actionKind, blueprintKind } from '../port/resource.ts';
import { type Products, isFiled } from '../products.ts';
import { authorizationPart } from './authorization.ts';
import { connectionPart } from './connections.ts';
import { firstRunPart, foundationParts } from './foundation.ts';
import { netParts } from './net-parts.ts';
import type { Part } from './part.ts';
import { previewPart } from './pipeline-preview.ts';
import { yamlParts } from './pipeline-yaml.ts';
import { filePart } from './port-parts.ts';

/** All parts of the loop in the order in which they are made: what others stand on comes first, the action that people press last. */
export function partsOf(products: Products): Part[] {
  const { webhook, portConnection, port, net } = products.config;
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
    ...(net === undefined ? [] : netParts(products, net.event)),
    ...port.actions.map((action) => filePart(products, actionKind, action)),
    ...pipelines.filter(isFiled).map((pipeline) => previewPart(products, pipeline)),
    ...pipelines.map(firstRunPart),
  ];
}

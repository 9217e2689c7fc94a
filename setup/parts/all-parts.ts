import { actionKind, blueprintKind } from '../port/resource.ts';
import { type Products, isFiled } from '../products.ts';
import { approvalParts } from './approvals/approval-parts.ts';
import { authorizationPart } from './connections/authorization.ts';
import { portApiConnection, webhookConnection } from './connections/connection-kinds.ts';
import { connectionPart, whyItStays } from './connections/connection-part.ts';
import { accountPart } from './connections/port-account.ts';
import { firstRunPart, foundationParts } from './foundation.ts';
import { netParts } from './net/net-parts.ts';
import type { Part } from './part.ts';
import { previewPart } from './pipelines/preview.ts';
import { yamlParts } from './pipelines/yaml.ts';
import { filePart } from './port-parts.ts';

/** All parts of the loop in the order in which they are made: what others stand on comes first, the action that people press last. */
export function partsOf(products: Products): Part[] {
  const { portConnection, portAccount, port, net, approvals } = products.config;
  const { pipelines } = products;
  const connections = [
    webhookConnection(products),
    ...(portConnection === undefined ? [] : [portApiConnection(products, portConnection)]),
  ];
  return [
    ...foundationParts(products),
    ...yamlParts(products),
    ...port.blueprints.map((blueprint) => filePart(products, blueprintKind, blueprint)),
    ...(portAccount === undefined || portConnection === undefined
      ? []
      : [accountPart(products, portAccount, () => whyItStays(products, portConnection))]),
    ...connections.map((connection) => connectionPart(products, connection)),
    ...connections.flatMap(({ name }) =>
      pipelines.map((pipeline) => authorizationPart(products, name, pipeline)),
    ),
    ...(net === undefined ? [] : netParts(products, net)),
    ...(approvals === undefined ? [] : approvalParts(products, approvals)),
    ...port.actions.map((action) => filePart(products, actionKind, action)),
    ...pipelines.filter(isFiled).map((pipeline) => previewPart(products, pipeline)),
    ...pipelines.map(firstRunPart),
  ];
}

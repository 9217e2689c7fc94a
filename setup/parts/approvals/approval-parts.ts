import { type Approvals, approvalEvents } from '../../config.ts';
import { actionKind, blueprintKind, webhookKind } from '../../port/resource.ts';
import type { Products } from '../../products.ts';
import { automationPart } from '../automation.ts';
import { ingestSecret, sharedPart } from '../ingest.ts';
import type { Part } from '../part.ts';
import { filePart, portPart } from '../port-parts.ts';
import { approvalActions } from './actions.ts';
import { approvalAutomations, approvalBlueprint, approvalWebhook, approvalWebhookId } from './definitions.ts';
import { type ApprovalTarget, approvalHookPart } from './hooks.ts';
import { permittedPart } from './permissions.ts';

/** What the file's service hooks for approvals tell Port of. */
export const approvalTargets = (products: Products, { environments }: Approvals): ApprovalTarget[] =>
  products.pipelines.flatMap((pipeline) =>
    environments.flatMap((environment) => approvalEvents.map((event) => ({ event, environment, pipeline }))),
  );

function actionParts(products: Products, approvals: Approvals): Part[] {
  const { secret } = approvals;
  const { organizationUrl } = products.config;
  return approvalActions.map(({ identifier, definition }) =>
    permittedPart(
      products,
      { action: identifier, approvals },
      filePart(products, actionKind, definition({ organizationUrl, secret })),
    ),
  );
}

/** What shows in Port what stages wait for, and decides it there. */
export function approvalParts(products: Products, approvals: Approvals): Part[] {
  const { organizationUrl } = products.config;
  const inPort = [
    filePart(products, blueprintKind, approvalBlueprint),
    portPart(products, {
      kind: webhookKind,
      identifier: approvalWebhookId,
      hasSecret: true,
      definition: (connection) => approvalWebhook(ingestSecret(connection, 'approvals'), organizationUrl),
    }),
    ...approvalAutomations.map((each) => automationPart(products, each)),
    ...actionParts(products, approvals),
  ];
  return [
    ...inPort.map((part) => sharedPart(products, approvalWebhookId, part)),
    ...approvalTargets(products, approvals).map((target) => approvalHookPart(products, target)),
  ];
}

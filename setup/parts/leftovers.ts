import { organizationName } from '../azure/organization.ts';
import { type Json, recordOf, recordsOf } from '../json.ts';
import { actionKind } from '../port/resource.ts';
import type { Products } from '../products.ts';
import { approvalParts } from './approvals/approval-parts.ts';
import { surplusHookParts } from './approvals/hooks.ts';
import { unwantedNetParts } from './net/net-parts.ts';
import type { Part } from './part.ts';
import { filePart } from './port-parts.ts';

/** Whether an action calls the file's webhook, as one does that was once named in it. */
function callsWebhook({ invocationMethod }: Json, { config }: Products): boolean {
  const { type, org, webhook } = recordOf(invocationMethod);
  return (
    type === 'AZURE_DEVOPS' &&
    org === organizationName(config.organizationUrl) &&
    webhook === config.webhook.name
  );
}

/** Port's side of the approvals, whoever may give them; the service hooks are found by where they lead. */
const anyApprovalParts = (products: Products): Part[] =>
  approvalParts(products, { environments: [], secret: '', teams: [], users: [] });

/** What the file does not want any more: actions that call its webhook and are not in it, what of the net is off, and the approvals where they are. */
export async function leftoverParts(products: Products): Promise<Part[]> {
  const { port, approvals } = products.config;
  const { actions } = await (await products.port()).call('listActions', {});
  const named = port.actions.map(({ identifier }) => identifier);
  const others = recordsOf(actions).filter(
    (action) => !named.includes(action.identifier) && callsWebhook(action, products),
  );
  const parts = [
    ...others.map((action) => filePart(products, actionKind, action)),
    ...unwantedNetParts(products),
    ...(approvals === undefined ? anyApprovalParts(products) : []),
    ...(await surplusHookParts(products)),
  ];
  return parts.map((part) => ({ ...part, isLeftover: true }));
}

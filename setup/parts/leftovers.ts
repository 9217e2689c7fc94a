import { isRecord } from '../../tasks/common/json.ts';
import { organizationName } from '../azure/organization.ts';
import { type Json, recordOf, recordsOf } from '../json.ts';
import { actionKind } from '../port/resource.ts';
import type { Products } from '../products.ts';
import { netHookPart } from './net/hook.ts';
import { netParts } from './net/net-parts.ts';
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

/** What the file does not want any more: actions that call its webhook and are not in it, and the net where it is off. */
export async function leftoverParts(products: Products): Promise<Part[]> {
  const { port, net } = products.config;
  const { actions } = await (await products.port()).call('listActions', {});
  const named = port.actions.map(({ identifier }) => identifier);
  const others = recordsOf(actions)
    .filter(isRecord)
    .filter((action) => !named.includes(action.identifier) && callsWebhook(action, products));
  const parts = [
    ...others.map((action) => filePart(products, actionKind, action)),
    ...(net === undefined ? netParts(products, 'ms.vss-pipelines.run-state-changed-event') : []),
    ...(net === undefined
      ? products.pipelines.map((pipeline) => netHookPart(products, { event: 'build.complete', pipeline }))
      : []),
  ];
  return parts.map((part) => ({ ...part, isLeftover: true }));
}

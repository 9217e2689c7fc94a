import type { NetConfig } from '../../config.ts';
import { blueprintKind, webhookKind } from '../../port/resource.ts';
import type { Products } from '../../products.ts';
import { automationPart } from '../automation.ts';
import { ingestSecret, sharedPart } from '../ingest.ts';
import type { Part } from '../part.ts';
import { filePart, portPart } from '../port-parts.ts';
import { netBlueprint } from './blueprint.ts';
import { netWebhook, netWebhookId } from './definitions.ts';
import { netAutomations } from './endings.ts';
import { netHookPart, unwantedNetHookPart } from './hook.ts';
import { progressAutomations } from './progress.ts';
import { type NetTarget, netTargets } from './targets.ts';

function portParts(products: Products, { progress }: NetConfig): Part[] {
  const automations = [...netAutomations, ...(progress === undefined ? [] : progressAutomations)];
  const parts = [
    filePart(products, blueprintKind, netBlueprint),
    portPart(products, {
      kind: webhookKind,
      identifier: netWebhookId,
      hasSecret: true,
      definition: (connection) => netWebhook(ingestSecret(connection, 'net')),
    }),
    ...automations.map((each) => automationPart(products, each)),
  ];
  return parts.map((part) => sharedPart(products, netWebhookId, part));
}

const targetsOf = ({ pipelines }: Products, net: NetConfig): NetTarget[] =>
  pipelines.flatMap((pipeline) => netTargets(net, pipeline));

/** What closes runs whose pipeline died, and shows how far it is where that is wanted. */
export const netParts = (products: Products, net: NetConfig): Part[] => [
  ...portParts(products, net),
  ...targetsOf(products, net).map((target) => netHookPart(products, target)),
];

/** All that a net can be made of and that the file does not want, whichever event its service hooks wait for. */
export function unwantedNetParts(products: Products): Part[] {
  const { net } = products.config;
  const wanted = net === undefined ? [] : netParts(products, net);
  const whole: NetConfig = { event: 'ms.vss-pipelines.run-state-changed-event', progress: 'jobs' };
  const ends: NetConfig = { event: 'build.complete', progress: undefined };
  const hooks = [...targetsOf(products, whole), ...targetsOf(products, ends)];
  const all = [
    ...portParts(products, whole),
    ...hooks.map((target) => unwantedNetHookPart(products, target)),
  ];
  // Both ends have one id: only the title names the event.
  return all.filter(({ title }) => !wanted.some((part) => part.title === title));
}

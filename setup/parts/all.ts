import { isLoopback } from '../azure/organization.ts';
import { actionKind, blueprintKind, webhookKind } from '../port/resource.ts';
import type { World } from '../world.ts';
import { authorizationPart, connectionPart } from './connections.ts';
import { foundationParts, yamlPart } from './foundation.ts';
import { netAutomations, netBlueprint, netSecret, netWebhook } from './net-definitions.ts';
import { netHookPart } from './net-hook.ts';
import type { Part } from './part.ts';
import { portPart } from './port-parts.ts';

/** Port calls its own API by its public name, also where the command line reaches it by another one on this machine. */
const publicApiUrl = (apiUrl: string): string =>
  isLoopback(new URL(apiUrl)) ? 'https://api.port.io' : apiUrl;

/** A part whose wish depends on Port's credentials, which may be missing: then only looking at it fails. */
function late(part: Omit<Part, 'look' | 'apply'>, make: () => Promise<Part>): Part {
  return {
    ...part,
    look: async () => (await make()).look(),
    apply: async () => (await make()).apply?.(),
  };
}

function netParts(world: World): Part[] {
  const { net } = world.config;
  if (net === undefined) return [];
  const webhook = async (): Promise<Part> =>
    portPart(world, webhookKind, netWebhook(netSecret((await world.port()).connection)), true);
  const automations = netAutomations('https://api.port.io').map(({ identifier }, index) =>
    late(
      { id: `port/automation/${String(identifier)}`, title: `automation ${String(identifier)} in Port` },
      async () => {
        const { apiUrl } = (await world.port()).connection;
        return portPart(world, actionKind, netAutomations(publicApiUrl(apiUrl))[index] ?? {});
      },
    ),
  );
  return [
    portPart(world, blueprintKind, netBlueprint),
    late(
      {
        id: 'port/webhook/azure-pipelines-net',
        title: 'webhook azure-pipelines-net in Port',
        hasSecret: true,
      },
      webhook,
    ),
    ...automations,
    netHookPart(world, net.event),
  ];
}

/** All parts of the loop in the order in which they are made: what others stand on comes first, the action that people press last. */
export function partsOf(world: World): Part[] {
  const { config } = world;
  const connections = [
    connectionPart(world, { name: config.webhook.connection, kind: 'incomingwebhook' }),
    ...(config.portConnection === undefined
      ? []
      : [connectionPart(world, { name: config.portConnection, kind: 'port-api' })]),
  ];
  const names = [
    config.webhook.connection,
    ...(config.portConnection === undefined ? [] : [config.portConnection]),
  ];
  return [
    ...foundationParts(world),
    ...(config.pipelineFile === undefined ? [] : [yamlPart(world, config.pipelineFile)]),
    ...config.port.blueprints.map((blueprint) => portPart(world, blueprintKind, blueprint)),
    ...connections,
    ...names.map((name) => authorizationPart(world, name)),
    ...netParts(world),
    ...config.port.actions.map((action) => portPart(world, actionKind, action)),
  ];
}

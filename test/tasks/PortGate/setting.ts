import { run } from '../../../tasks/PortGate/run.ts';
import { type TaskSetting, startTaskSetting } from '../../support/task-setting.ts';

const passes = (property: string, operator: string, value?: unknown) => ({
  combinator: 'and',
  conditions: [{ property, operator, ...(value !== undefined && { value }) }],
});

/** Every service but those of the owner "free" is evaluated: Bronze with an owner, Gold with an SLO. */
const readiness = {
  identifier: 'readiness',
  title: 'Production readiness',
  filter: passes('owner', '!=', 'free'),
  rules: [
    {
      ...{ identifier: 'hasOwner', title: 'Has an owner', level: 'Bronze' },
      ...{ description: 'Name a team in Port', query: passes('owner', 'isNotEmpty') },
    },
    { identifier: 'hasSlo', title: 'Has an SLO', level: 'Gold', query: passes('slo', '>', 0) },
  ],
};

export interface GateSetting extends TaskSetting {
  /** Writes the service that the gate asks about. */
  service(properties: Readonly<Record<string, unknown>>, title?: string): Promise<void>;
  incident(identifier: string, title: string, status: string): Promise<void>;
}

export async function startGateSetting(): Promise<GateSetting> {
  const setting = await startTaskSetting(run);
  await setting.addBlueprint({
    identifier: 'service',
    properties: { owner: 'string', slo: 'number', locked: 'boolean', why: 'string', tags: 'array' },
  });
  await setting.addBlueprint({
    identifier: 'incident',
    properties: { status: 'string' },
    relations: { service: { target: 'service' } },
  });
  await setting.user.call('POST', '/v1/blueprints/service/scorecards', readiness);
  const service: GateSetting['service'] = (properties, title = 'Checkout') =>
    setting.addEntity('service', { identifier: 'checkout', title, properties });
  return {
    ...setting,
    service,
    incident: (identifier, title, status) =>
      setting.addEntity('incident', {
        ...{ identifier, title, properties: { status } },
        relations: { service: 'checkout' },
      }),
  };
}

export const asked = { blueprint: 'service', identifier: 'checkout' };

export const openIncidents = `
- blueprint: incident
  message: Open incidents
  query:
    combinator: and
    rules:
      - { property: status, operator: '=', value: open }
      - { relation: service, operator: '=', value: $identifier }
`;

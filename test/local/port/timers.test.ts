import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { withPort } from './support.ts';

const environment = {
  identifier: 'environment',
  title: 'Environment',
  schema: {
    properties: {
      ttl: { type: 'string', format: 'timer' },
      checkAgain: { type: 'string', format: 'timer' },
      since: { type: 'string', format: 'date-time' },
    },
  },
};

const onTimer = (propertyIdentifier: string) => ({
  identifier: `on_${propertyIdentifier}`,
  trigger: {
    type: 'automation',
    event: { type: 'TIMER_PROPERTY_EXPIRED', blueprintIdentifier: 'environment', propertyIdentifier },
  },
  invocationMethod: { type: 'KAFKA', payload: {} },
});

describe('local Port: timers', () => {
  const client = withPort();
  const past = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const write = (properties: object) =>
    client().ok(201, 'POST', '/v1/blueprints/environment/entities?upsert=true', {
      identifier: 'env-1',
      properties,
    });
  const runs = (): string[] => [...client().port.store.runs.values()].map(({ action }) => action);

  beforeEach(async () => {
    await client().ok(201, 'POST', '/v1/blueprints', environment);
    for (const name of ['ttl', 'checkAgain']) await client().ok(201, 'POST', '/v1/actions', onTimer(name));
  });

  it('run the automation of the property whose time is up, once for each time', async () => {
    await write({ ttl: past(2), checkAgain: past(-60), since: past(5) });
    await until('the first time is noticed', () => runs().length > 0);
    await write({ ttl: past(1), checkAgain: past(-60), since: past(5) });
    await until('the second time is noticed', () => runs().length > 1);
    assert.deepEqual(runs(), ['on_ttl', 'on_ttl']);
  });

  it('are awaited with the property named', () =>
    client().refused('422 invalid_request', 'POST', '/v1/actions', {
      ...onTimer('ttl'),
      trigger: {
        type: 'automation',
        event: { type: 'TIMER_PROPERTY_EXPIRED', blueprintIdentifier: 'environment' },
      },
    }));
});

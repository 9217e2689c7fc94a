import assert from 'node:assert/strict';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { until } from '../../support/until.ts';
import { type GateSetting, asked, startGateSetting } from './setting.ts';

describe('PortGate', () => {
  let setting: GateSetting;
  let port: ScriptedServer | undefined;
  beforeEach(async () => {
    setting = await startGateSetting();
  });
  afterEach(async () => {
    await port?.close();
    await setting.close();
  });

  const needs = {
    ...{ ...asked, requireLevels: 'readiness >= Bronze' },
    forbidEntities: '[{ blueprint: incident }, { blueprint: freeze }]',
  };
  const parts = ['/scorecards', '/entities/checkout', '/incident/entities', '/freeze/entities'];
  const token = { status: 200, body: { ok: true, accessToken: 'token', tokenType: 'Bearer' } };

  it('asks for the entity, the scorecards and what is forbidden side by side, over connections opened with the first', async () => {
    port = await startScriptedServer(async ({ path }) => {
      if (path.endsWith('/access_token')) {
        await until('all connections are open', () => port?.connections === 4, 2000);
        return token;
      }
      const isAsked = (part: string) => port?.lines.some((line) => line.includes(part)) === true;
      await until('all is asked for', () => parts.every(isAsked), 2000);
      return { status: 403 };
    });
    const { result } = await setting.run({ ...needs, baseUrl: port.url, timeoutSeconds: '2' });
    assert.equal(result, 'Failed');
    assert.equal(port.requests.length, 1 + parts.length);
    assert.equal(port.connections, 4);
  });

  it('waits for what is in flight where one is refused, and tells the first in the order of the inputs', async () => {
    port = await startScriptedServer(async ({ path }) => {
      if (path.endsWith('/access_token')) return token;
      if (path.includes('/incident/')) return { status: 422, body: { ok: false, message: 'not this one' } };
      if (path.includes('/scorecards'))
        await until('another is refused', () => port?.requests.length === 5, 2000);
      return { status: 422, body: { ok: false, message: 'these scorecards' } };
    });
    const { result, message } = await setting.run({ ...needs, baseUrl: port.url });
    assert.equal(result, 'Failed');
    assert.match(message, /these scorecards/);
  });
});

import assert from 'node:assert/strict';
import { startPort } from '../../../local/port/index.ts';
import { Client, withPort } from './support.ts';

const path = '/v1/auth/access_token';

describe('local Port: access tokens', () => {
  const client = withPort();

  it('hands out the same token for as long as it lives, each time as one of three hours', async () => {
    const { clientId, clientSecret } = client().port;
    const first = await client().ok(200, 'POST', path, { clientId, clientSecret });
    const second = await client().ok(200, 'POST', path, { clientId, clientSecret });
    assert.equal(second.accessToken, first.accessToken);
    assert.deepEqual([first.expiresIn, first.tokenType], [10_800, 'Bearer']);
    assert.match(first.accessToken, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('refuses wrong credentials with 401 and a body that is not credentials with 422', async () => {
    await client().refused('401 invalid_credentials', 'POST', path, { clientId: 'a', clientSecret: 'b' });
    await client().refused('422 invalid_request', 'POST', path, { clientId: 'a' });
    await client().refused('422 invalid_request', 'POST', path, { clientId: 'a', clientSecret: 'b', x: 1 });
  });

  it('refuses every other route without a token, and with one that was revoked, until a new one is had', async () => {
    await client().ok(200, 'GET', '/v1/blueprints');
    client().port.tokens.revoke();
    await client().refused('401 unauthorized', 'GET', '/v1/blueprints');
    await client().signIn();
    await client().ok(200, 'GET', '/v1/blueprints');
    assert.equal(client().port.tokens.issued, 2);
  });

  it('refuses a token that is older than three hours', async () => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    const port = await startPort({ now: () => new Date(now) });
    try {
      const own = new Client(port);
      await own.signIn();
      await own.ok(200, 'GET', '/v1/actions');
      now += 3 * 3_600_000;
      await own.refused('401 unauthorized', 'GET', '/v1/actions');
    } finally {
      await port.close();
    }
  });

  it('answers each call with a trace id and the rate limit, and keeps no secret in its request log', async () => {
    const { headers } = await client().call('GET', '/v1/blueprints?x=1');
    const [login, list] = client().port.requests;
    assert.match(headers.get('x-trace-id') ?? '', /^[\w-]{36}$/);
    assert.match(headers.get('x-ratelimit-reset') ?? '', /^\d+$/);
    assert.deepEqual(login?.body, { clientId: client().port.clientId, clientSecret: '***' });
    assert.deepEqual([list?.path, list?.query, list?.status], ['/v1/blueprints', { x: '1' }, 200]);
    assert.equal(list?.headers.authorization, '***');
  });

  it('answers an unknown route with 404 and a body that is no JSON with 400', async () => {
    await client().refused('404 not_found', 'GET', '/v1/nothing');
    await client().refused('400 bad_request', 'POST', '/v1/blueprints', '{');
  });
});

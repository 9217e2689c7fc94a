import assert from 'node:assert/strict';
import { Client, service, withPort } from './support.ts';

const users = '/v1/blueprints/_user/entities';
const identifier = 'azure@serviceaccounts.getport.io';
const account = {
  identifier,
  title: 'Azure Pipelines',
  properties: { port_type: 'Service Account', port_role: 'Member', status: 'Active' },
  relations: {},
};

describe('local Port: service accounts', () => {
  const client = withPort();

  const create = async () => {
    const { additionalData } = await client().ok(201, 'POST', users, account);
    return additionalData.credentials;
  };
  const signIn = (credentials: object) => client().call('POST', '/v1/auth/access_token', credentials);
  const own = async (credentials: object): Promise<Client> => {
    const caller = new Client(client().port);
    await caller.signIn(credentials);
    return caller;
  };

  it('tells the credentials of a new one once, and never again', async () => {
    const { clientId, clientSecret } = await create();
    assert.match(clientId, /^client_/);
    const one = `${users}/${encodeURIComponent(identifier)}`;
    for (const answer of [
      await client().call('GET', one),
      await client().call('POST', `${users}?upsert=true&merge=true`, account),
    ])
      assert(!answer.text.includes(clientSecret) && !answer.text.includes('additionalData'), answer.text);
  });

  it('tells none for a person, nor where a creation was only tried', async () => {
    const person = { identifier: 'ana@example.com', properties: { port_type: 'Standard' } };
    assert.equal((await client().ok(201, 'POST', users, person)).additionalData, undefined);
    const tried = await client().ok(201, 'POST', `${users}?upsert=true&validation_only=true`, account);
    assert.equal(tried.additionalData, undefined);
  });

  it('signs in as itself, with a token of its own, and is named as the writer', async () => {
    await client().ok(201, 'POST', '/v1/blueprints', service);
    const caller = await own(await create());
    await caller.ok(201, 'POST', '/v1/blueprints/service/entities', { identifier: 'checkout' });
    assert.equal(client().port.store.entity('service', 'checkout')?.createdBy, identifier);
    await client().ok(201, 'POST', '/v1/blueprints/service/entities', { identifier: 'cart' });
    assert.equal(client().port.store.entity('service', 'cart')?.createdBy, 'dev@example.com');
  });

  it('gets no token once it is disabled, and the tokens it has end at once', async () => {
    const credentials = await create();
    const caller = await own(credentials);
    await caller.ok(200, 'GET', '/v1/blueprints');
    const one = `${users}/${encodeURIComponent(identifier)}`;
    await client().ok(200, 'PATCH', one, { properties: { status: 'Disabled' } });
    await caller.refused('401 unauthorized', 'GET', '/v1/blueprints');
    assert.equal((await signIn(credentials)).status, 401);
    await client().ok(200, 'PATCH', one, { properties: { status: 'Active' } });
    await caller.ok(200, 'GET', '/v1/blueprints');
    await client().ok(200, 'DELETE', one);
    await caller.refused('401 unauthorized', 'GET', '/v1/blueprints');
  });

  it('gets new credentials in place of the old ones', async () => {
    const before = await create();
    const path = `/v1/rotate-credentials/${encodeURIComponent(identifier)}`;
    const { additionalData } = await client().ok(200, 'POST', path);
    assert.equal((await signIn(before)).status, 401);
    assert.equal((await signIn(additionalData.credentials)).status, 200);
    await client().refused('404 not_found', 'POST', '/v1/rotate-credentials/nobody@example.com');
  });
});

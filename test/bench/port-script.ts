import type { LoggedRequest, Reply } from '../support/scripted-server.ts';

const ok = (body: object): Reply => ({ status: 200, body: { ok: true, ...body } });

const blueprint = {
  identifier: 'service',
  schema: { properties: { version: { type: 'string' }, tags: { type: 'array' } } },
  relations: {},
};
const entity = { identifier: 'one', blueprint: 'service', properties: { version: '1.10' } };
const run = { id: 'r_1', status: 'SUCCESS', createdAt: new Date().toISOString() };

/** Answers every call of the tasks as Port does where all goes well. */
export function asPort({ method, path, body }: LoggedRequest): Reply {
  const route = path.replace(/\?.*/, '');
  if (route.endsWith('/access_token'))
    return ok({ accessToken: 'the-access-token', expiresIn: 10_800, tokenType: 'Bearer' });
  if (route.endsWith('/entities/bulk')) return bulk(body);
  if (route.endsWith('/delete')) return ok({ deletedEntities: ['one', 'two'] });
  if (route.endsWith('/search')) return ok({ entities: [entity] });
  if (route.includes('/entities')) return ok({ entity });
  if (route.endsWith('/scorecards')) return ok({ scorecards: [{ identifier: 'ready', rules: [] }] });
  if (route.startsWith('/v1/blueprints/')) return ok({ blueprint });
  if (route.endsWith('/logs')) return ok({ runLogs: [] });
  if (route.endsWith('/runs') && method === 'GET') return ok({ runs: [] });
  return ok({ run });
}

function bulk(body: string): Reply {
  const { entities } = JSON.parse(body) as { entities: { identifier: string }[] };
  const written = entities.map(({ identifier }, index) => ({ created: true, identifier, index }));
  return { status: 207, body: { ok: true, entities: written, errors: [] } };
}

/** As Port, but the first calls each meet another trouble. */
export function troubledPort(): (request: LoggedRequest, index: number) => Reply {
  const troubles: readonly Reply[] = [
    'reset',
    'cut',
    { status: 503, body: '<html>Service unavailable</html>' },
    { status: 429, headers: { 'retry-after': '0' }, body: { ok: false, error: 'too_many_requests' } },
  ];
  let met = 0;
  return (request) => (met < troubles.length ? (troubles[met++] ?? 'reset') : asPort(request));
}

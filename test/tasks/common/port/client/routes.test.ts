import assert from 'node:assert/strict';
import { InputError } from '../../../../../tasks/common/errors.ts';
import { pathOf } from '../../../../../tasks/common/port/client/routes.ts';

describe('The path of a route', () => {
  const cases: [value: string, segment: string][] = [
    ['plain-1', 'plain-1'],
    ['a/b', 'a%2Fb'],
    ['a b?c#d', 'a%20b%3Fc%23d'],
    ['日本', '%E6%97%A5%E6%9C%AC'],
    ['a\\b', 'a%5Cb'],
    ['%2e%2e', '%252e%252e'],
    ['{id}', '%7Bid%7D'],
    ['$&', '%24%26'],
    ['x\r\nhost: y', 'x%0D%0Ahost%3A%20y'],
    ['\ud800', '%EF%BF%BD'],
  ];
  for (const [value, segment] of cases) {
    it(`holds ${JSON.stringify(value)} as one segment`, () => {
      assert.equal(pathOf('/v1/things/{id}/x', { id: value }), `/v1/things/${segment}/x`);
    });
  }

  it('never is another one by way of dots', () => {
    for (const value of ['.', '..'])
      assert.throws(
        () => pathOf('/v1/things/{id}', { id: value }),
        (error) =>
          error instanceof InputError && error.message.startsWith(`"${value}" cannot be an identifier`),
      );
  });

  it('holds a query without what is undefined', () => {
    const query = { upsert: true, merge: false, limit: 5, run_id: undefined, q: 'a b&c' };
    assert.equal(pathOf('/v1', {}, query), '/v1?upsert=true&merge=false&limit=5&q=a+b%26c');
    assert.equal(pathOf('/v1', {}, { a: undefined }), '/v1');
  });

  it('needs every parameter, and takes none from the prototype', () => {
    assert.throws(() => pathOf('/v1/{id}', {}), /path parameter id is missing/);
    assert.throws(() => pathOf('/v1/{constructor}', {}), /path parameter constructor is missing/);
  });
});

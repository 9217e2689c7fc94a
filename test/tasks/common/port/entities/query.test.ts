import assert from 'node:assert/strict';
import { InputReader } from '../../../../../tasks/common/inputs/input-reader.ts';
import { asQuery, readQuery, typedQuery } from '../../../../../tasks/common/port/entities/query.ts';
import { FakeHost } from '../../../../support/fake-host.ts';

const read = (query: string) => {
  const reader = new InputReader(new FakeHost({ inputs: { query } }));
  return { query: readQuery(reader, 'query'), problems: reader.problems };
};

describe('A query', () => {
  it('is a combinator and rules, or a list of rules that all hold', () => {
    for (const combinator of ['and', 'or']) {
      const query = { combinator, rules: [{ property: 'a' }] };
      assert.deepEqual(read(JSON.stringify(query)), { query, problems: [] });
    }
    const { query } = read('[{"property": "a"}]');
    assert.deepEqual(query, { combinator: 'and', rules: [{ property: 'a' }] });
    assert.deepEqual(read(''), { query: undefined, problems: [] });
  });

  for (const value of [
    'text',
    '{"combinator": "not", "rules": []}',
    '{"rules": []}',
    '{"combinator": "and", "rules": {}}',
    '{"combinator": "or", "rules": [{"property": "a"}, "b"]}',
    '[[{"property": "a"}]]',
  ])
    it(`is none that is ${value}, which is told`, () => {
      const { query, problems } = read(value);
      assert.equal(query, undefined);
      assert.equal(problems.length, 1);
      assert.match(
        problems[0] ?? '',
        /^Input query must have combinator \(and, or\) and rules, or be a list/,
      );
    });

  it('is no null', () => {
    assert.equal(asQuery(null), undefined);
  });

  describe('whose values YAML leaves open', () => {
    const properties = {
      version: { type: 'string' },
      replicas: { type: 'number' },
      builds: { type: 'array', items: { type: 'string' } },
      counts: { type: 'array', items: { type: 'number' } },
      isOn: { type: 'boolean' },
      cost$: { type: 'number' },
    };
    const typed = async (rules: string, blueprint: string | undefined = 'service') => {
      const asked: string[] = [];
      const sent = await typedQuery(read(rules).query ?? assert.fail(), blueprint, (identifier) => {
        asked.push(identifier);
        return Promise.resolve({ identifier, properties, relationTargets: {}, listRelations: [] });
      });
      return { rules: (sent as { rules: unknown }).rules, asked };
    };

    const rules: readonly (readonly [rule: string, sent: object])[] = [
      ['{property: version, value: 12}', { property: 'version', value: '12' }],
      ['{property: replicas, value: 12}', { property: 'replicas', value: 12 }],
      ['{property: replicas, value: [1, 2]}', { property: 'replicas', value: [1, 2] }],
      ['{property: isOn, value: true}', { property: 'isOn', value: true }],
      ['{property: builds, value: 12}', { property: 'builds', value: '12' }],
      ['{property: builds, value: [12, 13]}', { property: 'builds', value: ['12', '13'] }],
      ['{property: counts, value: 12}', { property: 'counts', value: 12 }],
      ['{property: $title, value: 12}', { property: '$title', value: '12' }],
      ['{property: cost$, value: 12}', { property: 'cost$', value: 12 }],
      ['{property: constructor, value: 12}', { property: 'constructor', value: 12 }],
      ['{property: 2024, value: 12}', { property: '2024', value: 12 }],
      ['{operator: relatedTo, value: 12}', { operator: 'relatedTo', value: '12' }],
      ['{property: version, not: true, value: 1}', { property: 'version', not: true, value: '1' }],
    ];
    for (const [rule, sent] of rules)
      it(`is sent as ${JSON.stringify(sent)} for ${rule}`, async () => {
        assert.deepEqual(await typed(`- ${rule}`), { rules: [sent], asked: ['service'] });
      });

    it('is the same in rules of rules', async () => {
      const { rules: sent } = await typed('- combinator: or\n  rules:\n  - {property: version, value: 12}');
      assert.deepEqual(sent, [{ combinator: 'or', rules: [{ property: 'version', value: '12' }] }]);
    });

    it('asks for no blueprint where none is named, or nothing is open', async () => {
      const open = read('- {property: version, value: 12}').query ?? assert.fail();
      const closed = read('[{"property": "version", "value": 12}]').query ?? assert.fail();
      const lookUp = () => assert.fail('asked');
      assert.deepEqual(await typedQuery(open, undefined, lookUp), {
        combinator: 'and',
        rules: [{ property: 'version', value: 12 }],
      });
      assert.equal(await typedQuery(closed, 'service', lookUp), closed);
    });
  });
});

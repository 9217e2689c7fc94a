import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseStructuredText } from '../../../../tasks/common/structured-text/parse.ts';
import { typedValue } from '../../../../tasks/common/structured-text/typed-values.ts';

/** A scalar, and what a reader of it would say where text, a number, a boolean, or nothing in particular is wanted. */
type Row = readonly [written: string, string: unknown, number: unknown, boolean: unknown, open: unknown];

const rows: readonly Row[] = [
  ['1.10', '1.10', 1.1, '1.10', '1.10'],
  ['51e5', '51e5', 5_100_000, '51e5', '51e5'],
  ['0012', '0012', 12, '0012', '0012'],
  ['0o17', '0o17', 15, '0o17', '0o17'],
  ['0x1f', '0x1f', 31, '0x1f', '0x1f'],
  ['8080', '8080', 8080, 8080, 8080],
  ['9007199254740993', ...same('9007199254740993')],
  ['2026-01-01', ...same('2026-01-01')],
  ['yes', 'yes', 'yes', true, 'yes'],
  ['off', 'off', 'off', false, 'off'],
  ['true', 'true', true, true, true],
  ['null', ...same(null)],
  ['~', ...same(null)],
  ['"null"', ...same('null')],
  ['"1.10"', ...same('1.10')],
];

function same<T>(value: T): readonly [T, T, T, T] {
  return [value, value, value, value];
}

const columns = { string: 1, number: 2, boolean: 3, open: 4 } as const;

interface Case {
  readonly yaml: string;
  readonly schema: unknown;
  readonly expected: unknown;
}

const scalar = fc
  .tuple(fc.constantFrom(...rows), fc.constantFrom('string', 'number', 'boolean', 'open'))
  .map(([row, type]): Case => ({
    yaml: row[0],
    schema: type === 'open' ? undefined : { type },
    expected: row[columns[type]],
  }));

const { value: anyCase } = fc.letrec<{ value: Case }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), { maxKeys: 4 }).map((members): Case => {
      const entries = Object.entries(members);
      const each = (pick: (member: Case) => unknown) =>
        Object.fromEntries(entries.map(([key, member]) => [key, pick(member)]));
      return {
        yaml: `{${entries.map(([key, { yaml }]) => `${key}: ${yaml}`).join(', ')}}`,
        schema: { type: 'object', properties: each(({ schema }) => schema) },
        expected: each(({ expected }) => expected),
      };
    }),
    fc.tuple(tie('value'), fc.nat(3)).map(([{ yaml, schema, expected }, count]): Case => ({
      yaml: `[${Array.from({ length: count }, () => yaml).join(', ')}]`,
      schema: { type: 'array', items: schema },
      expected: Array.from({ length: count }, () => expected),
    })),
  ),
}));

const read = (text: string, schema: unknown) => {
  const { value, problems } = parseStructuredText(text);
  assert.deepEqual(problems, []);
  return JSON.stringify(typedValue(value, schema));
};

describe('Values by their schema', () => {
  it('are what a reader of the YAML would say, for any schema and at any depth', () => {
    fc.assert(
      fc.property(anyCase, ({ yaml, schema, expected }) => {
        const whole = { properties: { value: schema } };
        assert.equal(read(`value: ${yaml}`, whole), JSON.stringify({ value: expected }));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('are what stands in the JSON, whatever the schema says', () => {
    fc.assert(
      fc.property(anyCase, ({ schema, expected }) => {
        const text = JSON.stringify({ value: expected });
        assert.equal(read(text, { properties: { value: schema } }), text);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

import assert from 'node:assert/strict';
import { type Setting, startSetting } from './setting.ts';

/** As Port gets it, for a property of type string, number and boolean; `refused` where the value is of no such type. */
type Row = readonly [written: string, text: unknown, number: unknown, boolean: unknown];

const refused = Symbol('refused');

function told(value: unknown): string {
  if (value === refused) return 'refused';
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** What stands behind the colon, and what reaches Port. No schema can make a number of text or the other way round. */
const table: readonly Row[] = [
  ['checkout', 'checkout', refused, refused],
  ['7e10234', '7e10234', refused, refused],
  ['7e2', '7e2', 700, refused],
  ['1.10', '1.10', 1.1, refused],
  ['1.0', '1.0', 1, refused],
  ['0012', '0012', 12, refused],
  ['-3', '-3', -3, refused],
  ['+3', '+3', 3, refused],
  ['.5', '.5', 0.5, refused],
  ['5.', '5.', 5, refused],
  ['0x1F', '0x1F', 31, refused],
  ['0o17', '0o17', 15, refused],
  ['1_000', '1_000', refused, refused],
  ['1,000', '1,000', refused, refused],
  ['12345678901234567890', '12345678901234567890', refused, refused],
  ['9007199254740993', '9007199254740993', refused, refused],
  ['1e400', '1e400', refused, refused],
  ['.inf', '.inf', refused, refused],
  ['.nan', '.nan', refused, refused],
  ['yes', 'yes', refused, true],
  ['No', 'No', refused, false],
  ['on', 'on', refused, true],
  ['OFF', 'OFF', refused, false],
  ['y', 'y', refused, refused],
  ['true', 'true', refused, true],
  ['False', 'False', refused, false],
  ['TRUE', 'TRUE', refused, true],
  ['2026-01-01', '2026-01-01', refused, refused],
  ['12:30', '12:30', refused, refused],
  ['1.2.3', '1.2.3', refused, refused],
  ['C:\\temp\\new', 'C:\\temp\\new', refused, refused],
  ["'C:\\Users'", 'C:\\Users', refused, refused],
  ['"C:\\\\Users"', 'C:\\Users', refused, refused],
  ['"1.10"', '1.10', refused, refused],
  ["'true'", 'true', refused, refused],
  ['!!str 1.10', '1.10', refused, refused],
  ['|-\n    1.10', '1.10', refused, refused],
  ['null', undefined, undefined, undefined],
  ['~', undefined, undefined, undefined],
  ['"null"', 'null', refused, refused],
  ["'~'", '~', refused, refused],
  ['', undefined, undefined, undefined],
  ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d', refused, refused],
  ["it's", "it's", refused, refused],
];

describe('The values of properties in YAML', () => {
  let setting: Setting;

  before(async () => {
    setting = await startSetting();
    await setting.addBlueprint('thing', {
      string: 'string',
      number: 'number',
      boolean: 'boolean',
      strings: { type: 'array', items: { type: 'string' } },
      object: { type: 'object', properties: { string: { type: 'string' }, number: { type: 'number' } } },
    });
  });

  after(() => setting.close());

  let count = 0;
  const send = async (properties: string) => {
    const identifier = `e${count++}`;
    const { result, message } = await setting.upsert({ blueprint: 'thing', identifier, properties });
    if (result === 'Succeeded') return setting.port.store.entity('thing', identifier)?.properties ?? {};
    assert.match(message, /422/);
    return refused;
  };

  for (const [written, ...expected] of table) {
    it(`${JSON.stringify(written)} reaches string, number and boolean properties as ${expected.map(told).join(', ')}`, async () => {
      for (const [position, type] of ['string', 'number', 'boolean'].entries()) {
        const sent = await send(`${type}: ${written}`);
        assert.equal(sent === refused ? refused : sent[type], expected[position], type);
      }
    });
  }

  it('keeps the text in lists and objects where the schema says so', async () => {
    const sent = await send(
      'strings: [1.10, yes, 0012]\nobject: {string: 1.10, other: 8080, flag: true, word: no}',
    );
    assert.deepEqual(sent, {
      strings: ['1.10', 'yes', '0012'],
      object: { string: '1.10', other: 8080, flag: true, word: 'no' },
    });
  });

  for (const [written, kept] of [
    ['1.10', '1.10'],
    ['51e5', '51e5'],
    ['7e10234', '7e10234'],
    ['0x1f', '0x1f'],
    ['0o17', '0o17'],
    ['007', '007'],
    ['+3', '+3'],
    ['9007199254740993', '9007199254740993'],
    ['yes', 'yes'],
    ['8080', 8080],
    ['-1.5', -1.5],
    ['true', true],
    ['"8080"', '8080'],
    ['null', null],
    ['~', null],
    ['', null],
    ['"null"', 'null'],
  ] as const) {
    it(`keeps ${written || 'nothing'} in an object and a list of which no schema tells the type`, async () => {
      const sent = await send(
        `object:\n  other: ${written}\n  inner:\n    - ${written}\n    - deep: ${written}`,
      );
      assert.deepEqual(sent, { object: { other: kept, inner: [kept, { deep: kept }] } });
    });
  }

  it('warns of each property whose number is sent in another form, for one entity and for many', async () => {
    const properties = { number: '1.10', object: '{number: 0x1f, string: 1.10}', string: '1.10' };
    const text = Object.entries(properties).map(([name, value]) => `${name}: ${value}`);
    for (const inputs of [
      { identifier: 'one', properties: text.join('\n') },
      {
        entities: `- {identifier: a, properties: {${text.join(', ')}}}\n- {identifier: b, properties: {number: 3}}`,
      },
    ]) {
      const { host } = await setting.upsert({ blueprint: 'thing', ...inputs });
      assert.equal(host.warnings.length, 1);
      assert.match(host.warnings[0] ?? '', /in property "number", "object", and it is sent in another form/);
    }
    const { host } = await setting.upsert({
      blueprint: 'thing',
      identifier: 'same',
      properties: 'number: 3',
    });
    assert.deepEqual(host.warnings, []);
  });

  it('takes JSON as it is typed, and asks for no schema', async () => {
    const before = setting.calls().length;
    assert.deepEqual(await send('{"string": "1.10", "number": 1.10, "boolean": true}'), {
      ...{ string: '1.10', number: 1.1, boolean: true },
    });
    assert.equal(await send('{"string": 1.10}'), refused);
    assert.ok(
      setting
        .calls()
        .slice(before)
        .every((call) => call.startsWith('POST')),
    );
  });

  it('asks for no schema where YAML leaves nothing open', async () => {
    const before = setting.calls().length;
    await send('string: checkout\nstrings: [a, "1"]');
    assert.deepEqual(setting.calls().slice(before), ['POST /v1/blueprints/thing/entities']);
  });
});

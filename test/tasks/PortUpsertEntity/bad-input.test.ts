import assert from 'node:assert/strict';
import { type Setting, startSetting } from './setting.ts';

type Inputs = Readonly<Record<string, string>>;

describe('PortUpsertEntity with bad input', () => {
  let setting: Setting;

  before(async () => {
    setting = await startSetting();
  });

  after(() => setting.close());

  const one: Inputs = { blueprint: 'service', identifier: 'a' };

  const cases: readonly (readonly [name: string, inputs: Inputs, message: RegExp])[] = [
    ['no blueprint', { identifier: 'a' }, /Input blueprint is empty/],
    ['no identifier', { blueprint: 'service' }, /identifier is missing/],
    ['an identifier with a space', { ...one, identifier: 'a b' }, /identifier "a b" has characters/],
    ['a dot as identifier', { ...one, identifier: '..' }, /identifier "\.\." has characters/],
    [
      'an identifier that is too long',
      { ...one, identifier: 'x'.repeat(1001) },
      /longer than 1000 characters/,
    ],
    [
      'an unresolved identifier',
      { ...one, identifier: 'build-$(nope)' },
      /"build-\$\(nope\)" holds an expression/,
    ],
    [
      'an unresolved blueprint',
      { ...one, blueprint: '$(blueprint)' },
      /blueprint "\$\(blueprint\)" holds an expression/,
    ],
    ['a blueprint with a space', { ...one, blueprint: 'My Service' }, /identifier, not its title/],
    [
      'a mode that does not exist',
      { ...one, mode: 'upsert' },
      /Input mode is "upsert". Use one of: merge, replace, create/,
    ],
    ['no run id where one is demanded', { ...one, ifNoRunId: 'fail' }, /There is no Port run id/],
    ['the id of a workflow run', { ...one, runId: 'wfr_abcdef' }, /wfnr_/],
    [
      'properties that are a list',
      { ...one, properties: '- a\n- b' },
      /Input properties must be one YAML or JSON object/,
    ],
    [
      'two documents of properties',
      { ...one, properties: 'a: x\n---\nb: x' },
      /must be one YAML or JSON object/,
    ],
    [
      'a key twice',
      { ...one, properties: 'a: x\na: y' },
      /properties, line 2, column 1: The same key stands here twice/,
    ],
    [
      'a JSON key twice',
      { ...one, properties: '{"a": "x", "a": "y"}' },
      /line 1, column 12: The same key stands here twice/,
    ],
    [
      'a Windows path in double quotes',
      { ...one, properties: 'path: "C:\\Users"' },
      /line 1, column 10.*a backslash starts an escape/s,
    ],
    ['a tab as indentation', { ...one, properties: 'a:\n\tb: x' }, /line 2, column 1.*indented with spaces/s],
    ['a colon in a value', { ...one, properties: 'a: b: c' }, /line 1, column 4.*needs quotes/s],
    ['a value that begins with @', { ...one, properties: 'a: @x' }, /line 1, column 4.*in quotes/s],
    [
      'a JSON number that no double holds',
      { ...one, properties: '{"id": 12345678901234567890}' },
      /The number cannot be sent.*in quotes/,
    ],
    ['aliases that explode', { ...one, properties: bomb() }, /Aliases repeat more than 200000 values/],
    [
      'a relation with a space',
      { ...one, relations: 'service: check out' },
      /relation service "check out" has characters/,
    ],
    [
      'a relation that is a number in JSON',
      { ...one, relations: '{"service": 12}' },
      /relation service must be an identifier/,
    ],
    [
      'one and many at once',
      { ...one, entities: '- identifier: b' },
      /Inputs identifier are for one entity by hand/,
    ],
    [
      'a preset for many',
      { blueprint: 'x', preset: 'deployment', entities: '- identifier: b' },
      /Input preset is for one entity/,
    ],
    ['an empty list', { blueprint: 'x', entities: '[]' }, /Input entities holds no entities/],
    [
      'a misspelt key',
      { blueprint: 'x', entities: '- identifier: b\n  property: {}' },
      /Input entities, entity 1 \(line 1\): "property" is no part of an entity/,
    ],
    ['an entity without blueprint', { entities: '- identifier: b' }, /the blueprint is missing/],
    [
      'an entity twice',
      { blueprint: 'x', entities: '- identifier: b\n- identifier: b' },
      /entity 2 \(line 2\).*stands in the input twice, first as entity 1/,
    ],
    [
      'an identifier that is a JSON number',
      { blueprint: 'x', entities: '[{"identifier": 12}]' },
      /identifier must be text/,
    ],
    [
      'no matching file',
      { blueprint: 'x', entitiesFile: 'nothing-*.json' },
      /nothing matches "nothing-\*\.json"/,
    ],
    [
      'a file outside the sources',
      { blueprint: 'x', entitiesFile: '../*.json' },
      /outside the sources directory/,
    ],
    [
      'a result file outside the sources',
      { ...one, resultFile: 'a/../../x.json' },
      /outside the sources directory/,
    ],
    [
      'a file name with an unresolved variable',
      { blueprint: 'x', entitiesFile: '$(dir)/x.json' },
      /is the variable defined/,
    ],
  ];

  for (const [name, inputs, expected] of cases) {
    it(`says what is wrong with ${name}, and sends nothing`, async () => {
      const { result, message } = await setting.upsert(inputs);
      assert.equal(result, 'Failed');
      assert.match(message, expected);
      assert.match(message, /PORT_INPUT/);
      assert.equal(setting.port.requests.length, 0);
    });
  }

  it('lists all problems at once', async () => {
    const { message } = await setting.upsert({
      blueprint: 'a b',
      identifier: 'c d',
      mode: 'x',
      relations: 'r: e f',
    });
    for (const part of ['"a b"', '"c d"', 'Input mode', 'relation r'])
      assert.ok(message.includes(part), message);
    assert.match(message, /^4 problems:/);
  });

  it('lists fifty problems of a file, and counts the others', async () => {
    const lines = Array.from({ length: 80 }, (_, index) => `{"identifier": "a ${index}"}`);
    const { message } = await setting.upsert({
      blueprint: 'x',
      entitiesFile: setting.file('bad.jsonl', lines.join('\n')),
    });
    assert.match(message, /bad\.jsonl line 50: identifier "a 49"/);
    assert.match(message, /and 30 more problems/);
  });

  it("says where the entities stand in an answer of Port's API, in one line, over several, or in YAML", async () => {
    const entity = { identifier: 'a', properties: {} };
    const files: readonly (readonly [string, string, string])[] = [
      ['one-line.json', JSON.stringify({ ok: true, entities: [entity] }), 'entities'],
      ['pretty.json', JSON.stringify({ ok: true, entities: [entity] }, null, 2), 'entities'],
      ['answer.yaml', 'ok: true\nentities:\n  - identifier: a\n', 'entities'],
      ['one.json', JSON.stringify({ ok: true, entity }), 'entity'],
    ];
    for (const [name, text, key] of files) {
      const { message } = await setting.upsert({ blueprint: 'x', entitiesFile: setting.file(name, text) });
      assert.match(message, new RegExp(`an answer of Port's API, .* \\(jq \\.${key}\\)`));
      assert.doesNotMatch(message, /problems|no part of an entity/);
    }
  });

  it('names line and column of what is no JSON in JSON Lines', async () => {
    const lines = [
      '{"identifier": "a"}',
      '',
      '{"identifier": "b" "title": 1}',
      "{'identifier': 'c'}",
      'null',
    ];
    const { message } = await setting.upsert({
      blueprint: 'x',
      entitiesFile: setting.file('bad.jsonl', lines.join('\r\n')),
    });
    assert.match(message, /bad\.jsonl line 3, column \d+: It is not JSON/);
    assert.match(message, /bad\.jsonl line 4.*: It is not JSON/);
    assert.match(message, /bad\.jsonl line 5: an entity must be an object/);
  });

  it('refuses bytes that are neither UTF-8 nor UTF-16', async () => {
    const latin1 = setting.file('b.jsonl', Buffer.from('{"identifier":"\xfc"}', 'latin1'));
    assert.match(
      (await setting.upsert({ blueprint: 'x', entitiesFile: latin1 })).message,
      /line 1: The file is neither UTF-8 nor UTF-16/,
    );
  });

  it('says why a file cannot be read', async () => {
    const whole = setting.file('broken.yaml', 'a: [1');
    assert.match(
      (await setting.upsert({ blueprint: 'x', entitiesFile: whole })).message,
      /broken\.yaml: line 1, column \d+/,
    );
  });

  it('refuses a line that no request could carry', async () => {
    const line = JSON.stringify({ identifier: 'a', title: 'x'.repeat(1024 * 1024) });
    const { message } = await setting.upsert({
      blueprint: 'x',
      entitiesFile: setting.file('long.jsonl', `${line}\n`),
    });
    assert.match(message, /long\.jsonl line 1: The line is longer than 1 MiB/);
  });
});

function bomb(): string {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi']) {
    levels.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
  }
  return levels.join('\n');
}

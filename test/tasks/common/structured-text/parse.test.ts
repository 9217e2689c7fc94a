import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stringify } from 'yaml';
import {
  describeTextProblem,
  parseStructuredText,
  readJson,
} from '../../../../tasks/common/structured-text/parse.ts';
import { typedValue } from '../../../../tasks/common/structured-text/typed-values.ts';

const read = (text: string, schema?: unknown) => {
  const { value, problems } = parseStructuredText(text);
  assert.deepEqual(problems.map(describeTextProblem), []);
  return JSON.stringify(typedValue(value, schema));
};

/** JSON objects without the numbers that no double keeps; those are refused, which other tests show. */
const objects = fc.dictionary(
  fc.string(),
  fc.jsonValue().filter((value) => JSON.stringify(value).length < 2000),
);

const syntax = '{}[],:"\'\\ \n\t-&*!|>#%@`a1.~?';
const syntaxSoup = fc.string({ unit: fc.nat(syntax.length - 1).map((position) => syntax.charAt(position)) });

const keepsNumbers = (text: string) => readJson(text).problems === undefined;

describe('Structured text', () => {
  it('gives back any JSON object as it was', () => {
    fc.assert(
      fc.property(objects, (object) => {
        const text = JSON.stringify(object);
        fc.pre(keepsNumbers(text));
        assert.equal(read(text), text);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('gives back any text that was quoted by a YAML library', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(text.isWellFormed());
        const quoted = stringify(
          { value: text },
          { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
        );
        assert.equal(read(quoted), JSON.stringify({ value: text }));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('gives any plain word to a string property as it was written', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9.+_][A-Za-z0-9.+_\\/-]{0,20}$/);
    const schema = {
      properties: { value: { type: 'string' }, list: { type: 'array', items: { type: 'string' } } },
    };
    fc.assert(
      fc.property(word, (text) => {
        assert.equal(
          read(`value: ${text}\nlist: [${text}]`, schema),
          JSON.stringify({ value: text, list: [text] }),
        );
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('gives any number to a number property as that number', () => {
    const schema = { properties: { value: { type: 'number' } } };
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const [written] = [String(number)];
        fc.pre(keepsNumbers(JSON.stringify({ value: number })));
        assert.equal(read(`value: ${written}`, schema), JSON.stringify({ value: number }));
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('never throws, and never loses a text without a problem', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const { value, problems } = parseStructuredText(text);
        if (problems.length === 0) assert.doesNotThrow(() => JSON.stringify(typedValue(value, undefined)));
      }),
      { seed: 5, numRuns: 3000 },
    );
    fc.assert(
      fc.property(syntaxSoup, (text) => {
        const { value, problems } = parseStructuredText(text);
        if (problems.length === 0) assert.doesNotThrow(() => JSON.stringify(typedValue(value, undefined)));
      }),
      { seed: 6, numRuns: 3000 },
    );
  });

  it('treats __proto__, constructor and toString as data', () => {
    for (const text of [
      '{"__proto__": {"a": 1}, "constructor": "b", "toString": "c"}',
      '__proto__: {a: 1}\nconstructor: b\ntoString: c',
    ]) {
      assert.equal(read(text), '{"__proto__":{"a":1},"constructor":"b","toString":"c"}');
    }
    assert.equal(({} as Record<string, unknown>).a, undefined);
  });

  it('reads keys as text', () => {
    assert.equal(read('1.10: a\ntrue: b\nnull: c\n"d e": f'), '{"1.10":"a","true":"b","null":"c","d e":"f"}');
  });

  it('repeats what an alias stands for', () => {
    assert.equal(read('a: &x [p, q]\nb: *x'), '{"a":["p","q"],"b":["p","q"]}');
  });

  for (const [text, expected] of [
    ['a: &x 1\nb: *x\nc: &x 2\nd: *x', '{"a":1,"b":1,"c":2,"d":2}'],
    ['a: &l [&x 1]\nb: &x 2\nc: *l\nd: *x', '{"a":[1],"b":2,"c":[1],"d":2}'],
    ['a: &m {b: &x 1}\nb: [*m, *x]', '{"a":{"b":1},"b":[{"b":1},1]}'],
    ['&k a: 1\nb: *k', '{"a":1,"b":"a"}'],
  ] as const) {
    it(`takes the anchor that stands last before the alias: ${JSON.stringify(text)}`, () => {
      assert.equal(read(text), expected);
    });
  }

  it('reads 8,000 entities with an alias each, and 20,000 aliases of a property, in time that grows with their number', function () {
    // Of the processor's time; other work may take the processor for longer.
    this.timeout(60_000);
    const entities = (count: number) =>
      `- &e {identifier: a, properties: &p {a: 1, b: x}}\n${'- {identifier: b, properties: *p}\n'.repeat(count)}`;
    const aliases = (count: number) => `a: &x hello\nb: [${'*x, '.repeat(count)}]`;
    for (const textOf of [entities, aliases]) {
      const timeOf = (count: number) => {
        const start = process.cpuUsage();
        assert.deepEqual(parseStructuredText(textOf(count)).problems, []);
        const { user, system } = process.cpuUsage(start);
        return user + system;
      };
      const fastestOf = (count: number) => Math.min(...[1, 2, 3].map(() => timeOf(count)));
      timeOf(1000);
      const ratio = fastestOf(20_000) / fastestOf(2500);
      assert.ok(ratio < 30, `${ratio} times as long for 8 times as many`);
    }
  });

  it('ends at the first alias that is too much, and at one inside of its own value', () => {
    const doubled = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
    );
    for (const [text, expected] of [
      [['a0: &a0 x', ...doubled, ...doubled].join('\n'), /Aliases repeat more than 200000 values/],
      [
        `a: &x ${'x'.repeat(1024 * 1024)}\nb: [${'*x, '.repeat(100)}]`,
        /Aliases repeat more than .* characters/,
      ],
      ['a: &x [*x ]', /inside of what it stands for/],
    ] as const) {
      const { problems } = parseStructuredText(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0]?.message ?? '', expected);
    }
  });

  for (const [text, expected] of [
    ['{\n  // highlight-next-line\n  "a": 1\n}', 'line 2, column 3: It is not JSON: JSON has no comments'],
    ['{"a": 1, // one\n "b": 2}', 'line 1, column 10: It is not JSON: JSON has no comments'],
    ['[{"a": "//x" /* one */}]', 'line 1, column 14: It is not JSON: JSON has no comments'],
    ['/* x */ {"a": 1}', ''],
  ] as const) {
    it(`takes no comment of JSON for YAML: ${JSON.stringify(text)}`, () => {
      const [first] = parseStructuredText(text).problems;
      assert.ok(
        first !== undefined && describeTextProblem(first).startsWith(expected),
        JSON.stringify(first),
      );
    });
  }

  for (const [text, expected] of [
    ['{a: 1}', '{"a":1}'],
    ['{"url": "https://a/b", }', '{"url":"https://a/b"}'],
    ['{url: https://a/b}', '{"url":"https://a/b"}'],
    ['{"a": 1, # one\n"b": 2}', '{"a":1,"b":2}'],
    ["[{'a': b}]", '[{"a":"b"}]'],
  ] as const) {
    it(`still takes ${JSON.stringify(text)} for YAML`, () => assert.equal(read(text), expected));
  }

  it('reads JSON whose texts look like keys without the YAML parser: in a time that grows with it, and no doubled key is missed', () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `"p${index}": "a\\": ${index}"`);
    const start = process.cpuUsage();
    assert.equal(readJson(`{${members.join()}}`).problems, undefined);
    const [first] = readJson(`{${members.join()},\n"p7": 1}`).problems ?? [];
    const { user, system } = process.cpuUsage(start);
    assert.equal(first && describeTextProblem(first), 'line 2, column 1: The same key stands here twice');
    assert.ok(user + system < 2_000_000, `${user + system} µs`);
  });

  it('refuses long texts that fail as JSON at once, with the place', () => {
    const entry = '{"a": "b", "c": [1, 2, 3]},\n';
    for (const [text, expected] of [
      [`[${entry.repeat(100_000)} x]`, /^line 100001, column 2: It is not JSON/],
      [`[${entry.repeat(100_000)}]`, /^line 100001, column 1: .*a comma stands behind the last entry/],
      ['['.repeat(1_000_000), /^line 1, column 201: .*nested deeper than 200 levels/],
      ['{"a":'.repeat(300_000), /^line 1, column 1001: .*nested deeper/],
    ] as const) {
      const start = process.cpuUsage();
      const [first] = parseStructuredText(text).problems;
      const { user, system } = process.cpuUsage(start);
      assert.match(first === undefined ? '' : describeTextProblem(first), expected);
      assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
    }
  });

  it('repeats nothing of the text in a message about it', () => {
    const word = 'hunter22';
    for (const text of [
      ...[
        `a: !${word} 1`,
        `a: *${word}`,
        `a: | ${word}\n b`,
        `%${word}\n---\na`,
        `%YAML ${word}\n---\na`,
        `a: !${word}! 1`,
        `a: !<${word}> 1`,
        `a: !e!${word} 1`,
        `a: "\\${word}"`,
        `a: "\\U${word}"`,
      ],
      ...[
        `${word}: 1\n${word}: 2`,
        `a: "${word}`,
        `a: '${word}`,
        `[${word}`,
        `{${word}: [}`,
        `a: b\n  ${word}`,
        `a: @${word}`,
      ],
      ...[
        `{"a": ${word}}`,
        `{"a": "${word}`,
        `{"${word}": 1, "${word}": 2}`,
        `{"a": 1${word}}`,
        `a: !!map ${word}`,
        `a: !!int ${word}`,
      ],
      ...[
        `\ta: ${word}`,
        `a: &${word} &${word} 1`,
        `a: b: ${word}`,
        `"${word}" "${word}"`,
        `? [${word}]\n: 1`,
        `a: \`${word}\``,
      ],
      ...[
        `{"a": "C:\\${word}"}`,
        `a: 1\n- ${word}`,
        `{"a": 1} ${word}`,
        `a: <<: *${word}`,
        `[1, ${word}: 2: 3]`,
        `"a": "b" ${word}`,
      ],
    ]) {
      const { problems } = parseStructuredText(text);
      for (const { message } of problems) assert.ok(!/hunter|unter22/.test(message), `${text} -> ${message}`);
    }
  });

  it('refuses what is nested too deeply, in either language', () => {
    for (const text of [
      '['.repeat(300) + ']'.repeat(300),
      '- '.repeat(300),
      '{"a":'.repeat(9000) + '1' + '}'.repeat(9000),
    ]) {
      assert.ok(parseStructuredText(text).problems.length > 0);
    }
  });

  const mistakes: readonly (readonly [string, string])[] = [
    [
      'a: *x',
      'line 1, column 4: There is no anchor that this alias stands for. A value that begins with * needs quotes',
    ],
    [
      'a: &Sup3r',
      'line 1, column 10: There is no value behind the anchor. A value that begins with & needs quotes',
    ],
    ['a: !x 1', 'line 1, column 4: Unresolved tag. A value that begins with ! needs quotes'],
    ['a: 1\n"a": 2', 'line 2, column 1: The same key stands here twice'],
    ['{"a": [{"b": 1}, {"b": 1}],\n"\\u0061": "x"}', 'line 2, column 1: The same key stands here twice'],
    [
      '{"a": "\\": \\"a", "b": [1, 9007199254740993]}',
      'line 1, column 27: The number cannot be sent as a number without changing it. Put it in quotes to send it as text',
    ],
    ['{"b": {"a": 1, "a": 2}}', 'line 1, column 16: The same key stands here twice'],
    ['a: &x {b: c}\nd: {<<: *x}', 'line 2, column 5: Merge keys are not supported. Write the keys out'],
    ['? [a]\n: b', 'line 1, column 3: A key must be text'],
    [
      '{"a": 1e999}',
      'line 1, column 7: The number cannot be sent as a number without changing it. Put it in quotes to send it as text',
    ],
    [
      'a: "x',
      'line 1, column 6: Missing closing "quote. Is a closing quote, a colon or a comma missing, or does a value hold quotes of its own?',
    ],
  ];
  for (const [text, expected] of mistakes) {
    it(`says what is wrong with ${JSON.stringify(text)}`, () => {
      const [first] = parseStructuredText(text).problems;
      assert.equal(first && describeTextProblem(first), expected);
    });
  }

  const broken: readonly (readonly [string, RegExp])[] = [
    ['{"a": 1 "b": 2}', /^line 1, column 9: It is not JSON: /],
    ['{"a": tru}', /^line 1, column 7: It is not JSON: /],
    ['{"a": "b}', /^line 1, column 10: It is not JSON: Unterminated string/],
    ['[1,\n2', /^line 2, column 2: It is not JSON: /],
    ['{"a": "C:\\Users"}', /^line 1, column 11: It is not JSON: .*write it twice/],
    ["{'a': 1}", /^line 1, column \d+: It is not JSON: /],
  ];
  for (const [text, expected] of broken) {
    it(`finds the place where ${JSON.stringify(text)} is no JSON`, () => {
      const [first] = readJson(text).problems ?? [];
      assert.match(first === undefined ? '' : describeTextProblem(first), expected);
    });
  }
});

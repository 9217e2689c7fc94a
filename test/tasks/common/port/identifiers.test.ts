import assert from 'node:assert/strict';
import { InputReader } from '../../../../tasks/common/inputs/input-reader.ts';
import {
  identifierInput,
  requiredBlueprint,
  requiredIdentifier,
} from '../../../../tasks/common/port/identifier-inputs.ts';
import {
  asIdentifier,
  blueprintProblem,
  identifierProblem,
} from '../../../../tasks/common/port/identifiers.ts';
import { FakeHost } from '../../../support/fake-host.ts';

describe('An identifier', () => {
  for (const [identifier, isEntity, isBlueprint] of [
    ['checkout', true, true],
    ['Läden-本番', true, true],
    ['a@b_c.d+e:f\\g/h-1', true, true],
    ['a=b', true, false],
    ['...', true, true],
    ['x'.repeat(100), true, true],
    ['x'.repeat(101), true, false],
    ['x'.repeat(1000), true, false],
    ['x'.repeat(1001), false, false],
    ['.', false, false],
    ['..', false, false],
    ['', false, false],
    ['a b', false, false],
    ['a\n', false, false],
    ['$(name)', false, false],
    ['${{ variables.name }}', false, false],
  ] as const)
    it(`${JSON.stringify(identifier.slice(0, 30))} of ${identifier.length} characters is ${isEntity ? 'one' : 'none'} of an entity, ${isBlueprint ? 'one' : 'none'} of a blueprint`, () => {
      assert.deepEqual(
        [identifierProblem(identifier) === undefined, blueprintProblem(identifier) === undefined],
        [isEntity, isBlueprint],
      );
    });

  it('that is none says why: its length, its characters, or an expression that nothing replaced', () => {
    for (const problemOf of [identifierProblem, blueprintProblem]) {
      assert.match(problemOf('a b') ?? '', /^"a b" has characters that Port does not take: .*no spaces/);
      for (const text of ['$(name)', '${{ name }}'])
        assert.match(problemOf(text) ?? '', /holds an expression that nothing replaced/);
    }
    assert.equal(identifierProblem('x'.repeat(1001)), 'is longer than 1000 characters');
    assert.equal(blueprintProblem('x'.repeat(101)), 'is longer than 100 characters');
    assert.match(blueprintProblem('My service') ?? '', /not its title$/);
  });

  for (const [text, identifier] of [
    ['web shop (EU) / deploy', 'web-shop-EU-deploy'],
    ['--a--', 'a'],
    ['!!a=1@b!!', 'a=1@b'],
    ['!!!', ''],
  ] as const)
    it(`made of ${JSON.stringify(text)} is ${JSON.stringify(identifier)}`, () => {
      assert.equal(asIdentifier(text), identifier);
    });
});

describe('An input for an identifier', () => {
  const read = <Value>(text: string | undefined, get: (reader: InputReader, name: string) => Value) => {
    const reader = new InputReader(new FakeHost({ inputs: text === undefined ? {} : { name: text } }));
    return { value: get(reader, 'name'), problems: reader.problems };
  };

  it('holds one', () => {
    for (const get of [identifierInput, requiredIdentifier, requiredBlueprint])
      assert.deepEqual(read('checkout', get), { value: 'checkout', problems: [] });
  });

  it('may be empty, or says what it must be set to', () => {
    assert.deepEqual(read(undefined, identifierInput), { value: undefined, problems: [] });
    assert.deepEqual(read(undefined, requiredIdentifier).problems, [
      "Input name is empty. Set it to the entity's identifier.",
    ]);
    assert.deepEqual(read(undefined, requiredBlueprint).problems, [
      "Input name is empty. Set it to the blueprint's identifier.",
    ]);
  });

  it('names itself where it holds none', () => {
    for (const get of [identifierInput, requiredIdentifier, requiredBlueprint]) {
      const { problems } = read('a b', get);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^Input name "a b" has characters .*\.$/);
    }
  });
});

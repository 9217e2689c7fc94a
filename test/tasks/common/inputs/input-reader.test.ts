import assert from 'node:assert/strict';
import { InputError } from '../../../../tasks/common/errors.ts';
import { InputReader } from '../../../../tasks/common/inputs/input-reader.ts';
import { FakeHost } from '../../../support/fake-host.ts';

const readerOf = (inputs: Record<string, string>) => new InputReader(new FakeHost({ inputs }));

function problemsOf(reader: InputReader): readonly string[] {
  try {
    reader.finish();
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.problems;
  }
}

describe('Inputs', () => {
  it('are words in any case, and the default where they are absent', () => {
    const reader = readerOf({ mode: ' MERGE ' });
    assert.equal(reader.choice('mode', ['merge', 'replace'], 'replace'), 'merge');
    assert.equal(reader.choice('other', ['merge', 'replace'], 'replace'), 'replace');
    assert.deepEqual(problemsOf(reader), []);
  });

  it('are flags that are true by default only where they are absent', () => {
    const reader = readerOf({ yes: 'True', no: 'false' });
    assert.deepEqual(
      [reader.flag('yes', false), reader.flag('no', true), reader.flag('a', true), reader.flag('b', false)],
      [true, false, true, false],
    );
  });

  it('are whole numbers within their range', () => {
    const values = ['5', '0', '101', '-1', '1.5', '1e2', '0x10', 'five', '٥', '9'.repeat(400)];
    const read = values.map((n) => readerOf({ n }).wholeNumber('n', 7, { min: 1, max: 100 }));
    assert.deepEqual(read, [5, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
  });

  it('are lines without blanks around them and without empty ones', () => {
    assert.deepEqual(readerOf({ link: 'a\r\n\n  b \n' }).lines('link'), ['a', 'b']);
    assert.deepEqual(readerOf({}).lines('link'), []);
  });

  it('tell all their problems at once, each of them once', () => {
    const reader = readerOf({ mode: 'x\ny', flag: 'yes', n: 'many' });
    reader.choice('mode', ['merge', 'replace'], 'merge');
    reader.flag('flag', true);
    reader.wholeNumber('n', 1, { min: 1, max: 9 });
    reader.required('blueprint', "the blueprint's identifier");
    reader.required('blueprint', "the blueprint's identifier");
    assert.deepEqual(problemsOf(reader), [
      'Input mode is "x y". Use one of: merge, replace.',
      'Input flag is "yes". Use true or false.',
      'Input n is "many". Use a whole number from 1 to 9.',
      "Input blueprint is empty. Set it to the blueprint's identifier.",
    ]);
  });
});

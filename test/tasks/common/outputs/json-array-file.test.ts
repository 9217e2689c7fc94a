import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../../tasks/common/errors.ts';
import {
  JsonArrayFile,
  writeJsonFile,
  writeWholeArray,
} from '../../../../tasks/common/outputs/json-array-file.ts';

describe('A file of results', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'results-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const saying = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, pattern);
    return true;
  };

  it('is there whole, in folders that were not', async () => {
    const path = join(folder, 'a', 'b.json');
    await writeWholeArray(path, (file) => {
      file.write([1]);
      file.write([2, 3]);
      return Promise.resolve();
    });
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), [1, 2, 3]);
    assert.deepEqual(readdirSync(join(folder, 'a')), ['b.json']);
  });

  it('stays as it was where the new one is not finished, and nothing stays beside it', async () => {
    const path = join(folder, 'b.json');
    writeFileSync(path, 'old');
    await assert.rejects(
      writeWholeArray(path, () => Promise.reject(new Error('Port is gone'))),
      /Port is gone/,
    );
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['b.json']);
  });

  it('is named where it is a folder, and nothing stays beside it', async () => {
    const path = join(folder, 'b.json');
    mkdirSync(path);
    await assert.rejects(
      writeWholeArray(path, () => Promise.resolve()),
      saying(/^Input resultFile: .*b\.json cannot be written \(.*\)\. \S/),
    );
    assert.deepEqual(readdirSync(folder), ['b.json']);
  });

  it('is named where what stands beside it cannot go', async () => {
    const path = join(folder, 'b.json');
    mkdirSync(`${path}.part`);
    await assert.rejects(
      writeWholeArray(path, () => Promise.resolve()),
      saying(/^Input resultFile: .*b\.json cannot be written/),
    );
  });

  if (process.platform === 'linux')
    it('says that the disk is full, at once and later', () => {
      const isFull = saying(
        /^Input resultFile: \/dev\/full cannot be written \(ENOSPC.*\)\. Make room on the disk\.$/,
      );
      assert.throws(() => writeJsonFile('/dev/full', {}), isFull);
      assert.throws(() => new JsonArrayFile('/dev/full'), isFull);
    });
});

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CanceledError, InputError } from '../../../../tasks/common/errors.ts';
import { JsonArrayFile, writeJsonFile } from '../../../../tasks/common/outputs/json-array-file.ts';
import { putInPlace, unwritable, whileLocked } from '../../../../tasks/common/outputs/result-writing.ts';
import { swiftClock } from '../../../support/task-setting.ts';

const failing = (code: string) => Object.assign(new Error(`${code}: something, rename 'x'`), { code });

describe('A result file', () => {
  let folder: string;
  const { signal } = new AbortController();
  const time = { slept: 0 };
  const waiting = { clock: swiftClock((sum) => void (time.slept = sum)), signal };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'result-'));
    time.slept = 0;
    waiting.clock = swiftClock((sum) => void (time.slept = sum));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const cases = {
    EPERM: /has it open, or the agent's account may not write there/,
    EBUSY: /has it open, or/,
    EACCES: /has it open, or/,
    EISDIR: /is a folder\. Name a file in it/,
    ENOTDIR: /part of its path is a file/,
    EROFS: /read-only/,
    ENOSPC: /no room left on its disk\. Make room/,
    EDQUOT: /no room left/,
    ENAMETOOLONG: /path is too long/,
    EIO: /name another file/,
  };
  for (const [code, advice] of Object.entries(cases)) {
    it(`that cannot be written for ${code} is one error that says what to do`, () => {
      const error = unwritable('C:\\x.json', failing(code));
      assert.ok(error instanceof InputError);
      assert.ok(error.message.startsWith(`Input resultFile: C:\\x.json cannot be written (${code}): `));
      assert.match(error.message, advice);
    });
  }

  for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
    it(`that is locked for a moment (${code}) is tried again, for less than two seconds`, async () => {
      const lockedFor = async (times: number) => {
        let tries = 0;
        const action = () => {
          if (tries++ < times) throw failing(code);
          return tries;
        };
        return whileLocked(waiting, action);
      };
      assert.equal(await lockedFor(0), 1);
      assert.equal(time.slept, 0);
      assert.equal(await lockedFor(5), 6);
      await assert.rejects(lockedFor(6), { code });
      assert.equal(time.slept, 2 * (50 + 100 + 200 + 400 + 800));
    });
  }

  it('is not tried again where waiting is of no use', async () => {
    let tries = 0;
    const action = () => {
      tries++;
      throw failing('ENOSPC');
    };
    await assert.rejects(whileLocked(waiting, action), { code: 'ENOSPC' });
    assert.equal(tries, 1);
  });

  it('is waited for no longer once the step is cancelled', async () => {
    const clock = { ...waiting.clock, sleep: () => Promise.reject(new CanceledError()) };
    const action = () => {
      throw failing('EBUSY');
    };
    await assert.rejects(whileLocked({ clock, signal }, action), CanceledError);
    assert.ok(unwritable('x', new CanceledError()) instanceof CanceledError);
  });

  it('leaves no part of itself beside a place that it cannot take', async () => {
    const part = join(folder, 'r.json.part');
    writeFileSync(part, '[]');
    mkdirSync(join(folder, 'r.json', 'deep'), { recursive: true });
    await assert.rejects(putInPlace(waiting, part, join(folder, 'r.json')));
    assert.deepEqual(readdirSync(folder), ['r.json']);
  });

  it('that has to be whole is not there before, nor where it is discarded', async () => {
    const path = join(folder, 'new', 'r.json');
    const file = await JsonArrayFile.open(waiting, path, true);
    file.write([1]);
    assert.ok(!existsSync(path));
    file.discard();
    assert.deepEqual(readdirSync(join(folder, 'new')), []);
    const again = await JsonArrayFile.open(waiting, path, true);
    again.write([1]);
    again.write([]);
    again.write([{ a: 'ü' }, 3]);
    await again.close();
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), [1, { a: 'ü' }, 3]);
    assert.deepEqual(readdirSync(join(folder, 'new')), ['r.json']);
  });

  it('in the place of a folder is an error of the input, and leaves nothing beside it', async () => {
    const path = join(folder, 'r.json');
    const file = await JsonArrayFile.open(waiting, path, true);
    mkdirSync(path);
    await assert.rejects(
      file.close(),
      /^InputError: Input resultFile: .*r\.json cannot be written \(E[A-Z]+\)/,
    );
    assert.deepEqual(readdirSync(folder), ['r.json']);
    for (const open of [JsonArrayFile.open(waiting, path), writeJsonFile(waiting, path, {})])
      await assert.rejects(open, /cannot be written \((EISDIR|EPERM)\)/);
  });

  // macOS and Windows have no such device.
  if (existsSync('/dev/full')) {
    it('for which there is no room is told once, and then left', async () => {
      await assert.rejects(JsonArrayFile.open(waiting, '/dev/full'), /cannot be written \(ENOSPC\)/);
      await assert.rejects(writeJsonFile(waiting, '/dev/full', {}), /cannot be written \(ENOSPC\)/);
    });
  }
});

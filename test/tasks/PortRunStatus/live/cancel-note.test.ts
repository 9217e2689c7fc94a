import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CancelNote,
  takeCancelNote,
  writeCancelNote,
} from '../../../../tasks/PortRunStatus/live/cancel-note.ts';
import { itOnPosix, itWithLinks } from '../../../support/where.ts';

describe('The note of the live progress', () => {
  let folder: string;
  let aliveFile: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'note-'));
    aliveFile = join(folder, 'alive');
    file = `${aliveFile}.note`;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const texts: Readonly<Record<string, CancelNote>> = {
    'It was ended, so this pipeline run was canceled (cancelWithPort).': {
      ...{ reason: 'It was ended', outcome: 'canceled' },
    },
    'It was ended, so Azure DevOps was asked to cancel this pipeline run (cancelWithPort); its answer was not waited for.':
      { reason: 'It was ended', outcome: 'asked' },
    'It was ended, but this pipeline run was not canceled (cancelWithPort): there is no permission.': {
      ...{ reason: 'It was ended', outcome: 'refused', problem: 'there is no permission' },
    },
    'It cannot be watched. So cancelWithPort had no effect.': {
      ...{ reason: 'It cannot be watched.', outcome: 'blind' },
    },
  };
  for (const [text, note] of Object.entries(texts))
    it(`of the outcome ${note.outcome} is said once`, () => {
      writeCancelNote(aliveFile, note);
      assert.equal(takeCancelNote(aliveFile), text);
      assert.equal(takeCancelNote(aliveFile), undefined);
      assert.ok(!existsSync(file));
    });

  itOnPosix('is for nobody else to read', () => {
    writeCancelNote(aliveFile, { reason: 'It was ended', outcome: 'asked' });
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('that cannot be written costs nothing', () => {
    writeCancelNote(join(folder, 'not there', 'alive'), { reason: 'It was ended', outcome: 'asked' });
    assert.equal(takeCancelNote(join(folder, 'not there', 'alive')), undefined);
  });

  const long = (length: number) => JSON.stringify({ reason: 'x' }).padEnd(length);
  const foreign: Readonly<Record<string, () => void>> = {
    'is a folder': () => mkdirSync(file),
    'is no JSON': () => writeFileSync(file, 'x'),
    'is no object': () => writeFileSync(file, '["reason"]'),
    'has no reason': () => writeFileSync(file, '{"reason":5,"outcome":"asked"}'),
    'is longer than ours are': () => writeFileSync(file, long(8193)),
  };
  for (const [what, make] of Object.entries(foreign))
    it(`says nothing where it ${what}`, () => {
      make();
      assert.equal(takeCancelNote(aliveFile), undefined);
    });

  itWithLinks('says nothing where it is a link', () => {
    writeFileSync(join(folder, 'target'), '{"reason":"x","outcome":"asked"}');
    symlinkSync(join(folder, 'target'), file);
    assert.equal(takeCancelNote(aliveFile), undefined);
  });

  it('is read up to a length that ours never have', () => {
    writeFileSync(file, long(8192));
    assert.match(takeCancelNote(aliveFile) ?? '', /^x, but/);
  });
});

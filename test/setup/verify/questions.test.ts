import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAsked } from '../../../setup/verify/question.ts';
import { questions } from '../../../setup/verify/questions.ts';

const root = join(import.meta.dirname, '..', '..', '..');

describe('the questions of verify', () => {
  it('have ids of their own, which fit a command line', () => {
    const ids = questions.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z][a-z0-9-]{2,30}$/);
  });

  it('are sentences without a full stop that say what depends on them', () => {
    for (const { id, claim, matters } of questions) {
      assert.match(claim, /^[A-Z`][^]*[^.?]$/, id);
      assert.ok(matters.length > 3, id);
    }
  });

  it('are the rows of the table of the documentation, each once, and no others', async () => {
    const page = await readFile(join(root, 'docs', 'README.md'), 'utf8');
    const [, table = ''] = /<!-- questions -->([^]*)<!-- \/questions -->/.exec(page) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
    assert.deepEqual(
      rows,
      questions.map(({ id }) => id),
    );
  });

  it('are those that the page names in its examples', async () => {
    const page = await readFile(join(root, 'docs', 'verify.md'), 'utf8');
    const named = [...page.matchAll(/--only ([a-z0-9,-]+)/g)].flatMap(([, ids = '']) => ids.split(','));
    assert.ok(named.length > 0);
    for (const id of named)
      assert.ok(
        questions.filter(isAsked).some((each) => each.id === id),
        id,
      );
  });

  it('have a test each that gives every answer, where a program asks', async () => {
    const folder = import.meta.dirname;
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts'));
    const text = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
    for (const { id } of questions.filter(isAsked))
      assert.ok(text.includes(`'${id}'`) || new RegExp(`^ +${id}: `, 'm').test(text), id);
  });
});

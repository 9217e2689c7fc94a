import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The rows of the tables below "Who may try what", as cells: what is tried, what stops it, the tests. */
function rows(): readonly (readonly string[])[] {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
  const [, after = ''] = text.split('## Who may try what');
  return after
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|tries|looks for)/.test(line))
    .map((line) => line.slice(2, -2).split(' | '))
    .map((cells) => [cells[0] ?? '', cells.slice(1, -1).join(' | '), cells.at(-1) ?? '']);
}

describe('SECURITY.md', () => {
  it('has a row for each thing that is tried', () => assert.ok(rows().length >= 15));

  it('has a section for each attacker that names the file with its tests', () => {
    const files = readdirSync(join(root, 'test', 'attackers')).map((name) => name.replace('.test.ts', ''));
    assert.deepEqual(files.sort(), ['contributor', 'disk', 'fork', 'form', 'log-reader', 'port']);
    const sections = readFileSync(join(root, 'SECURITY.md'), 'utf8').split(/^### /m).slice(1, 7);
    for (const section of sections) assert.match(section, /`test\/attackers\//);
    const named = sections.flatMap((section) => [...section.matchAll(/`test\/attackers\/([\w-]+)`/g)]);
    assert.deepEqual([...new Set(named.map(([, name]) => name))].sort(), files);
  });

  for (const [tried = '', stoppedBy = '', tests = ''] of rows()) {
    it(`names tests that exist, or says that nothing stops it: ${tried}`, () => {
      const names = [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, name = '']) => name);
      if (names.length === 0) return assert.match(stoppedBy, /\*\*not stopped/);
      const missing = names.filter(
        (name) => !existsSync(join(root, `${name}.test.ts`)) && !existsSync(join(root, name)),
      );
      assert.deepEqual(missing, []);
    });
  }
});

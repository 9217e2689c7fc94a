import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/manifests.ts';

describe('docs/errors.md', () => {
  it('has one heading for each code of the tasks', () => {
    const source = readFileSync(join(root, 'tasks', 'common', 'errors.ts'), 'utf8');
    const declared = [...source.matchAll(/^ {2}\| '(PORT_\w+)'/gm)].map(([, code]) => code);
    const document = readFileSync(join(root, 'docs', 'errors.md'), 'utf8');
    const headings = [...document.matchAll(/^## (PORT_\w+)$/gm)].map(([, code]) => code);
    assert.ok(declared.length > 5);
    assert.deepEqual(headings, declared);
  });
});

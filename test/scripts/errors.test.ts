import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockOf } from '../../scripts/docs/blocks.ts';
import { root } from '../../scripts/manifests.ts';
import { sourceTree } from '../support/source-tree.ts';

const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const document = read('docs', 'errors.md');

/** What Azure DevOps says, and none of our sources. */
const ofAzureDevOps = ['could not find service connection'];

describe('docs/errors.md', () => {
  it('has one heading for each code of the tasks', () => {
    const declared = [...read('tasks', 'common', 'errors.ts').matchAll(/^ {2}\| '(PORT_\w+)'/gm)].map(
      ([, code]) => code,
    );
    const headings = [...document.matchAll(/^## (PORT_\w+)$/gm)].map(([, code]) => code);
    assert.ok(declared.length > 5);
    assert.deepEqual(headings, declared);
  });

  it('quotes by symptom what the tasks and the command line say', () => {
    const sources = [...sourceTree.keys()]
      .filter((file) => /^(tasks|setup)\//.test(file))
      .map((file) => read(file))
      .join('\n');
    const words = blockOf(document, 'symptoms').replace(/`[^`]*`/g, '');
    const quoted = [...words.matchAll(/"([^"…]+?)\s*…?"/g)].map(([, text = '']) => text);
    assert.ok(quoted.length >= 6, quoted.join());
    const isUnknown = (text: string) => !ofAzureDevOps.includes(text) && !sources.includes(text);
    assert.deepEqual(quoted.filter(isUnknown), []);
  });
});

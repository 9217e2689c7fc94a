import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/manifests.ts';

/** Files that people read and copy from. */
const files = execFileSync(
  'git',
  ['ls-files', '--', '*.md', 'examples', 'tasks/*/task.json', 'setup', 'scripts'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => /\.(md|sh|ya?ml|ts|json)$/.test(file));

/** Commands that ask a public registry for the name, which is not ours there: whoever takes it would be given the secrets. */
const asksRegistry =
  /\b(?:npx|npm exec|pnpm dlx|yarn dlx|bunx)\s+(?:(?:-y|--yes|--)\s+)*port-azure-pipelines\b|\b(?:npm|pnpm|yarn)\s+(?:i|install|add|global add)\s+(?:-\S+\s+)*port-azure-pipelines\b/;

describe('the name of the command line', () => {
  it('is run from a clone or from a file, by whatever a page, an example or a message says', () => {
    assert.ok(files.length > 100);
    const found = files.filter((file) => asksRegistry.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(found, []);
  });

  for (const [command, isRefused] of [
    ['npx port-azure-pipelines setup plan', true],
    ['npx -y port-azure-pipelines doctor', true],
    ['npm install -g port-azure-pipelines', true],
    ['npx --no-install port-azure-pipelines doctor', false],
    ['npx ./port-azure-pipelines-1.0.0.tgz doctor', false],
  ] as const)
    it(`${isRefused ? 'is not run' : 'may be run'} by ${command}`, () => {
      assert.equal(asksRegistry.test(command), isRefused);
    });
});

import assert from 'node:assert/strict';
import { analyse } from '../../setup/migrate/analysis.ts';
import { documentAt } from './documents.ts';

const { text } = documentAt('docs/migrate-from-curl.md');
const guides = text
  .split(/^## /m)
  .filter((section) => section.includes('```yaml before'))
  .map((section) => ({
    title: section.split('\n', 1)[0] ?? '',
    before: /^```yaml before\n([\s\S]*?)^```/m.exec(section)?.[1] ?? '',
    after: /^```yaml\n([\s\S]*?)^```/m.exec(section)?.[1] ?? '',
    found: [...(/^`migrate-check` finds: (.*?)\./m.exec(section)?.[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(
      ([, name = '']) => name,
    ),
  }));

describe('the page for those who come from curl', () => {
  it('has the four guides that report to Port', () => {
    assert.equal(guides.length, 4);
  });

  for (const { title, before, after, found } of guides) {
    it(`names the mistakes that migrate-check finds: ${title}`, async () => {
      const { mistakes } = await analyse(before, 'before.yml');
      assert.deepEqual(found, [...new Set(mistakes.map(({ rule }) => rule))].sort());
    });

    it(`shows the steps that migrate-check prints: ${title}`, async () => {
      const { replacement } = await analyse(before, 'before.yml');
      assert.equal(after, replacement);
    });
  }
});

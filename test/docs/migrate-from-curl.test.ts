import assert from 'node:assert/strict';
import { callsOf } from '../../setup/migrate/port-calls.ts';
import { mistakesIn } from '../../setup/migrate/rules.ts';
import { readScripts } from '../../setup/migrate/scripts.ts';
import { documentAt } from './documents.ts';

const { text } = documentAt('docs/migrate-from-curl.md');
const guides = text
  .split(/^## /m)
  .filter((section) => section.includes('```yaml before'))
  .map((section) => ({
    title: section.split('\n', 1)[0] ?? '',
    before: /^```yaml before\n([\s\S]*?)^```/m.exec(section)?.[1] ?? '',
    found: [...(/^`migrate-check` finds: (.*?)\./m.exec(section)?.[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(
      ([, name = '']) => name,
    ),
  }));

describe('the page for those who come from curl', () => {
  it('has the four guides that report to Port', () => {
    assert.equal(guides.length, 4);
  });

  for (const { title, before, found } of guides) {
    it(`names the mistakes that migrate-check finds: ${title}`, () => {
      const scripts = readScripts(before, 'before.yml');
      const mistakes = mistakesIn({ scripts, calls: scripts.flatMap(callsOf) }).map(({ rule }) => rule);
      assert.deepEqual(found, [...new Set(mistakes)].sort());
    });
  }
});

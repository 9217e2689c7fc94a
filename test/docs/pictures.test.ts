import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { root } from '../../scripts/manifests.ts';
import { loopDiagram } from '../../scripts/pictures/loop.ts';
import { fileOf, fingerprint, picturePages } from '../../scripts/pictures.ts';

const images = join(root, 'images');
const stale = 'Run: npm run package && node scripts/pictures.ts';

describe('the pictures', () => {
  for (const theme of ['light', 'dark'] as const) {
    it(`show the loop as its text says it, ${theme}`, () => {
      assert.equal(readFileSync(fileOf(theme, 'loop.svg'), 'utf8'), loopDiagram(theme), stale);
    });
  }

  it('show the forms, the summary and the runs as the manifests and a run of the loop have them now', async () => {
    const kept = JSON.parse(readFileSync(join(root, 'scripts', 'pictures.json'), 'utf8')) as unknown;
    const pages = await picturePages();
    assert.deepEqual(kept, Object.fromEntries(pages.map((page) => [page.name, fingerprint(page)])), stale);
  });

  it('have names without spaces, and less than 250 KB together on the Marketplace', () => {
    const names = readdirSync(images).filter((name) => name !== 'dark');
    for (const name of [...names, ...readdirSync(join(images, 'dark'))])
      assert.match(name, /^[a-z-]+\.(png|svg)$/);
    const bytes = names.reduce((sum, name) => sum + statSync(join(images, name)).size, 0);
    assert.ok(bytes < 250_000, `${bytes} bytes`);
  });

  it('leave the package below 1.2 MiB', () => {
    assert.ok(statSync(packagedExtension()).size <= 1.2 * 1024 * 1024);
  });
});

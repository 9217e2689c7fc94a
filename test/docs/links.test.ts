import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/manifests.ts';
import { taskNames } from '../support/every-task.ts';
import { documentAt, documents, targetOf } from './documents.ts';

describe('links of the documentation', () => {
  for (const document of documents) {
    if (document.links.length === 0) continue;
    it(`lead somewhere: ${document.path}`, () => {
      for (const link of document.links) {
        const target = targetOf(document, link);
        if (target === undefined) continue;
        assert.ok(existsSync(join(root, target.file)), link);
        if (target.anchor !== '' && target.file.endsWith('.md'))
          assert.ok(documentAt(target.file).anchors.has(target.anchor), link);
      }
    });
  }

  it('and files that are named, are there: sources, and tests without their ending', () => {
    const named = /`((?:tasks|setup|local|scripts|bench|test)\/[\w./-]+)`/g;
    for (const { path, text } of documents.filter(({ path }) => /^(docs\/)?[^/]+$/.test(path))) {
      for (const [, file = ''] of text.matchAll(named)) {
        // An installation makes it.
        if (file.includes('node_modules')) continue;
        const isThere = [file, `${file}.test.ts`].some((each) => existsSync(join(root, each)));
        assert.ok(isThere, `${path}: ${file}`);
      }
    }
  });

  it('lead to no tree that the documentation of Port has left (seen on 25 November 2026)', () => {
    const left =
      /docs\.(?:port\.io|getport\.io)\/(?:build-your-software-catalog|actions-and-automations|create-self-service-experiences|search-and-query|scorecards|promote-scorecards)\b/;
    const manifests = ['vss-extension.json', ...taskNames.map((name) => `tasks/${name}/task.json`)];
    const texts = [
      ...documents.map(({ path, text }) => ({ path, text })),
      ...manifests.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
    ];
    for (const { path, text } of texts) assert.doesNotMatch(text, left, path);
  });

  it('reach every page of docs from its index', () => {
    const index = documentAt('docs/README.md');
    const linked = index.links.map((link) => targetOf(index, link)?.file);
    for (const { path } of documents) {
      if (path.startsWith('docs/') && path !== index.path) assert.ok(linked.includes(path), path);
    }
  });

  it('on the Marketplace page are pictures of the package, headings of the page, or the web', () => {
    for (const link of documentAt('overview.md').links) {
      assert.match(link, /^(https:\/\/|#|images\/[A-Za-z0-9-]+\.png$)/);
    }
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { packagedExtension } from '../../local/packaged-extension.ts';
import {
  type ExtensionManifest,
  developmentIdentity,
  withPage,
  withRepository,
} from '../../scripts/identity.ts';
import { readManifests, root } from '../../scripts/manifests.ts';

const { tasks } = readManifests();
const extension = JSON.parse(readFileSync(join(root, 'vss-extension.json'), 'utf8')) as ExtensionManifest;

describe('the packaged extension', () => {
  const files = unzipSync(readFileSync(packagedExtension()));
  const names = Object.keys(files);

  it('has for each task what the agent starts, an icon, the manifest and the third-party notices', () => {
    for (const [folder, task] of Object.entries(tasks)) {
      const targets = [task.execution, task.postjobexecution ?? {}].flatMap((handlers) =>
        Object.values(handlers).map(({ target }) => target),
      );
      for (const file of [...targets, 'task.json', 'icon.png', 'THIRD-PARTY-NOTICES.txt']) {
        assert.ok(names.includes(`${folder}/${file}`), `${folder}/${file}`);
      }
    }
  });

  it('has the notices of every package that is in a bundle', () => {
    const notices = strFromU8(files['PortUpsertEntity/THIRD-PARTY-NOTICES.txt'] ?? new Uint8Array());
    for (const name of ['azure-pipelines-task-lib', 'undici', 'yaml'])
      assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
  });

  it('has no source, no test and no module folder', () => {
    assert.deepEqual(
      names.filter((name) => /\.ts$|node_modules|(^|\/)test\//.test(name)),
      [],
    );
  });

  it('has, beside the tasks, the page, the pictures that it shows, the icon and the licence, and nothing else', () => {
    const page = strFromU8(files['overview.md'] ?? new Uint8Array());
    assert.doesNotMatch(page, /<!--/);
    const shown = [...page.matchAll(/images\/[\w-]+\.\w+/g)].map(([path]) => path);
    const ofFormat = ['[Content_Types].xml', 'extension.vsixmanifest', 'extension.vsomanifest'];
    const expected = ['LICENSE', 'overview.md', 'images/icon.png', ...shown, ...ofFormat];
    const others = names.filter(
      (name) => !name.endsWith('/') && !(name.split('/')[0] ?? '').startsWith('Port'),
    );
    assert.deepEqual(others.sort(), [...new Set(expected)].sort());
  });
});

describe('the development identity', () => {
  const development = developmentIdentity.extension(extension);

  it('has another extension id and another endpoint type', () => {
    assert.notEqual(development.id, extension.id);
    const types = (manifest: ExtensionManifest) =>
      manifest.contributions
        .filter(({ type }) => type.includes('endpoint'))
        .map(({ properties }) => properties.name);
    assert.deepEqual([types(extension), types(development)], [['port-api'], ['port-api-dev']]);
  });

  it('has tasks with other GUIDs and names, which take the other endpoint type', () => {
    for (const task of Object.values(tasks)) {
      const other = developmentIdentity.task(task);
      assert.notEqual(other.id, task.id);
      assert.match(other.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(other.name, `${task.name}Dev`);
      assert.equal(other.inputs[0]?.type, 'connectedService:port-api-dev');
    }
  });

  it('is the same every time', () => {
    for (const task of Object.values(tasks))
      assert.deepEqual(developmentIdentity.task(task), developmentIdentity.task(task));
  });
});

describe('a package of a repository', () => {
  for (const [repository, guide] of [
    ['https://github.com/o/n', 'https://github.com/o/n/blob/HEAD/docs/getting-started.md'],
    ['https://github.com/o/n.git', 'https://github.com/o/n/blob/HEAD/docs/getting-started.md'],
    ['https://gitlab.com/o/n/', 'https://gitlab.com/o/n/-/blob/HEAD/docs/getting-started.md'],
    [
      'https://dev.azure.com/o/p%20q/_git/n',
      'https://dev.azure.com/o/p%20q/_git/n?path=/docs/getting-started.md',
    ],
    ['https://git.example.com/o/n', 'https://git.example.com/o/n'],
  ] as const) {
    it(`has links to its documentation: ${repository}`, () => {
      const { links, repository: told } = withRepository(extension, repository);
      assert.equal(links?.getstarted?.uri, guide);
      assert.deepEqual(Object.keys(links), ['home', 'getstarted', 'learn', 'support', 'license']);
      for (const { uri } of Object.values(links)) assert.ok(uri.startsWith(told?.uri ?? '-'), uri);
    });
  }

  for (const repository of ['', 'o/n', 'http://github.com/o/n', 'https://me:pat@dev.azure.com/o/p/_git/n'])
    it(`is refused where this is no address for everybody: "${repository}"`, () => {
      assert.throws(() => withRepository(extension, repository), /--repository ".*" is not the address/);
    });
});

describe('a package of a publisher', () => {
  it('has the address of the Marketplace page in the help of each task', () => {
    for (const task of Object.values(tasks))
      assert.match(
        withPage(task, { ...extension, publisher: 'fabrikam' }).helpMarkDown,
        /^\[The extension's Marketplace page\]\(https:\/\/marketplace\.visualstudio\.com\/items\?itemName=fabrikam\.port-azure-pipelines\) explains/,
      );
  });
});

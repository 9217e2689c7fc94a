import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { type ExtensionManifest, developmentIdentity } from '../../scripts/identity.ts';
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

  it('has the page, its pictures and the licence', () => {
    for (const file of ['overview.md', 'LICENSE', 'images/icon.png']) assert.ok(names.includes(file), file);
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

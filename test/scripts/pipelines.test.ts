import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { readManifests, root } from '../../scripts/manifests.ts';
import { itWithBash } from '../support/where.ts';

type Json = Readonly<Record<string, unknown>>;

/** Every mapping in it, at any depth. */
function mappingsIn(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(mappingsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(mappingsIn)];
}

const read = (file: string): Json => parse(readFileSync(join(root, file), 'utf8')) as Json;
const files = [
  'azure-pipelines.yml',
  'examples/publish-extension/publish-extension.yml',
  'examples/publish-extension/steps.yml',
];

/** The inputs that each task has (learn.microsoft.com; the README of Azure DevOps Extension Tasks). */
const tasks: Readonly<Record<string, readonly string[]>> = {
  'UseNode@1': ['version'],
  'PublishAzureDevOpsExtension@5': [
    'connectTo',
    'connectedServiceNameAzureRM',
    'fileType',
    'vsixFile',
    'updateTasksVersion',
  ],
};

/** A step's script, as its pipeline has it. */
const scriptOf = (file: string, name: string): string =>
  String(mappingsIn(read(file)).find(({ displayName }) => displayName === name)?.bash);

const bash = (script: string, env: Readonly<Record<string, string>> = {}) =>
  spawnSync('bash', ['-c', script], { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });

describe('the pipelines that test and publish the extension', () => {
  for (const file of files)
    it(`use tasks, inputs and templates that there are: ${file}`, () => {
      const all = mappingsIn(read(file));
      for (const { task, inputs } of all.filter((each) => typeof each.task === 'string')) {
        const known = tasks[String(task)];
        assert.ok(known, String(task));
        assert.deepEqual(
          Object.keys(inputs as Json).filter((name) => !known.includes(name)),
          [],
        );
      }
      for (const { template } of all.filter((each) => typeof each.template === 'string'))
        assert.ok(existsSync(join(root, dirname(file), String(template))), String(template));
    });

  it('run the two commands of README on Linux and Windows', () => {
    const commands =
      readFileSync(join(root, 'README.md'), 'utf8').match(/^npm ci && npm (?:run demo|test)$/gm) ?? [];
    assert.deepEqual(commands, ['npm ci && npm run demo', 'npm ci && npm test']);
    const scripts = mappingsIn(read('azure-pipelines.yml')).map((step) => step.bash);
    for (const command of commands) assert.ok(scripts.includes(command), command);
    const images = mappingsIn(read('azure-pipelines.yml')).flatMap(({ image }) => image ?? []);
    assert.deepEqual(images, ['ubuntu-latest', 'windows-latest']);
  });

  itWithBash('publish the version that was packaged', () => {
    const { stdout, status } = bash(scriptOf('examples/publish-extension/steps.yml', 'Read the version'));
    assert.equal(status, 0);
    const { id, version } = readManifests().extension;
    assert.equal(stdout, `##vso[task.setvariable variable=extensionVersion]${version}\n`);
    assert.ok(existsSync(join(root, 'dist', `${id}-${version}.vsix`)));
    assert.ok(existsSync(join(root, 'dist', `${id}-${version}.tgz`)));
  });

  itWithBash('release nothing under a tag that is not the version', () => {
    const script = scriptOf('azure-pipelines.yml', 'The tag is the version');
    const { version } = readManifests().extension;
    assert.equal(bash(script, { BUILD_SOURCEBRANCHNAME: `v${version}` }).status, 0);
    const { status, stdout } = bash(script, { BUILD_SOURCEBRANCHNAME: 'v99.0.0' });
    assert.equal(status, 1);
    assert.match(stdout, /type=error\]The tag is not v/);
  });

  it('keep the versions of the tasks', () => {
    const [step] = mappingsIn(read('examples/publish-extension/steps.yml')).filter(({ task }) =>
      String(task).startsWith('PublishAzureDevOpsExtension'),
    );
    assert.equal((step?.inputs as Json).updateTasksVersion, false);
  });
});

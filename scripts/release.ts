import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readManifests, root } from './manifests.ts';
import { type ReleaseState, type ReleasedTask, releaseProblems } from './release-rules.ts';
import { builtDigest } from './task-folder.ts';

/**
 * Says whether this working tree can be released. `--dry-run`: packages it, and prints the commands that publish it; it never
 * publishes by itself. `--record`: writes down what is released, for the check of the next release. `--publisher ID` is the
 * Marketplace publisher, `--repository URL` where the sources are: both go to package.ts.
 */

/** The tasks of the last release by folder, as `--record` has written them. */
const recordFile = join(root, 'scripts', 'released.json');

/** What the working tree, its history and the record of the last release say. */
export async function readReleaseState(): Promise<ReleaseState> {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const { extension, packageVersion, tasks } = readManifests();
  const released = JSON.parse(readFileSync(recordFile, 'utf8')) as Readonly<Record<string, ReleasedTask>>;
  return {
    version: extension.version,
    packageVersion,
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    changedFiles: git('status', '--porcelain').split('\n').filter(Boolean),
    tags: git('tag', '--list').split('\n').filter(Boolean),
    tasks: await Promise.all(
      Object.entries(tasks).map(async ([folder, { version }]) => ({
        folder,
        version: textOf(version),
        digest: await builtDigest(folder),
        released: released[folder],
      })),
    ),
  };
}

function record({ tasks }: ReleaseState): void {
  const released = tasks.map(({ folder, version, digest }) => [folder, { version, digest }] as const);
  writeFileSync(recordFile, `${JSON.stringify(Object.fromEntries(released), null, 2)}\n`);
}

function textOf({ Major, Minor, Patch }: Readonly<Record<'Major' | 'Minor' | 'Patch', number>>): string {
  return `${Major}.${Minor}.${Patch}`;
}

function packageExtension(options: readonly string[]): string {
  const run = (script: string, ...args: string[]): void => {
    execFileSync(process.execPath, [join(root, 'scripts', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  run('build.ts');
  run('package.ts', ...options);
  const { id, version } = readManifests().extension;
  return join('dist', `${id}-${version}.vsix`);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      'dry-run': { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      publisher: { type: 'string', default: 'YOUR-PUBLISHER' },
      repository: { type: 'string' },
    },
  });
  if (values['dry-run'] === values.record) {
    console.error(
      'Use --dry-run or --record: publishing is for a person, with the commands that --dry-run prints.',
    );
    process.exit(2);
  }
  const state = await readReleaseState();
  const problems = releaseProblems(state);
  for (const problem of problems) console.error(`- ${problem}`);
  if (problems.length > 0) process.exit(1);
  if (values.record) record(state);
  else {
    const { publisher, repository } = values;
    const ofRepository = repository === undefined ? [] : ['--repository', repository];
    tellCommands(state.version, packageExtension(['--publisher', publisher, ...ofRepository]));
  }
}

function tellCommands(version: string, file: string): void {
  const commandLine = file.replace(/\.vsix$/, '.tgz');
  console.log(`${file}, ${Math.ceil(statSync(join(root, file)).size / 1024)} KiB. To release it:

  node scripts/release.ts --record && git commit --all --message "Release ${version}"
  git tag v${version} && git push && git push --tags

The tag starts azure-pipelines.yml where the repository is in Azure Repos or connected to it: it publishes by workload identity. By hand, with a
token of one organization, scope Marketplace (publish), which tfx asks for; those for all organizations stop on 2026-12-01:

  npx tfx extension publish --vsix ${file}

or with one of Entra ID, of a service principal that is a member of the publisher:

  az account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken -o tsv |
    npx tfx extension publish --auth-type pat --vsix ${file}

Attach ${commandLine}, the command line, to the release. docs/publishing.md says more.`);
}

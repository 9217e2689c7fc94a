import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readManifests, root } from './manifests.ts';
import { type ReleaseState, releaseProblems } from './release-rules.ts';

/**
 * Says whether this working tree can be released, packages it, and prints the commands that publish it. It never
 * publishes by itself: `--dry-run` names that. `--publisher ID` is the Marketplace publisher.
 */

/** What the working tree and its history say. */
export function readReleaseState(): ReleaseState {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const last = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', 'v*'], { cwd: root });
  const tag = last.status === 0 ? last.stdout.toString().trim() : undefined;
  const { extension, packageVersion, tasks } = readManifests();
  return {
    version: extension.version,
    packageVersion,
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    changedFiles: git('status', '--porcelain').split('\n').filter(Boolean),
    tags: git('tag', '--list').split('\n').filter(Boolean),
    tasks: Object.entries(tasks).map(([folder, { version }]) => ({
      folder,
      version: textOf(version),
      released: tag === undefined ? undefined : releasedTask(git, tag, folder),
    })),
  };
}

type Git = (...args: string[]) => string;

/** A task as the last release had it; undefined for a new one. Shared code counts as a change of every task. */
function releasedTask(git: Git, tag: string, folder: string): ReleaseState['tasks'][number]['released'] {
  try {
    const { version } = JSON.parse(git('show', `${tag}:tasks/${folder}/task.json`)) as {
      version: Record<'Major' | 'Minor' | 'Patch', number>;
    };
    const changed = git('diff', '--name-only', tag, '--', `tasks/${folder}`, 'tasks/common');
    return { version: textOf(version), hasChanged: changed !== '' };
  } catch {
    return undefined;
  }
}

function textOf({ Major, Minor, Patch }: Readonly<Record<'Major' | 'Minor' | 'Patch', number>>): string {
  return `${Major}.${Minor}.${Patch}`;
}

function packageExtension(publisher: string): string {
  const run = (script: string, ...args: string[]): void => {
    execFileSync(process.execPath, [join(root, 'scripts', script), ...args], { cwd: root, stdio: 'ignore' });
  };
  run('build.ts');
  run('package.ts', '--publisher', publisher);
  const { id, version } = readManifests().extension;
  return join('dist', `${id}-${version}.vsix`);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { 'dry-run': { type: 'boolean' }, publisher: { type: 'string', default: 'YOUR-PUBLISHER' } },
  });
  if (values['dry-run'] !== true) {
    console.error('Only --dry-run is there: publishing is for a person, with the commands that it prints.');
    process.exit(2);
  }
  const state = readReleaseState();
  const problems = releaseProblems(state);
  for (const problem of problems) console.error(`- ${problem}`);
  if (problems.length > 0) process.exit(1);
  const file = packageExtension(values.publisher);
  console.log(`${file}, ${Math.ceil(statSync(join(root, file)).size / 1024)} KiB. To release it:

  git tag v${state.version} && git push --tags
  npx tfx extension publish --vsix ${file}`);
}

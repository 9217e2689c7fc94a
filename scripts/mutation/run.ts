import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../manifests.ts';

interface Mutant {
  readonly mutatorName: string;
  readonly status: string;
}
/** The JSON report of StrykerJS, as far as the table needs it. */
interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

const home = join('scripts', 'mutation');
const stryker = join(home, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const { mutate } = JSON.parse(readFileSync(join(root, home, 'stryker.config.json'), 'utf8')) as {
  mutate: readonly string[];
};
const folders =
  process.argv.length > 2 ? process.argv.slice(2) : mutate.filter((path) => !path.startsWith('!'));

const hooks = pathToFileURL(join(root, home, 'mocha-files.js')).href;
start('npm', ['ci', '--prefix', home, '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
start(
  process.execPath,
  [stryker, 'run', join(home, 'stryker.config.json'), '--mutate', [...folders, '!**/*.d.ts'].join()],
  { env: { ...process.env, NODE_OPTIONS: `--import=${hooks}` } },
);

const { files } = JSON.parse(
  readFileSync(join(root, 'build', 'mutation', 'mutation.json'), 'utf8'),
) as MutationReport;
console.log(
  '\nMutants: killed, timeout, survived, without coverage, ignored; score, and score without those of texts',
);
for (const folder of folders.map((path) => path.replace(/\/\*\*.*$/, ''))) {
  const mutants = Object.entries(files)
    .filter(([file]) => file.startsWith(folder))
    .flatMap(([, file]) => file.mutants);
  const counts = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored'].map((status) =>
    countOf(mutants, [status]),
  );
  const withoutTexts = mutants.filter(({ mutatorName }) => mutatorName !== 'StringLiteral');
  console.log(`${folder}: ${counts.join(', ')}; ${scoreOf(mutants)}, ${scoreOf(withoutTexts)}`);
}

function countOf(mutants: readonly Mutant[], statuses: readonly string[]): number {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}

function scoreOf(mutants: readonly Mutant[]): string {
  const dead = countOf(mutants, ['Killed', 'Timeout']);
  const all = dead + countOf(mutants, ['Survived', 'NoCoverage']);
  return `${((100 * dead) / all).toFixed(1)} %`;
}

function start(program: string, args: readonly string[], options: SpawnSyncOptions): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

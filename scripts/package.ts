import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packCommandLine } from './command-line/npm-package.ts';
import { type ExtensionManifest, type TaskManifest, developmentIdentity } from './identity.ts';

/**
 * Packages the built tasks as dist/<id>-<version>.vsix and the command line as an npm package beside it, offline. `--publisher ID`: for a private publisher. `--dev`: a second
 * identity that can live beside the real one in the same organization.
 */

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { publisher: { type: 'string' }, dev: { type: 'boolean', default: false } },
});

const staging = join(root, 'build', values.dev ? 'extension-dev' : 'extension');
await rm(staging, { recursive: true, force: true });
await mkdir(staging, { recursive: true });
await cp(join(root, 'build', 'tasks'), staging, { recursive: true });
for (const item of ['images', 'overview.md', 'LICENSE'])
  await cp(join(root, item), join(staging, item), { recursive: true });

const manifest = JSON.parse(await readFile(join(root, 'vss-extension.json'), 'utf8')) as ExtensionManifest;
const named = { ...manifest, publisher: publisherOf(values.publisher) };
const final = values.dev ? developmentIdentity.extension(named) : named;
await writeFile(join(staging, 'vss-extension.json'), JSON.stringify(final, null, 2));
if (values.dev) await renameTasks();

const file = join(root, 'dist', `${final.id}-${final.version}.vsix`);
await mkdir(join(root, 'dist'), { recursive: true });
await createPackage(file);
console.log(file);
console.log(await packCommandLine(root));

function publisherOf(given: string | undefined): string {
  if (given === undefined) return manifest.publisher;
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/.test(given)) {
    console.error(
      `--publisher "${given}" is not a publisher id: letters, digits and hyphens, as on your Marketplace publisher page.`,
    );
    process.exit(1);
  }
  return given;
}

async function renameTasks(): Promise<void> {
  for (const entry of await readdir(staging, { withFileTypes: true })) {
    const path = join(staging, entry.name, 'task.json');
    if (!entry.isDirectory() || entry.name === 'images') continue;
    const task = JSON.parse(await readFile(path, 'utf8')) as TaskManifest;
    await writeFile(path, JSON.stringify(developmentIdentity.task(task), null, 2));
  }
}

/** tfx reports faults of a task.json as warnings and exits with 0; here they fail. */
async function createPackage(target: string): Promise<void> {
  const tfx = join(root, 'node_modules', 'tfx-cli', '_build', 'tfx-cli.js');
  const options = [
    'extension',
    'create',
    '--root',
    staging,
    '--manifests',
    'vss-extension.json',
    '--output-path',
    target,
    '--no-prompt',
    '--no-color',
  ];
  const { code, output } = await runNode([tfx, ...options]);
  const faults = output.split('\n').filter((line) => /^(warning|error):/i.test(line.trim()));
  if (code === 0 && faults.length === 0) return;
  console.error(faults.length > 0 ? faults.join('\n') : output);
  console.error('The package was refused: mend what tfx says above.');
  await rm(target, { force: true });
  process.exit(1);
}

function runNode(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: staging, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => resolve({ code, output }));
  });
}

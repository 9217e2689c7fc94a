import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { noticesOf } from './notices.ts';

/** Builds every task folder into build/tasks/<Name> (self-contained), and the command line into dist/cli. */

const root = join(import.meta.dirname, '..');
const out = join(root, 'build', 'tasks');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };

/** A task has a main step and may have a post-job step and a background process; each is one file. */
const entries = ['index', 'finish', 'background'];

/**
 * Parts of undici that the tasks cannot reach: HTTP/2 (allowH2 is off), the second llhttp binary (for processors without
 * SIMD, on which no agent runs) and fetch bodies (the tasks send text). They would be two thirds of a bundle.
 */
const unreachable = /undici\/lib\/(dispatcher\/client-h2|llhttp\/llhttp-wasm|web\/fetch\/body)\.js$/;

const leaveOutUnreachable: Plugin = {
  name: 'leave-out-unreachable',
  setup: (bundle) => {
    bundle.onLoad({ filter: unreachable }, ({ path }) => ({
      contents: `module.exports = new Proxy(function () {}, { get() { throw new Error(${JSON.stringify(`${path.replace(/.*undici/, 'undici')} is not part of this build`)}) }, apply() { throw new Error('not part of this build') } })`,
    }));
  },
};

await rm(join(root, 'build'), { recursive: true, force: true });
const names = (await readdir(join(root, 'tasks'))).filter((name) =>
  existsSync(join(root, 'tasks', name, 'task.json')),
);
await Promise.all(names.map(buildTask));
if (existsSync(join(root, 'setup', 'main.ts'))) await buildCommandLine();

async function buildTask(name: string): Promise<void> {
  const source = join(root, 'tasks', name);
  const target = join(out, name);
  await mkdir(target, { recursive: true });
  const present = entries.filter((entry) => existsSync(join(source, `${entry}.ts`)));
  const { metafile } = await build({
    // One bundle for all entries of the task; each is evaluated only when its own file below asks for it.
    stdin: {
      contents: present.map((entry) => `exports.${entry} = () => require('./${entry}.ts');`).join('\n'),
      resolveDir: source,
    },
    outfile: join(target, 'bundle.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    minify: true,
    metafile: true,
    logLevel: 'warning',
    define: { EXTENSION_VERSION: JSON.stringify(version) },
    plugins: [leaveOutUnreachable],
    tsconfig: join(root, 'tsconfig.json'),
  });
  for (const entry of present)
    await writeFile(join(target, `${entry}.js`), `require('./bundle.js').${entry}();\n`);
  await cp(join(source, 'task.json'), join(target, 'task.json'));
  for (const icon of ['icon.png', 'icon.svg']) {
    if (existsSync(join(source, icon))) await cp(join(source, icon), join(target, icon));
  }
  await writeFile(join(target, 'package.json'), '{"type":"commonjs"}\n');
  await writeFile(
    join(target, 'THIRD-PARTY-NOTICES.txt'),
    await noticesOf(root, Object.keys(metafile.inputs)),
  );
}

async function buildCommandLine(): Promise<void> {
  await build({
    entryPoints: { 'port-azure-pipelines': join(root, 'setup', 'main.ts') },
    outdir: join(root, 'dist', 'cli'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    banner: { js: '#!/usr/bin/env node' },
    define: { EXTENSION_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
}

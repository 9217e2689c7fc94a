import { appendFile, chmod, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { grammarFiles } from '../../setup/migrate/scripts/grammars.ts';
import { lateBuiltins } from '../bundle/late-builtins.ts';
import { leaveOut, parserFile } from '../bundle/left-out.ts';
import { noticesOf } from '../notices.ts';
import { defer } from './defer.ts';

/** The command line's file in a folder. */
export const bundleName = 'port-azure-pipelines.cjs';

const grammars = 'node_modules/@vscode/tree-sitter-wasm/wasm';

/** What lies beside the bundle: source in the repository, and its name there. */
const assets: readonly (readonly [from: string, to: string])[] = [
  ['setup/port-azure.schema.json', 'port-azure.schema.json'],
  ['LICENSE', 'LICENSE'],
  ...grammarFiles.map(([from, to]) => [`${grammars}/${from}`, `grammars/${to}`] as const),
];

/** Bundles the command line into one file that needs no package, with its notices and what it reads beside it. */
export async function bundleCommandLine(root: string, version: string): Promise<void> {
  const folder = join(root, 'dist', 'cli');
  const outfile = join(folder, bundleName);
  await rm(folder, { recursive: true, force: true });
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  } as const;
  const { plugin, inputs, comments } = defer(root, common);
  const { metafile } = await build({
    ...common,
    entryPoints: [join(root, 'setup', 'main.ts')],
    outfile,
    banner: { js: '#!/usr/bin/env node' },
    define: { EXTENSION_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname' },
    plugins: [plugin, leaveOut(), lateBuiltins()],
  });
  await appendFile(outfile, comments());
  await writeFile(join(folder, parserFile.name), parserFile.content());
  const notices = await noticesOf(
    root,
    [...Object.keys(metafile.inputs), ...inputs, ...assets.map(([from]) => from)],
    'This command line',
  );
  await writeFile(join(folder, 'ThirdPartyNotices.txt'), notices);
  for (const [from, to] of assets) await cp(join(root, from), join(folder, to), { recursive: true });
  // npm makes it executable only when it links it for the first time.
  await chmod(outfile, 0o755);
}

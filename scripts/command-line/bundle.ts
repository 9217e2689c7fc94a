import { chmod, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { type Plugin, build } from 'esbuild';
import validate, { ajv } from '../../setup/config-validator.ts';
import { grammarFiles } from '../../setup/migrate/scripts/grammars.ts';
import { lateBuiltins } from '../bundle/late-builtins.ts';
import { leaveOut, parserFile } from '../bundle/left-out.ts';
import { noticesOf } from '../notices.ts';

/** The command line's file in a folder. */
export const bundleName = 'port-azure-pipelines.mjs';

/** What a command does is in files of this folder, which are loaded when it is run. */
const parts = 'parts';

const grammars = 'node_modules/@vscode/tree-sitter-wasm/wasm';

/** What lies beside the bundle: source in the repository, and its name there. */
const assets: readonly (readonly [from: string, to: string])[] = [
  ['setup/port-azure.schema.json', 'port-azure.schema.json'],
  ['LICENSE', 'LICENSE'],
  ...grammarFiles.map(([from, to]) => [`${grammars}/${from}`, `${parts}/grammars/${to}`] as const),
];

/** Of Azure DevOps' typed clients, all of which the package loads, those that the commands use; the others are a megabyte. */
const usedClients = /(?:Web|Core|Locations|ServiceEndpoint)Api\.js$/;

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup: (bundle) =>
    bundle.onLoad({ filter: /azure-devops-node-api[\\/]\w+Api\.js$/ }, ({ path }) =>
      usedClients.test(path) ? undefined : { contents: '' },
    ),
};

/** Compiling the schema of port-azure.yml takes ajv 60 ms, which no command has to wait for. */
const withCompiledSchema: Plugin = {
  name: 'with-compiled-schema',
  setup: (bundle) =>
    bundle.onLoad({ filter: /setup[\\/]config-validator\.ts$/ }, () => ({
      contents: standaloneCode(ajv, validate),
      resolveDir: import.meta.dirname,
    })),
};

/** Bundles the command line so that it needs no package, with its notices and what it reads beside it. */
export async function bundleCommandLine(root: string, version: string): Promise<void> {
  const folder = join(root, 'dist', 'cli');
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: join(root, 'setup', 'main.ts'), out: bundleName.replace('.mjs', '') }],
    outdir: folder,
    chunkNames: `${parts}/[name]-[hash]`,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // For packages that are CommonJS.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    define: { EXTENSION_VERSION: JSON.stringify(version), __dirname: 'import.meta.dirname' },
    plugins: [withoutUnused, withCompiledSchema, leaveOut(), lateBuiltins()],
  });
  await writeFile(join(folder, parts, parserFile.name), parserFile.content());
  const notices = await noticesOf(
    root,
    [...Object.keys(metafile.inputs), ...assets.map(([from]) => from)],
    'This command line',
  );
  await writeFile(join(folder, 'ThirdPartyNotices.txt'), notices);
  for (const [from, to] of assets) await cp(join(root, from), join(folder, to), { recursive: true });
  // npm makes it executable only when it links it for the first time.
  await chmod(join(folder, bundleName), 0o755);
}

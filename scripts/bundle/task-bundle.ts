import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';
import { lateBuiltins } from './late-builtins.ts';
import { leaveOut, parserFile } from './left-out.ts';

const root = join(import.meta.dirname, '..', '..');
const undici = join(root, 'tasks', 'common', 'network', 'undici.ts');

/** A task has a main step and may have a post-job step and a background process; each is one file. */
const possibleEntries = ['index', 'finish', 'background'];

export interface TaskBundle {
  readonly name: string;
  /** The folder that gets bundle.js. */
  readonly target: string;
  readonly version: string;
}

/**
 * Bundles a task into one CommonJS file for Node 20 and 24, which exports a function for each entry. What it imports dynamically
 * from its own folder is a file beside it, so that Node compiles it only where it is used. So are undici, and its parser of HTTP.
 */
export async function bundleTask({
  name,
  target,
  version,
}: TaskBundle): Promise<{ entries: readonly string[]; metafile: Metafile }> {
  const source = join(root, 'tasks', name);
  const entries = possibleEntries.filter((entry) => existsSync(join(source, `${entry}.ts`)));
  const options = optionsOf(version);
  const late = new Set<string>();
  const bundle = await build({
    ...options,
    // One bundle for all entries of the task; each is evaluated only when its own file asks for it.
    stdin: {
      contents: entries.map((entry) => `exports.${entry} = () => require('./${entry}.ts');`).join('\n'),
      resolveDir: source,
    },
    outfile: join(target, 'bundle.js'),
    plugins: [...options.plugins, lateFiles(source, late)],
  });
  const rest = await build({
    ...options,
    entryPoints: [...late].map((file) => ({ in: file, out: basename(file, '.ts') })),
    outdir: target,
  });
  await writeFile(join(target, parserFile.name), parserFile.content());
  const inputs = { ...bundle.metafile.inputs, ...rest.metafile.inputs };
  return { entries, metafile: { ...bundle.metafile, inputs } };
}

const optionsOf = (version: string) =>
  ({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'none',
    minify: true,
    metafile: true,
    logLevel: 'warning',
    // Its modules for bundlers, of which what nobody uses falls away.
    alias: { yaml: join(root, 'node_modules', 'yaml', 'browser', 'index.js') },
    // By `require`, without Node's loader of ECMAScript modules.
    supported: { 'dynamic-import': false },
    define: { EXTENSION_VERSION: JSON.stringify(version) },
    tsconfig: join(root, 'tsconfig.json'),
    plugins: [leaveOut(), lateBuiltins()],
  }) satisfies BuildOptions;

/** Those of the task's own folder, and undici; what else is common to the tasks is small. */
function lateFiles(source: string, found: Set<string>): Plugin {
  return {
    name: 'late-files',
    setup: (bundle) =>
      bundle.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
        const file = join(resolveDir, path);
        if (kind !== 'dynamic-import' || (resolveDir !== source && file !== undici)) return undefined;
        found.add(file);
        return { path: `./${basename(path, '.ts')}.js`, external: true };
      }),
  };
}

/**
 * The file that the agent starts for an entry. The main step opens a connection whenever it has something to do: what that needs
 * of Node is loaded first, which is faster than in the midst of the step.
 */
export function entryFile(entry: string): string {
  const first = entry === 'index' ? "require('node:tls');" : '';
  return `${first}require('./bundle.js').${entry}();\n`;
}

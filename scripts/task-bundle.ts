import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Metafile, type Plugin, build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** A task has a main step and may have a post-job step and a background process; each is one file. */
const possibleEntries = ['index', 'finish', 'background'];

export interface TaskBundle {
  readonly name: string;
  /** The folder that gets bundle.js. */
  readonly target: string;
  readonly version: string;
  readonly plugins: Plugin[];
}

/** Bundles a task into one CommonJS file for Node 20 and 24, which exports a function for each entry. */
export async function bundleTask({
  name,
  target,
  version,
  plugins,
}: TaskBundle): Promise<{ entries: readonly string[]; metafile: Metafile }> {
  const source = join(root, 'tasks', name);
  const entries = possibleEntries.filter((entry) => existsSync(join(source, `${entry}.ts`)));
  const { metafile } = await build({
    // One bundle for all entries of the task; each is evaluated only when its own file asks for it.
    stdin: {
      contents: entries.map((entry) => `exports.${entry} = () => require('./${entry}.ts');`).join('\n'),
      resolveDir: source,
    },
    outfile: join(target, 'bundle.js'),
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
    define: { EXTENSION_VERSION: JSON.stringify(version) },
    plugins,
    tsconfig: join(root, 'tsconfig.json'),
  });
  return { entries, metafile };
}

/** The file that the agent starts for an entry. */
export function entryFile(entry: string): string {
  return `require('./bundle.js').${entry}();\n`;
}

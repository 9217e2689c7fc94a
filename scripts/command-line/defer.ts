import { createRequire } from 'node:module';
import { type BuildOptions, type Plugin, build } from 'esbuild';

/** Packages that take long to load, and that some commands never need. */
const deferred = ['@azure/identity', 'ajv', 'azure-devops-node-api', 'yaml'];

const namespace = 'deferred';

/** Of Azure DevOps' typed clients, all of which the package loads, those that the commands use; the others are a megabyte. */
const usedClients = /(?:Web|Core|Locations|ServiceEndpoint)Api\.js$/;

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(bundling) {
    bundling.onLoad({ filter: /azure-devops-node-api[\\/]\w+Api\.js$/ }, ({ path }) =>
      usedClients.test(path) ? undefined : { contents: '' },
    );
  },
};

export interface Deferring {
  readonly plugin: Plugin;
  /** Files of the packages that were put in, once the build is done. */
  readonly inputs: string[];
  /** What is to stand behind the bundle, once it is built. */
  readonly comments: () => string;
}

/** Where a package's code begins and ends in the comments behind the bundle. */
const opening = (name: string): string => `/*@deferred ${name}\n`;
const closing = '\n@deferred*/';

/** What would end a comment, and stands for that in it. */
const [end, inComment] = ['*/', '*\u0000/'];

/**
 * A module that has the names of the package, and reads its code from a comment behind the bundle when one of them is first
 * read: a comment costs next to nothing when Node starts. esbuild reads an import where it is used, so that nothing else
 * changes. The code's name is that of a package's file: Node warns nobody of what packages do that is out of date.
 */
function standIn(name: string, root: string): string {
  const names = Object.keys(createRequire(`${root}/package.json`)(name) as object);
  const file = JSON.stringify(`/node_modules/${name}/index.js`);
  return `
let loaded;
function load() {
  if (loaded !== undefined) return loaded;
  const vm = require('node:vm');
  const text = require('node:fs').readFileSync(__filename, 'utf8');
  // The last of them: this module holds the words as well.
  const opening = ${JSON.stringify(opening(name))};
  const start = text.lastIndexOf(opening) + opening.length;
  const code = text.slice(start, text.indexOf(${JSON.stringify(closing)}, start)).replaceAll(${JSON.stringify(inComment)}, ${JSON.stringify(end)});
  const module = { exports: {} };
  const options = { filename: __dirname + ${file}, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
  vm.compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], options)(module.exports, require, module, __filename, __dirname);
  loaded = module.exports;
  return loaded;
}
module.exports = {${names.map((key) => `get ${JSON.stringify(key)}() { return load()[${JSON.stringify(key)}]; }`).join(', ')}};`;
}

/** Has esbuild put off the loading of these packages. Only sources of ours are served: packages know each other as ever. */
export function defer(root: string, options: BuildOptions): Deferring {
  const inputs: string[] = [];
  const codes = new Map<string, string>();
  const isDeferred = new RegExp(`^(${deferred.join('|')})$`);
  const codeOf = async (name: string): Promise<string> => {
    const { outputFiles, metafile } = await build({
      ...options,
      stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: root },
      plugins: [withoutUnused],
      write: false,
    });
    inputs.push(...Object.keys(metafile?.inputs ?? {}));
    return outputFiles[0]?.text ?? '';
  };
  const putOff = async (name: string): Promise<string> => {
    codes.set(name, await codeOf(name));
    return standIn(name, root);
  };
  const plugin: Plugin = {
    name: 'defer',
    setup(bundling) {
      bundling.onResolve({ filter: isDeferred }, ({ path, importer, kind }) =>
        /^(import-statement|dynamic-import)$/.test(kind) && !importer.includes('node_modules')
          ? { path, namespace }
          : undefined,
      );
      bundling.onLoad({ filter: /.*/, namespace }, async ({ path }) => ({
        contents: await putOff(path),
        resolveDir: root,
      }));
    },
  };
  const comments = (): string =>
    [...codes].map(([name, code]) => opening(name) + code.replaceAll(end, inComment) + closing).join('\n');
  return { plugin, inputs, comments };
}

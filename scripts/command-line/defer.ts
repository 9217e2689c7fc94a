import { createRequire } from 'node:module';
import { type BuildOptions, type Plugin, build } from 'esbuild';

/** Packages that take long to load, and that some commands never need. */
const deferred = ['@azure/identity', 'ajv', 'azure-devops-node-api', 'undici', 'yaml'];

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
}

/**
 * A module that has the names of the package, and holds its code as text: Node compiles it when one of the names is first
 * read, and does not even look through it before. esbuild reads an import where it is used, so that nothing else changes.
 */
function standIn(name: string, code: string, root: string): string {
  const names = Object.keys(createRequire(`${root}/package.json`)(name) as object);
  return `
let loaded;
function load() {
  if (loaded === undefined) {
    const module = { exports: {} };
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const options = { filename: ${JSON.stringify(name)}, importModuleDynamically: require('node:vm').constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
    require('node:vm').compileFunction(${JSON.stringify(code)}, parameters, options)(module.exports, require, module, __filename, __dirname);
    loaded = module.exports;
  }
  return loaded;
}
module.exports = {${names.map((key) => `get ${JSON.stringify(key)}() { return load()[${JSON.stringify(key)}]; }`).join(', ')}};`;
}

/** Has esbuild put off the loading of these packages. Only sources of ours are served: packages know each other as ever. */
export function defer(root: string, options: BuildOptions): Deferring {
  const inputs: string[] = [];
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
  const plugin: Plugin = {
    name: 'defer',
    setup(bundling) {
      bundling.onResolve({ filter: isDeferred }, ({ path, importer, kind }) =>
        /^(import-statement|dynamic-import)$/.test(kind) && !importer.includes('node_modules')
          ? { path, namespace }
          : undefined,
      );
      bundling.onLoad({ filter: /.*/, namespace }, async ({ path }) => ({
        contents: standIn(path, await codeOf(path), root),
        resolveDir: root,
      }));
    },
  };
  return { plugin, inputs };
}

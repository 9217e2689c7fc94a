import type { Plugin } from 'esbuild';

/** Modules of Node that take long to load, and that some steps never need. */
const late = [
  ...['child_process', 'crypto', 'fs/promises', 'net', 'readline/promises', 'stream/consumers'],
  ...['timers/promises', 'tls', 'util'],
];
const filter = new RegExp(`^(?:node:)?(?:${late.join('|')})$`);
const namespace = 'late-builtin';

/**
 * Has these modules loaded when something of theirs is first used. esbuild reads an import where it is used, and makes of a
 * CommonJS module an object with the same prototype, which is what asks here.
 */
export function lateBuiltins(): Plugin {
  return {
    name: namespace,
    setup(bundle) {
      bundle.onResolve({ filter }, ({ path, kind, importer }) =>
        kind === 'import-statement' || /node_modules[\\/]commander/.test(importer)
          ? { path: path.replace(/^(?:node:)?/, 'node:'), namespace, sideEffects: false }
          : undefined,
      );
      bundle.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: standIn(path) }));
    },
  };
}

function standIn(path: string): string {
  return `
    let loaded;
    const get = (_, name) => name === '__esModule' ? undefined : (loaded ??= require('${path}'))[name];
    module.exports = Object.create(new Proxy({}, { get }));`;
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'esbuild';
import { asModule, exportedNames } from './shake.ts';

const require = createRequire(import.meta.url);

/** How a warning of a missing part ends. */
export const absenceNotice = 'is not part of this build';

/**
 * Parts of packages that no task can reach. They would be more than half of a bundle. One that is used
 * all the same warns and throws by its name; test/bench/paths.test.ts goes through the paths of the built tasks and sees
 * that none is.
 */
export const leftOut: Readonly<Record<string, string>> = {
  'undici/lib/dispatcher/client-h2.js': 'HTTP/2: it is off unless a client asks for it (allowH2)',
  'undici/lib/web/fetch/body.js': 'bodies that are forms, streams or blobs: the tasks send text',
  'azure-pipelines-task-lib/toolrunner.js': 'runs other programs, with the package q: no task does',
  'azure-pipelines-task-lib/externaloutput.js':
    'passes on the output of programs: tasks/common/text/plain-text.ts is our own',
  'yaml/browser/dist/doc/createNode.js': 'makes nodes of values: the tasks read nodes',
  'yaml/browser/dist/visit.js':
    'walks through nodes, as aliases do that are asked for their node: the tasks keep the values themselves',
  ...Object.fromEntries(
    ['stringify', 'stringifyCollection', 'stringifyDocument', 'stringifyPair', 'stringifyString'].map(
      (name) => [`yaml/browser/dist/stringify/${name}.js`, 'writes YAML: the tasks read it'],
    ),
  ),
};

/** Modules of which a task needs a little, with the source of that little. */
export const cutShort: Readonly<Record<string, { why: string; source(path: string): string }>> = {
  'undici/lib/llhttp/llhttp_simd-wasm.js': {
    why: 'the HTTP parser: as a file beside the bundle it is a quarter smaller, and Node need not read it as source',
    source: () =>
      `module.exports = require('node:fs').readFileSync(require('node:path').join(__dirname, '${parserFile.name}'));`,
  },
  'undici/lib/llhttp/llhttp-wasm.js': {
    why: 'the HTTP parser for processors without SIMD, on which no agent runs; UNDICI_NO_WASM_SIMD gets the one with SIMD',
    source: () => "module.exports = require('./llhttp_simd-wasm.js');",
  },
  'undici/lib/llhttp/constants.js': {
    why: "the parser's constants, of which undici reads two tables",
    source: (path) => {
      const { ERROR, TYPE } = require(path) as Readonly<Record<string, object>>;
      return `module.exports = ${JSON.stringify({ ERROR, TYPE })};`;
    },
  },
  'azure-pipelines-task-lib/lib-resource.js': {
    why: 'messages in ten languages: English is what task-lib uses until a task calls setResourcePath, which none does',
    source: englishMessages,
  },
  'azure-pipelines-task-lib/vault.js': {
    why: 'keeps secrets encrypted in memory, with the key in a file that it writes while it loads: a full disk would end the task before it begins, and the key would lie on the disk',
    source: () => memoryVault,
  },
  'semver/semver.js': {
    why: 'task-lib only asks whether this Node is older than 4.2.0',
    source: () => 'exports.lt = () => false;',
  },
};

/** Modules that esbuild gets as ECMAScript modules, of which it takes what is used. */
export const shaken: readonly string[] = ['internal', 'task', 'taskcommand'].map(
  (name) => `azure-pipelines-task-lib/${name}.js`,
);

/** Modules of Node that undici loads for next to nothing, with the source of that. */
const nodeForUndici: Readonly<Record<string, string>> = {
  // The functions of it that undici calls.
  'node:assert': `
    const assert = (value, message = 'undici: a condition does not hold') => {
      if (!value) throw message instanceof Error ? message : new Error(message);
    };
    module.exports = Object.assign(assert, { strictEqual: (one, other) => assert(Object.is(one, other)) });`,
  // Its default for the size of headers, and the class of a body that no task sends.
  'node:http': 'module.exports = { maxHeaderSize: 16_384, IncomingMessage: class {} };',
  // For an option that no task gives.
  'node:querystring': absence('node:querystring', undefined),
};

/** What the bundle needs beside it. */
export const parserFile = {
  name: 'llhttp.wasm',
  content: (): Buffer => require('undici/lib/llhttp/llhttp_simd-wasm.js') as Buffer,
};

const filter = patternOf([...Object.keys(leftOut), ...Object.keys(cutShort)]);

/** Whether a bundle holds nothing, or next to nothing, of this file. */
export function isLeftOut(path: string): boolean {
  return filter.test(path);
}

/** Marks a question of this plugin's own. */
const itself = Symbol('leave-out');

export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    setup(bundle) {
      bundle.onLoad({ filter }, ({ path }) => {
        const module = path.replace(/^.*node_modules[\\/]/, '').replaceAll('\\', '/');
        return { contents: cutShort[module]?.source(path) ?? absence(module, exportsOf(path)) };
      });
      bundle.onLoad({ filter: patternOf(shaken) }, ({ path }) => ({
        contents: asModule(readFileSync(path, 'utf8')),
      }));
      // Only task-lib's finding of files uses it, which few tasks do.
      bundle.onResolve({ filter: /^minimatch$/ }, async ({ path, kind, resolveDir, pluginData }) =>
        pluginData === itself
          ? undefined
          : { ...(await bundle.resolve(path, { kind, resolveDir, pluginData: itself })), sideEffects: false },
      );
      bundle.onResolve({ filter: /^node:(assert|http|querystring)$/ }, ({ path, importer }) =>
        /node_modules[\\/]undici/.test(importer) ? { path, namespace: 'node-for-undici' } : undefined,
      );
      bundle.onLoad({ filter: /.*/, namespace: 'node-for-undici' }, ({ path }) => ({
        contents: nodeForUndici[path] ?? '',
      }));
    },
  };
}

/** What an ECMAScript module exports, or one of task-lib, which is asked by ECMAScript modules; undefined for others. */
function exportsOf(path: string): readonly string[] | undefined {
  const source = readFileSync(path, 'utf8');
  if (/azure-pipelines-task-lib[\\/]/.test(path)) return exportedNames(source);
  return /^export \{([^}]*)\}/m
    .exec(source)?.[1]
    ?.split(',')
    .map((name) => name.trim());
}

/**
 * Names may be taken out of an absent module, as other modules do while they load; but nothing can be done with them. The
 * warning stays where somebody catches the error.
 */
function absence(module: string, names: readonly string[] | undefined): string {
  const rest = names?.map((name) => `export const ${name} = /* @__PURE__ */ absent('${name}');`) ?? [
    'module.exports = new Proxy({}, { get: (_, name) => absent(String(name)) });',
  ];
  return `
    const refuse = (name) => {
      const problem = ${JSON.stringify(module)} + ': ' + name + ' ${absenceNotice}';
      process.emitWarning(problem);
      throw new Error(problem);
    };
    const absent = (name) => new Proxy(function () {}, {
      get: () => refuse(name), apply: () => refuse(name), construct: () => refuse(name),
    });
    ${rest.join('\n')}`;
}

function englishMessages(path: string): string {
  const [messages] = /"messages": \{[^}]*\}/.exec(readFileSync(path, 'utf8')) ?? [];
  if (messages === undefined) throw new Error(`${path} holds no messages any more`);
  return `module.exports = { ${messages} };`;
}

function patternOf(modules: readonly string[]): RegExp {
  const patterns = modules.map((module) => module.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]'));
  return new RegExp(`node_modules[\\\\/](?:${patterns.join('|')})$`);
}

const memoryVault = `
  export class Vault {
    #secrets = new Map();
    initialize() {}
    storeSecret(name, data) {
      if (!name) return false;
      if (data) this.#secrets.set(name.toLowerCase(), data);
      else this.#secrets.delete(name.toLowerCase());
      return Boolean(data);
    }
    retrieveSecret(name) { return this.#secrets.get((name || '').toLowerCase()); }
  }`;

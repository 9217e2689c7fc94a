import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

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
  'undici/lib/llhttp/llhttp-wasm.js': {
    why: 'the HTTP parser for processors without SIMD, on which no agent runs; UNDICI_NO_WASM_SIMD gets the one with SIMD',
    source: () => "module.exports = require('./llhttp_simd-wasm.js');",
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

const modules = [...Object.keys(leftOut), ...Object.keys(cutShort)];
const filter = new RegExp(`node_modules[\\\\/](?:${modules.map(asPattern).join('|')})$`);

/** Whether a bundle holds nothing, or next to nothing, of this file. */
export function isLeftOut(path: string): boolean {
  return filter.test(path);
}

export function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    setup: (bundle) =>
      bundle.onLoad({ filter }, ({ path }) => {
        const module = path.replace(/^.*node_modules[\\/]/, '').replaceAll('\\', '/');
        return { contents: cutShort[module]?.source(path) ?? absence(module, exportsOf(path)) };
      }),
  };
}

/** How a warning of a missing part ends. */
export const absenceNotice = 'is not part of this build';

/** What an ECMAScript module exports; undefined for a CommonJS one. */
function exportsOf(path: string): readonly string[] | undefined {
  return /^export \{([^}]*)\}/m
    .exec(readFileSync(path, 'utf8'))?.[1]
    ?.split(',')
    .map((name) => name.trim());
}

/**
 * Names may be taken out of an absent module, as other modules do while they load; but nothing can be done with them. The
 * warning stays where somebody catches the error.
 */
function absence(module: string, names: readonly string[] | undefined): string {
  const rest = names?.map((name) => `export const ${name} = absent('${name}');`) ?? [
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

function asPattern(module: string): string {
  return module.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]');
}

const memoryVault = `
  exports.Vault = class {
    #secrets = new Map();
    initialize() {}
    storeSecret(name, data) {
      if (!name) return false;
      if (data) this.#secrets.set(name.toLowerCase(), data);
      else this.#secrets.delete(name.toLowerCase());
      return Boolean(data);
    }
    retrieveSecret(name) { return this.#secrets.get((name || '').toLowerCase()); }
  };`;

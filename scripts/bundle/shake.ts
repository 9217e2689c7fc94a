import { isBuiltin } from 'node:module';

/**
 * A CommonJS module as TypeScript writes it, as an ECMAScript module: esbuild leaves out of that what nobody uses.
 * @throws Error where the module has another shape.
 */
export function asModule(source: string): string {
  const names = exportedNames(source);
  const body = source
    .replace(/^Object\.defineProperty\(exports, "__esModule", .*$/m, '')
    .replace(/^(?:exports\.\w+ = )+void 0;$/gm, '')
    .replace(/^var (\w+) = require\(['"]([^'"]+)['"]\);$/gm, importOf)
    .replace(/^exports\.(\w+) = /gm, 'var exported_$1 = ')
    .replace(/\bexports\.(\w+)/g, 'exported_$1');
  if (names.length === 0 || /^(?!\s*(?:\*|\/\/)).*\b(?:exports|module)\b/m.test(body))
    throw new Error('This is no CommonJS module as TypeScript writes one');
  // Those that get their value within a function or an enumeration.
  const others = names.filter((name) => !body.includes(`\nvar exported_${name} = `));
  const declared = others.map((name) => `var exported_${name};\n`).join('');
  return `${declared}${body}\nexport { ${names.map((name) => `exported_${name} as ${name}`).join(', ')} };\n`;
}

/** A module of the package's own has names to take; one of another package may be a function. */
function importOf(_: string, name: string, path: string): string {
  const isOther = !path.startsWith('.') && !isBuiltin(path);
  return isOther ? `import ${name} from '${path}';` : `import * as ${name} from '${path}';`;
}

/** The names that such a module exports. */
export function exportedNames(source: string): readonly string[] {
  return [...new Set([...source.matchAll(/\bexports\.(\w+)/g)].map(([, name = '']) => name))];
}

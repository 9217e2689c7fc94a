import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMap, isScalar, parseAllDocuments, visit } from 'yaml';
import { examples } from '../support/loop-run.ts';
import { documents } from './documents.ts';

/** What Bash and cmd, which both are `script:`, read in different ways. */
const differences: Readonly<Record<string, RegExp>> = {
  'a variable': /\$(?![({])|\$\{(?!\{)|%\w+%/,
  'a command in a command': /\$\((?![\w.]+\))|`/,
  'a single quote': /'/,
  'an echo of quotes': /\becho\s+"/,
  'a line that goes on': /[\\^]\s*$/m,
  'a semicolon': /;/,
  'a file of a shell': /\.(?:sh|cmd|bat|ps1)\b|(?:^|[\s&|])\.\//m,
  'a word of a shell': /(?:^|[&|(])\s*(?:#|\[|\.\s|set|export|source|if|for|while|function|rem|call)(?!\w)/m,
  'a line after a batch file, which cmd never reaches': /^\s*(?:npm|npx|yarn|pnpm|az|tfx)\b.*\n\s*\S/m,
  'a tool of one system': /\b(?:bash|tee|sleep|grep|sed|awk|cat|cp|mv|rm|mkdir|touch|chmod|date|printf)\b/,
};

const differencesIn = (script: string): string[] =>
  Object.keys(differences).filter((what) => differences[what]?.test(script));

/** But in the pipelines that call Port by hand, which the tasks replace. */
const hasPipe = (script: string): boolean =>
  /(?<!\|)\|(?!\|)/.test(script) && !script.includes('/v1/auth/access_token');

interface Step {
  readonly kind: string;
  readonly script: string;
  readonly variables: readonly string[];
}

/** The steps with scripts of a pipeline, or of a part of one. */
function stepsIn(yaml: string): Step[] {
  const steps: Step[] = [];
  for (const document of parseAllDocuments(yaml))
    visit(document, {
      Map: (_key, map) => {
        const [first] = map.items;
        const kind = isScalar(first?.key) ? String(first.key.value) : '';
        if (!['script', 'bash', 'pwsh', 'powershell'].includes(kind)) return;
        const env = map.get('env');
        const variables = isMap(env) ? env.items.map(({ key }) => String(key)) : [];
        steps.push({ kind, script: String(map.get(kind)), variables });
      },
    });
  return steps;
}

const pipelines = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yml') && !name.endsWith('port-azure.yml'))
  .map((name) => ({ name: `examples/${name}`, yaml: readFileSync(join(examples, name), 'utf8') }));
const snippets = documents.flatMap(({ path, codeBlocks }) =>
  codeBlocks
    .filter(({ language }) => ['yaml', 'yml'].includes(language))
    .map(({ text }) => ({ name: path, yaml: text })),
);
const sources = [...pipelines, ...snippets].filter(({ yaml }) => stepsIn(yaml).length > 0);

describe('a step that people copy', () => {
  it('is looked for where there are some', () => {
    assert.ok(pipelines.length > 20 && sources.length > pipelines.length - 5);
  });

  for (const { name, yaml } of sources)
    it(`means the same on Windows as elsewhere, where it is a script: ${name}`, () => {
      for (const { script } of stepsIn(yaml).filter(({ kind }) => kind === 'script'))
        assert.deepEqual(differencesIn(script), [], script);
    });

  for (const { name, yaml } of sources)
    it(`fails where a part of its pipe fails: ${name}`, () => {
      for (const { kind, script } of stepsIn(yaml)) {
        if (kind === 'bash' && hasPipe(script)) assert.match(script, /^set -\w*o pipefail$/m);
        assert.doesNotMatch(script, /(?:&&|\|\||;)\s*(?:exit 0|true)\b/);
      }
    });

  for (const { name, yaml } of sources)
    it(`gives PowerShell what it reads, by env: ${name}`, () => {
      for (const { kind, script, variables } of stepsIn(yaml)) {
        if (kind !== 'pwsh' && kind !== 'powershell') continue;
        for (const [, read = ''] of script.matchAll(/\$env:(\w+)/g))
          assert.ok(variables.includes(read), read);
        assert.doesNotMatch(script, /\$\{\{|\$\([\w.]+\)/, 'a macro or a parameter within the script');
      }
    });

  it('has its files of Bash checked out with LF on Windows too, wherever it is copied to', () => {
    const folders = readdirSync(examples, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.sh'))
      .map((name) => dirname(name));
    assert.ok(folders.length > 10);
    for (const folder of folders)
      assert.match(readFileSync(join(examples, folder, '.gitattributes'), 'utf8'), /^\*\.sh text eol=lf$/m);
  });

  const told: readonly (readonly [string, boolean])[] = [
    ['echo working', true],
    ['node scripts/deploy.mjs && npm test', true],
    ['deploy $(service.imageTag)', true],
    ['echo "$NAME"', false],
    ['echo ${NAME}', false],
    ['echo %NAME%', false],
    ['set -o pipefail\nbash x.sh', false],
    ['./deploy', false],
    ['node a.js | tee log', false],
    ['npm ci \\\n  --silent', false],
    ["node -e 'x'", false],
    ['echo $(date -u)', false],
    ['# a remark\nnode x', false],
    ['node x; node y', false],
    ['npm ci\nnpm test', false],
  ];
  for (const [script, isPortable] of told)
    it(`is told ${isPortable ? 'to mean the same' : 'to differ'}: ${JSON.stringify(script)}`, () => {
      assert.equal(differencesIn(script).length === 0, isPortable, differencesIn(script).join());
    });
});

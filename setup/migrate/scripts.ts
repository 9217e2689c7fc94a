import {
  LineCounter,
  type Node,
  type Scalar,
  type YAMLMap,
  isMap,
  isPair,
  isScalar,
  parseDocument,
  visit,
} from 'yaml';
import { requireYaml } from '../input-file.ts';

export type Language = 'bash' | 'powershell' | 'python' | 'rest';

/** A step of a pipeline that runs text of its own. */
export interface Script {
  readonly language: Language;
  readonly text: string;
  /** Line of the file that the text's first line is on, from 1. */
  readonly firstLine: number;
  /** The conditions of the step, its job and its stage, one a line. */
  readonly condition: string;
  /** What the step's `env` gives, as it is written. */
  readonly environment: Readonly<Record<string, string>>;
}

const shortcuts: Readonly<Record<string, Language>> = {
  script: 'bash',
  bash: 'bash',
  pwsh: 'powershell',
  powershell: 'powershell',
};

/** Which input of which task holds the text. */
const tasks: readonly (readonly [task: RegExp, input: string, language: Language])[] = [
  [/^(Bash|CmdLine|ShellScript)@/i, 'script', 'bash'],
  [/^(AzureCLI)@/i, 'inlineScript', 'bash'],
  [/^PowerShell@/i, 'script', 'powershell'],
  [/^AzurePowerShell@/i, 'Inline', 'powershell'],
  [/^PythonScript@/i, 'script', 'python'],
  [/^InvokeRESTAPI@/i, 'body', 'rest'],
];

const scalarOf = (map: YAMLMap, key: string): Scalar | undefined => {
  const value = map.get(key, true);
  return isScalar(value) ? value : undefined;
};

const textOf = (map: YAMLMap, key: string): string => {
  const value = scalarOf(map, key)?.value;
  return typeof value === 'string' ? value : '';
};

function environmentOf(node: unknown): Record<string, string> {
  if (!isMap(node)) return {};
  const entries = node.items.map(({ key, value }) => [textIn(key), textIn(value)] as const);
  return Object.fromEntries(entries);
}

const textIn = (node: unknown): string => (isScalar(node) ? String(node.value) : '');

interface Found {
  readonly language: Language;
  readonly scalar: Scalar;
  /** What stands before the text: the address of a REST call. */
  readonly prefix: string;
}

function find(step: YAMLMap): Found | undefined {
  for (const [key, language] of Object.entries(shortcuts)) {
    const scalar = scalarOf(step, key);
    if (scalar !== undefined) return { language, scalar, prefix: '' };
  }
  const name = textOf(step, 'task');
  const task = tasks.find(([pattern]) => pattern.test(name));
  const inputs = step.get('inputs');
  if (task === undefined || !isMap(inputs)) return undefined;
  const [, input, language] = task;
  const scalar = scalarOf(inputs, input) ?? scalarOf(inputs, 'urlSuffix');
  const prefix = language === 'rest' ? `${textOf(inputs, 'method')} ${textOf(inputs, 'urlSuffix')} ` : '';
  return scalar === undefined ? undefined : { language, scalar, prefix };
}

function lineOf(node: Node, lines: LineCounter): number {
  const { line } = lines.linePos(node.range?.[0] ?? 0);
  const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  return isBlock ? line + 1 : line;
}

/** All scripts of a pipeline, wherever its stages and jobs have them. @throws SetupError for what is no YAML */
export function readScripts(yaml: string, file: string): Script[] {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  requireYaml(document, file);
  const scripts: Script[] = [];
  visit(document, {
    Map(_key, step, path) {
      if (isPair(path.at(-1))) return;
      const found = find(step);
      if (found === undefined) return;
      scripts.push({
        language: found.language,
        text: found.prefix + String(found.scalar.value),
        firstLine: lineOf(found.scalar, lines),
        condition: [...path, step]
          .map((each) => (isMap(each) ? textOf(each, 'condition') : ''))
          .join('\n')
          .trim(),
        environment: environmentOf(step.get('env')),
      });
    },
  });
  return scripts;
}

import { stringify } from 'yaml';
import { isRecord } from '../../tasks/common/json.ts';
import type { PortCall } from './port-calls.ts';
import type { Pipeline } from './rules.ts';

type Step = Record<string, unknown>;

/** The run id as the pipeline has it: an expression, a macro, or a shell variable, which is a macro to a task. */
function runIdOf(calls: readonly PortCall[]): string {
  for (const { kind, route } of calls) {
    if (kind !== 'updateRun' && kind !== 'log') continue;
    const [, id = ''] =
      /\/actions\/runs\/(\$\{\{[^}]*\}\}|\$\([^)]*\)|\$\{?\w+\}?|[^/"'\s?]+)/.exec(route) ?? [];
    if (id.startsWith('${{')) return id.replace(/^\$\{\{(.*)\}\}$/, '${{ $1 }}');
    const variable = /^\$\{?(\w+)\}?$/.exec(id)?.[1];
    if (variable !== undefined) return `$(${variable})`;
    if (id !== '') return id;
  }
  return '$(PORT_RUN_ID)';
}

const expressions = /\$\{\{\s*(.*?)\s*\}\}/g;
const holdsField = (text: string): boolean => /\$\{\{[^}]*\bparameters\b/.test(text);
const isMadeSafe = /^replace\((.+), '\$\(', '\$ \('\)$/;

/** For an input of one line. What a user typed as $(name) would be expanded as a variable of the pipeline, secrets included. */
const inOneLine = (text: string): string =>
  text.replace(expressions, (all, inner: string) =>
    holdsField(all) && !isMadeSafe.test(inner)
      ? `\${{ replace(${inner}, '$(', '$ (') }}`
      : `\${{ ${inner} }}`,
  );

/** For YAML in several lines, where a field with a line break would set other properties: JSON keeps it one value. */
function asJson(text: string): string {
  const fields: string[] = [];
  const literal = text.replace(expressions, (_all, inner: string) => {
    fields.push(isMadeSafe.exec(inner)?.[1] ?? inner);
    return '\u0000';
  });
  const [only = ''] = fields;
  let at = 0;
  const format = literal.replace(/[{}']/g, '$&$&').replaceAll('\u0000', () => `{${at++}}`);
  const whole = literal === '\u0000' ? only : `format('${format}', ${fields.join(', ')})`;
  // The dollar signs of JSON are escaped, and a macro beside the field with them.
  return literal.includes('$(') ? '<value>' : `\${{ replace(convertToJson(${whole}), '$', '\\u0024') }}`;
}

/** As YAML. Texts with a field in them are put in last, for they are expressions, which YAML must not quote. */
function blockOf(value: Readonly<Record<string, unknown>>): string {
  const fields: string[] = [];
  const mark = (text: string): string =>
    holdsField(text) ? `field-${fields.push(asJson(text)) - 1}-` : text;
  const marked = (part: unknown): unknown => {
    if (typeof part === 'string') return mark(part);
    if (Array.isArray(part)) return part.map(marked);
    if (!isRecord(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [mark(key), marked(item)]));
  };
  return stringify(marked(value), { lineWidth: 0 })
    .replace(/field-(\d+)-/g, (_all, index: string) => fields[Number(index)] ?? '')
    .trimEnd();
}

/** What a shell pastes into JSON becomes what the step's `env` says, or a macro; the rest is JSON already. */
function bodyOf({ script, line }: PortCall): Record<string, unknown> {
  const rest = script.text
    .split('\n')
    .slice(line - script.firstLine)
    .join('\n');
  const [, quoted = ''] = /(?:-d|--data(?:-raw|-binary)?)\s+'((?:[^']|'"[^"]*"')*)'/s.exec(rest) ?? [];
  const json = quoted
    .replaceAll(`'"'"'`, "'")
    .replace(/'"\$\{?(\w+)\}?"'/g, (_all, name: string) =>
      JSON.stringify(script.environment[name] ?? `$(${name})`).slice(1, -1),
    )
    .replace(/([:,[]\s*)(\$\{\{.*?\}\}|\$\(\w+\))(?=\s*[,}\]])/g, '$1"$2"');
  try {
    const parsed: unknown = JSON.parse(json);
    return isRecord(parsed) ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function entityStep(call: PortCall, runId: string): Step {
  const [, blueprint = ''] = /\/blueprints\/([^/]+)\/entities/.exec(call.route) ?? [];
  const { identifier, title, properties, relations } = bodyOf(call);
  const text = (value: unknown): string | undefined =>
    isRecord(value) && Object.keys(value).length > 0 ? blockOf(value) : undefined;
  const inputs = {
    portConnection: 'port',
    runId,
    blueprint: inOneLine(blueprint.replace(/^\$\{?(\w+)\}?$/, '$($1)')),
    identifier: typeof identifier === 'string' ? inOneLine(identifier) : '<identifier>',
    title: typeof title === 'string' ? inOneLine(title) : undefined,
    properties: properties === undefined ? '<name>: <value>' : text(properties),
    relations: text(relations),
  };
  return {
    task: 'PortUpsertEntity@1',
    inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)),
  };
}

/** The steps that do what the calls do, as YAML; empty where there are none. */
export function replacementFor({ calls }: Pipeline): string {
  const isReported = calls.some(({ kind }) => kind === 'updateRun' || kind === 'log');
  const runId = runIdOf(calls);
  const entities = calls.filter(({ kind }) => kind === 'writeEntity').map((call) => entityStep(call, runId));
  const steps: Step[] = [
    ...(isReported
      ? [{ task: 'PortRunStatus@1', inputs: { portConnection: 'port', runId, status: 'track' } }]
      : []),
    ...entities,
  ];
  return steps.length === 0 ? '' : stringify(steps, { lineWidth: 0 });
}

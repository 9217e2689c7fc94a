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

/** What a user typed as $(name) would be expanded as a variable of the pipeline, secrets included. */
const safe = (expression: string): string =>
  expression.startsWith('parameters.')
    ? `\${{ replace(${expression}, '$(', '$ (') }}`
    : `\${{ ${expression} }}`;

/** In YAML a field with a line break would set other properties: JSON keeps it one value. */
const safeField = /\breplace\((parameters\.[^,]+), '\$\(', '\$ \('\)/g;
const asJson = (_all: string, field: string): string => `replace(convertToJson(${field}), '$', '\\u0024')`;

/** What a shell pastes into JSON becomes a macro; the rest is JSON already. */
function bodyOf({ script, line }: PortCall): Record<string, unknown> {
  const rest = script.text
    .split('\n')
    .slice(line - script.firstLine)
    .join('\n');
  const [, quoted = ''] = /(?:-d|--data(?:-raw|-binary)?)\s+'((?:[^']|'"[^"]*"')*)'/s.exec(rest) ?? [];
  const json = quoted
    .replace(/'"\$\{?(\w+)\}?"'/g, '$($1)')
    .replace(/"\$\{\{\s*(.*?)\s*\}\}"/g, (_all, inner: string) => JSON.stringify(safe(inner)));
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
    isRecord(value) && Object.keys(value).length > 0
      ? stringify(value, { lineWidth: 0 }).replace(safeField, asJson).trimEnd()
      : undefined;
  const inputs = {
    portConnection: 'port',
    runId,
    blueprint: blueprint.replace(/^\$\{?(\w+)\}?$/, '$($1)'),
    identifier: typeof identifier === 'string' ? identifier : '<identifier>',
    title,
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

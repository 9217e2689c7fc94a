import type { Host } from '../common/host.ts';
import type { InputReader } from '../common/input-reader.ts';
import {
  describeTextProblem,
  isStructuredMap,
  parseStructuredText,
  type Structured,
  type StructuredMap,
} from '../common/structured-text.ts';
import { readDeployment } from './preset.ts';

/** What the preset takes its values from. */
export interface PresetSource {
  readonly host: Host;
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

/** The fields of an entity by hand, completed by the preset where there is one; checked by nobody yet. */
export function readEntityFields(reader: InputReader, preset: PresetSource | undefined): StructuredMap {
  const deployment = preset === undefined ? undefined : readDeployment(preset.host, preset.payload);
  const properties = readMapInput(reader, 'properties');
  return {
    ...filled('identifier', reader.text('identifier') ?? deployment?.identifier),
    ...filled('title', reader.text('title') ?? deployment?.title),
    ...filled('icon', reader.text('icon')),
    ...filled('team', readTeam(reader)),
    ...filled(
      'properties',
      deployment === undefined ? properties : { ...deployment.properties, ...properties },
    ),
    ...filled('relations', readMapInput(reader, 'relations')),
  };
}

function filled(name: string, value: Structured | undefined): StructuredMap {
  return value === undefined ? {} : { [name]: value };
}

function readMapInput(reader: InputReader, name: string): StructuredMap | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  const { value, documents, problems } = parseStructuredText(text);
  for (const problem of problems) reader.problem(`Input ${name}, ${describeTextProblem(problem)}.`);
  if (problems.length > 0 || value === null) return undefined;
  if (isStructuredMap(value) && documents === 1) return value;
  reader.problem(`Input ${name} must be one YAML or JSON object: a "name: value" on each line.`);
  return undefined;
}

/** One team a line, or a YAML or JSON list. */
function readTeam(reader: InputReader): Structured | undefined {
  const text = reader.text('team');
  if (text === undefined) return undefined;
  if (/^(\[|\{|- )/.test(text)) {
    const { value, problems } = parseStructuredText(text);
    for (const problem of problems) reader.problem(`Input team, ${describeTextProblem(problem)}.`);
    return problems.length > 0 ? undefined : value;
  }
  const teams = reader.lines('team');
  return teams.length === 1 ? teams[0] : teams;
}

import type { Host } from '../common/agent/host.ts';
import type { InputReader } from '../common/inputs/input-reader.ts';
import { readMapInput, readStructuredInput } from '../common/inputs/structured-input.ts';
import type { Structured, StructuredMap } from '../common/structured-text/parse.ts';
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

/** One team a line, or a YAML or JSON list. */
function readTeam(reader: InputReader): Structured | undefined {
  const text = reader.text('team');
  if (text === undefined) return undefined;
  if (/^(\[|\{|- )/.test(text)) return readStructuredInput(reader, 'team');
  const teams = reader.lines('team');
  return teams.length === 1 ? teams[0] : teams;
}

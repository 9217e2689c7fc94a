import type { FindFiles, Host } from '../common/agent/host.ts';
import { inputFiles, outputFile } from '../common/inputs/file-inputs.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type RunId, checkRunIdDemand, readPayload, readRunId } from '../common/inputs/run-id.ts';
import { readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { readMapInput, readStructuredInput } from '../common/inputs/structured-input.ts';
import { keepMemoryFlat } from '../common/memory.ts';
import { readDeployment, readService } from '../common/port/deployment.ts';
import type { WriteMode } from '../common/port/entities/write-entity.ts';
import { blueprintInput, requiredBlueprint } from '../common/port/identifier-inputs.ts';
import { endableBySignal } from '../common/stop-signals.ts';
import type { Structured, StructuredMap } from '../common/structured-text/parse.ts';
import { type Draft, readDraft } from './read/draft.ts';
import type { EntityList } from './read/items.ts';
import { fileSource, inlineSource, joinSources } from './read/sources.ts';
import { surveyEntities } from './read/survey.ts';
import { Warnings } from './read/warnings.ts';
import type { ResultInputs } from './results/journal.ts';

export interface UpsertInputs extends ResultInputs {
  readonly runId: RunId | undefined;
  readonly entities: SingleEntity | EntityList;
  readonly mode: WriteMode;
  readonly createMissingRelatedEntities: boolean;
}

/** An entity by hand. */
export interface SingleEntity {
  readonly kind: 'single';
  readonly draft: Draft;
  /** Becomes the relation `service`, where the blueprint has one. */
  readonly service: string | undefined;
}

/**
 * Reads the inputs and everything they name, files included.
 * @throws InputError with every problem that can be seen without Port.
 */
export async function readInputs(host: Host, findFiles: FindFiles): Promise<UpsertInputs> {
  const reader = new InputReader(host);
  const warnings = new Warnings(host.secretValues());
  const inputs = {
    ...readSharedInputs(reader, host),
    runId: readRunId(reader, host),
    mode: reader.choice('mode', ['merge', 'replace', 'create'], 'merge'),
    createMissingRelatedEntities: reader.flag('createMissingRelatedEntities', false),
    validateOnly: reader.flag('validateOnly', false),
    stopsAtFirstError: reader.choice('onEntityError', ['continue', 'stop'], 'continue') === 'stop',
    resultFile: outputFile(reader, host, 'resultFile'),
  };
  checkRunIdDemand(reader, inputs.runId, 'the entities are then not tied to a run');
  const isMany = reader.text('entities') !== undefined || reader.text('entitiesFile') !== undefined;
  const entities = isMany
    ? await readList(reader, { host, findFiles }, warnings)
    : readSingle(reader, host, warnings);
  reader.finish();
  warnings.show(host);
  return { ...inputs, entities };
}

function readSingle(reader: InputReader, host: Host, warnings: Warnings): SingleEntity {
  const blueprint = requiredBlueprint(reader, 'blueprint');
  const preset = reader.choice('preset', ['none', 'deployment'], 'none');
  const payload = readPayload(reader);
  const fields = readEntityFields(reader, preset === 'none' ? undefined : { host, payload });
  const draft = readDraft({ blueprint, ...fields }, undefined, (text) => {
    if (blueprint !== '') reader.problem(`Input ${text}.`);
  });
  if (draft === undefined) throw new TypeError('an entity made of inputs is an object');
  warnings.check(draft);
  return { kind: 'single', draft, service: preset === 'none' ? undefined : readService(payload) };
}

const fieldsOfSingle = ['identifier', 'title', 'icon', 'team', 'properties', 'relations'] as const;

async function readList(
  reader: InputReader,
  { host, findFiles }: { host: Host; findFiles: FindFiles },
  warnings: Warnings,
): Promise<EntityList> {
  keepMemoryFlat();
  const superfluous = fieldsOfSingle.filter((name) => reader.text(name) !== undefined);
  if (reader.choice('preset', ['none', 'deployment'], 'none') !== 'none') {
    reader.problem('Input preset is for one entity by hand; remove it, or remove entities and entitiesFile.');
  }
  if (superfluous.length > 0) {
    reader.problem(
      `Inputs ${superfluous.join(', ')} are for one entity by hand, entities and entitiesFile for many. Remove one or the other.`,
    );
  }
  const blueprint = blueprintInput(reader, 'blueprint');
  const inline = reader.text('entities');
  const files = inputFiles(reader, { host, findFiles }, 'entitiesFile');
  // Megabytes of YAML take the parser seconds in one go.
  const sources = endableBySignal(() => [
    ...(inline === undefined ? [] : [inlineSource(inline)]),
    ...files.map((file) => fileSource(file, host)),
  ]);
  const source = joinSources(sources);
  const survey = await surveyEntities(source, {
    blueprint,
    warnings,
    problem: (text) => reader.problem(text),
  });
  if (survey.count === 0 && files.length > 0) reader.problem('Input entitiesFile holds no entities.');
  else if (survey.count === 0 && inline !== undefined) reader.problem('Input entities holds no entities.');
  return { kind: 'list', blueprint, source, survey };
}

/** What the preset takes its values from. */
export interface PresetSource {
  readonly host: Host;
  readonly payload: Readonly<Record<string, unknown>> | undefined;
}

/** The fields of an entity by hand, completed by the preset where there is one. They are not checked yet. */
export function readEntityFields(reader: InputReader, preset: PresetSource | undefined): StructuredMap {
  const deployment = preset === undefined ? undefined : readDeployment(preset.host, preset.payload);
  const properties = readMapInput(reader, 'properties');
  const identifier = reader.text('identifier') ?? deployment?.identifier;
  const title = reader.text('title') ?? deployment?.title;
  const icon = reader.text('icon');
  const team = readTeam(reader);
  const relations = readMapInput(reader, 'relations');
  const allProperties = deployment === undefined ? properties : { ...deployment.properties, ...properties };
  return {
    ...(identifier !== undefined && { identifier }),
    ...(title !== undefined && { title }),
    ...(icon !== undefined && { icon }),
    ...(team !== undefined && { team }),
    ...(allProperties !== undefined && { properties: allProperties }),
    ...(relations !== undefined && { relations }),
  };
}

/** One team a line, or a YAML or JSON list. */
function readTeam(reader: InputReader): Structured | undefined {
  const text = reader.text('team');
  if (text === undefined) return undefined;
  if (/^(\[|\{|- )/.test(text)) return readStructuredInput(reader, 'team');
  const teams = reader.lines('team');
  return teams.length === 1 ? teams[0] : teams;
}

import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readDefinitions, readFolder } from '../../../local/folder.ts';
import { isRecord } from '../../../tasks/common/json.ts';
import { examples } from '../../support/loop-run.ts';

export type Json = Readonly<Record<string, unknown>>;

export const recordAt = (json: unknown, ...path: string[]): Json =>
  path.reduce<Json>((from, key) => (isRecord(from[key]) ? from[key] : {}), isRecord(json) ? json : {});

export const textsAt = (json: Json, key: string): string[] => [json[key] ?? []].flat().map(String);

/** One example: its pipelines, and what setup makes for it. */
export interface Example {
  readonly name: string;
  /** Name in Azure DevOps, file, and YAML of each pipeline. */
  readonly pipelines: readonly { readonly name: string; readonly file: string; readonly yaml: string }[];
  /** Its port-azure.yml; undefined where setup makes nothing for it. */
  readonly settings: Json | undefined;
  readonly actions: readonly Json[];
}

/** Where an action starts a pipeline through the runs API, with the pipeline's id, which is 1 in the examples' files. */
export const runsUrl = /(?<=\/_apis\/pipelines\/)1(?=\/runs\b)/;

async function readExample(name: string): Promise<Example> {
  const folder = join(examples, name);
  const file = join(folder, 'port-azure.yml');
  const settings = existsSync(file) ? recordAt(parse(readFileSync(file, 'utf8'))) : undefined;
  const named = settings?.pipelines === undefined ? [settings ?? {}] : (settings.pipelines as Json[]);
  const nameOf = (each: string): string => {
    const pipeline = named.find(({ pipelineFile }) => pipelineFile === each)?.pipeline;
    return typeof pipeline === 'string' ? pipeline : `${name}/${each}`;
  };
  const files = await readFolder(folder).then(
    ({ pipelines }) => pipelines,
    () => [],
  );
  const bodies = (await readDefinitions(folder)).map(({ body }) => body);
  return {
    name,
    settings,
    pipelines: files.map((each) => ({
      name: nameOf(each),
      file: each,
      yaml: readFileSync(join(folder, each), 'utf8'),
    })),
    // Those that a person presses, and that start a pipeline.
    actions: bodies.filter((body) => {
      const { type, url } = recordAt(body, 'invocationMethod');
      const isCall = type === 'AZURE_DEVOPS' || runsUrl.test(String(url));
      return isCall && recordAt(body, 'trigger').type === 'self-service';
    }),
  };
}

export const all = await Promise.all(
  readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readExample(name)),
);

/** Copies the examples into one repository, each with its `folder` as its own comment says. */
export function copyTo(repository: string): void {
  cpSync(examples, join(repository, 'examples'), { recursive: true });
  for (const { name, pipelines } of all)
    for (const { file, yaml } of pipelines)
      writeFileSync(
        join(repository, 'examples', name, file),
        yaml.replace(/^ {2}folder: \.$/m, `  folder: examples/${name}`),
      );
}

/** One port-azure.yml for all examples that have one. */
export function settingsOfAll(organization: string, repository: string): string {
  const filed = all.flatMap(({ name, settings }) => (settings === undefined ? [] : [{ name, settings }]));
  const files = (key: string): string[] =>
    filed.flatMap(({ name, settings }) =>
      textsAt(recordAt(settings, 'port'), key).map((file) => `examples/${name}/${file}`),
    );
  const pipelines = all
    .filter(({ settings }) => settings !== undefined)
    .flatMap((example) =>
      example.pipelines.map(({ name, file }) => ({
        pipeline: name,
        pipelineFile: join(repository, 'examples', example.name, file),
      })),
    );
  return stringify({
    ...{ organization, project: 'my-project', pipelines },
    webhook: { name: 'portDeploy', connection: 'port-webhook' },
    portConnection: 'port',
    port: { blueprints: files('blueprints'), actions: files('actions') },
    net: true,
  });
}

/** Several examples keep what they need in the same blueprint: it gets the properties and relations of all. */
export const merged = (before: Json, body: Json): Json => ({
  ...body,
  schema: {
    properties: { ...recordAt(before, 'schema', 'properties'), ...recordAt(body, 'schema', 'properties') },
    required: [],
  },
  relations: { ...recordAt(before, 'relations'), ...recordAt(body, 'relations') },
});

/** A value for each input that the action demands. */
export function inputsOf(action: Json): Json {
  const { properties, required } = recordAt(action, 'trigger', 'userInputs');
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.fromEntries(
    names.map((name) => {
      const input = recordAt({ properties }, 'properties', String(name));
      const first: unknown = Array.isArray(input.enum) ? input.enum[0] : undefined;
      const usual = input.type === 'number' ? (input.minimum ?? 1) : 'checkout';
      return [String(name), input.default ?? first ?? usual];
    }),
  );
}

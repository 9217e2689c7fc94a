import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from '../tasks/common/text/decode.ts';
import { readTriggers } from './agent/index.ts';

/** A file of Port JSON, and the route of Port's API that takes it. */
export interface Definition {
  readonly file: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The names by which pipelines, actions and service connections know each other. */
export interface ConnectionNames {
  /**
   * `name` is what Port calls, `connection` what the pipeline's YAML names. Actions sign their calls; a node of a
   * workflow does not.
   */
  readonly webhooks: readonly {
    readonly name: string;
    readonly connection: string;
    readonly isSigned: boolean;
  }[];
  /** Service connections of the tasks. */
  readonly port: readonly string[];
}

/** A folder with a pipeline, and its Port JSON in `port`. */
export interface LoopFolder {
  /** File names of the pipelines. */
  readonly pipelines: readonly string[];
  readonly connections: ConnectionNames;
  /** Where Port's actions call; absent where none of them says it. */
  readonly organization?: string;
  readonly project?: string;
}

/** What each kind of definition has, in the order in which they need each other. */
const kinds = [
  { path: '/v1/blueprints', key: 'schema' },
  { path: '/v1/blueprints/{blueprint}/scorecards', key: 'rules' },
  { path: '/v1/webhooks', key: 'mappings' },
  { path: '/v1/actions', key: 'invocationMethod' },
  { path: '/v1/workflows', key: 'nodes' },
];

const kindOf = (body: Definition['body']) => kinds.find(({ key }) => key in body);

/** @throws Error that names the folder or file, and says what to do */
export async function readFolder(folder: string): Promise<LoopFolder> {
  const pipelines = await readPipelines(folder);
  const definitions = JSON.stringify((await readDefinitions(folder)).map(({ body }) => body));
  const find = (pattern: RegExp): string | undefined => pattern.exec(definitions)?.[1];
  // A backslash ends a name: in a mapping the address may be a text of JQ, "\"https://dev.azure.com/my-org/\" + …".
  const organization = find(/(?:"org":"|dev\.azure\.com\/)([^/\\"{ ]+)/);
  const project = find(/dev\.azure\.com\/[^/\\"]+\/([^/\\"{_][^/\\"{]*)/);
  const names = unique(definitions.matchAll(/(?:"webhook":"|\/webhooks\/)([^"/?{]+)/g), 'portDeploy');
  const connections = unique(
    pipelines.flatMap(({ name, text }) =>
      readTriggers(text, name).webhooks.map((each) => ['', each.connection]),
    ),
    'port-webhook',
  );
  const tasks = pipelines.flatMap(({ text }) => [...text.matchAll(/\bportConnection: *['"]?([^'"\s#$]+)/g)]);
  return {
    pipelines: pipelines.map(({ name }) => name),
    connections: {
      webhooks: (names.length > connections.length ? names : connections).map((_, index) => ({
        name: names[index] ?? names.at(-1) ?? '',
        connection: connections[index] ?? connections.at(-1) ?? '',
        isSigned: !definitions.includes(`/webhooks/${names[index] ?? names.at(-1) ?? ''}`),
      })),
      port: unique(tasks, 'port'),
    },
    ...(organization !== undefined && { organization }),
    ...(project !== undefined && { project: decodeURIComponent(project) }),
  };
}

/** The first group of each match, once; the usual name where there is none. */
function unique(matches: Iterable<readonly string[]>, usual: string): string[] {
  const found = new Set([...matches].map(([, name = '']) => name));
  return found.size === 0 ? [usual] : [...found];
}

/** YAML files that have what only a pipeline has at its top. */
async function readPipelines(folder: string): Promise<{ name: string; text: string }[]> {
  const names = await readdir(folder).catch(() => {
    throw new Error(
      `${folder}: there is no such folder. Name one that has a pipeline, such as examples/deploy.`,
    );
  });
  const files = names.filter((name) => /\.ya?ml$/i.test(name)).sort();
  const read = files.map(async (name) => ({ name, text: decodeText(await readFile(join(folder, name))) }));
  const pipelines = (await Promise.all(read)).filter(({ text }) =>
    /^(?:steps|jobs|stages|extends) *:/m.test(text),
  );
  if (pipelines.length > 0) return pipelines;
  throw new Error(
    `${folder} has no pipeline: none of its YAML files (${files.join(', ') || 'there are none'}) has steps, jobs or stages. ` +
      'Put the pipeline into the folder itself, beside the folder port with the JSON of its actions, or name another folder.',
  );
}

/**
 * The Port JSON of a folder; none where it has no folder `port`. A node of a workflow becomes a workflow that has a
 * button to start it.
 * @throws Error that names the file, and says what to do
 */
export async function readDefinitions(folder: string): Promise<readonly Definition[]> {
  const names = await readdir(join(folder, 'port')).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).sort();
  const all = await Promise.all(files.map((name) => readDefinition(join(folder, 'port', name))));
  return kinds.flatMap((kind) => all.filter(({ body }) => kindOf(body) === kind));
}

async function readDefinition(file: string): Promise<Definition> {
  const body = parse(file, decodeText(await readFile(file)));
  if ('config' in body) return { file, path: '/v1/workflows', body: workflowOf(body) };
  const kind = kindOf(body);
  if (kind !== undefined)
    return kind.key === 'rules' ? scorecardOf(file, kind.path, body) : { file, path: kind.path, body };
  throw new Error(
    `${file} is nothing that Port takes: a blueprint has schema, a scorecard rules, an action or automation ` +
      'invocationMethod, a webhook mappings, a workflow nodes, a node of one config. Mend it, or move it out of the ' +
      'folder port.',
  );
}

/** Which blueprint a scorecard is of stands in its file, but in the path of Port's route. */
function scorecardOf(file: string, path: string, { blueprint, ...body }: Definition['body']): Definition {
  if (typeof blueprint === 'string')
    return { file, path: path.replace('{blueprint}', encodeURIComponent(blueprint)), body };
  throw new Error(
    `${file} is a scorecard of no blueprint. Add "blueprint": "service", with the identifier of the blueprint.`,
  );
}

function parse(file: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new Error(`${file} is no JSON: ${String(error)}. Mend it, and start again.`, { cause: error });
  }
  throw new Error(`${file} holds no JSON object. Mend it, and start again.`);
}

function workflowOf({
  identifier,
  title,
  type,
  config,
}: Readonly<Record<string, unknown>>): Definition['body'] {
  const trigger = { type: 'SELF_SERVE_TRIGGER', userInputs: { properties: {} } };
  return {
    identifier,
    title,
    nodes: [
      { identifier: 'start', config: trigger },
      { identifier, title, config: { type, ...(config as object) } },
    ],
    connections: [{ sourceIdentifier: 'start', targetIdentifier: identifier }],
  };
}

import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { decodeText } from '../../../tasks/common/text/decode.ts';
import { PipelineError } from '../errors.ts';
import { Parameters } from '../expressions/values.ts';
import type { AgentSettings } from '../settings.ts';
import type { RunRequest, TemplateReference } from '../types.ts';
import { runVariables } from '../variables/run-variables.ts';
import { evaluateDefinitions } from '../variables/runtime-variables.ts';
import { Variables } from '../variables/variables.ts';
import type { Pipeline } from '../yaml/pipeline.ts';
import { type Given, readParameters } from '../yaml/read-parameters.ts';
import { readPipeline } from '../yaml/read-pipeline.ts';
import { parseYaml, writeYaml } from '../yaml/tree.ts';
import { readTriggers } from '../yaml/triggers.ts';
import { checkExpressions } from './check-expressions.ts';
import { type ResolvedTasks, resolveTasks } from './resolve-task.ts';
import { defaultRunNumber, makeRunNumber } from './run-number.ts';
import { expandPipeline } from './templates/expand-pipeline.ts';
import { type SourceRepository, findRepositories } from './templates/repositories.ts';
import type { TemplateFile } from './templates/template-file.ts';

export interface CompiledRun {
  readonly pipeline: Pipeline;
  readonly tasks: ResolvedTasks;
  readonly buildNumber: string;
  /** The whole YAML with its templates and template expressions replaced. */
  readonly finalYaml: string;
  /** The file's name, for errors. */
  readonly fileName: string;
  /** What the pipeline extends, the template that it names first. */
  readonly extended: readonly TemplateReference[];
}

export type NextRevision = (prefix: string) => number;

/** What the server does with a pipeline before it creates the run. Throws `PipelineError`. */
export function compileRun(
  request: RunRequest,
  settings: AgentSettings,
  revision: NextRevision,
  now: Date = new Date(),
): CompiledRun {
  const fileName = basename(request.pipelineFile);
  const text = request.pipelineText ?? readSource(request.pipelineFile);
  const root = parseYaml(text, fileName);
  const aliases = readTriggers(text, fileName).webhooks.map(({ alias }) => [
    alias,
    payloadFor(alias, request),
  ]);
  const parameters = {
    ...readParameters(root, queueTimeValues(request), root.at),
    ...(Object.fromEntries(aliases) as Record<string, unknown>),
  };
  const repositories = findRepositories(request, root);
  const file = fileOf(request, repositories[0]);
  const { root: expanded, extended } = expandPipeline(root, new Parameters(parameters), {
    file,
    repositories,
  });
  const pipeline = readPipeline(expanded);
  checkExpressions(pipeline);
  const variables = pipelineVariables(pipeline, request);
  variables.expandNested();
  const lookup = (name: string) => variables.get(name);
  const tasks = resolveTasks(pipeline, {
    extensions: settings.extensions,
    connections: request.serviceConnections,
    lookup,
  });
  const { text: format = defaultRunNumber, at = `${fileName}:1` } = pipeline.name ?? {};
  const buildNumber = makeRunNumber(format, { now, lookup, revision }, at);
  return { pipeline, tasks, buildNumber, finalYaml: writeYaml(expanded), fileName, extended };
}

function readSource(path: string): string {
  try {
    return decodeText(readFileSync(path));
  } catch (cause) {
    throw new PipelineError(`${basename(path)}: the pipeline file cannot be read`, { cause });
  }
}

/** A pipeline outside of its repository counts as one at the root. */
function fileOf(
  { pipelineFile, repositoryDirectory }: RunRequest,
  repository: SourceRepository,
): TemplateFile {
  const path = relative(repositoryDirectory, pipelineFile).replaceAll('\\', '/');
  return { repository, path: `/${path.startsWith('..') ? basename(pipelineFile) : path}` };
}

/** The runs API gives an object as JSON text. */
function queueTimeValues({ templateParameters = {} }: RunRequest): Given {
  return new Map(
    Object.entries(templateParameters).map(([name, value]) => [
      name,
      (type: string) => (type === 'object' && typeof value === 'string' ? fromJson(value) : value),
    ]),
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Nothing on a run that another trigger started: members of nothing are empty text. */
const payloadFor = (alias: string, { webhook }: RunRequest): unknown =>
  webhook?.alias.toLowerCase() === alias.toLowerCase() ? webhook.payload : null;

/** Variables of the run and of the pipeline's root: those set at queue time give way to those of the YAML. */
export function pipelineVariables(pipeline: Pipeline, request: RunRequest): Variables {
  const variables = new Variables();
  Object.entries(request.variables ?? {}).forEach(([name, { value, ...flags }]) =>
    variables.define(name, value, flags),
  );
  Object.entries(runVariables(request)).forEach(([name, value]) =>
    variables.define(name, value, { isReadOnly: true }),
  );
  evaluateDefinitions(variables, pipeline.variables, {});
  return variables;
}

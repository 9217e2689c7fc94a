import type { Host } from '../agent/host.ts';
import { readPipelineContext } from '../agent/pipeline-context.ts';
import { valueAt } from '../json.ts';
import { type Structured, setOwn } from '../structured-text/parse.ts';
import { isUnresolved } from '../text/plain-text.ts';
import { asIdentifier, identifierProblem } from './identifiers.ts';
import { pipelineRunId, stageOf } from './run-identifiers.ts';

type Payload = Readonly<Record<string, unknown>> | undefined;

export interface Deployment {
  readonly identifier: string | undefined;
  readonly title: string | undefined;
  readonly properties: Readonly<Record<string, Structured>>;
}

/** Port's documented payload templates, and the fixed payload of older actions. */
const userPaths = [
  ['trigger', 'by', 'user', 'email'],
  ['port_context', 'user'],
] as const;
const servicePaths = [
  ['properties', 'service'],
  ['payload', 'properties', 'service'],
] as const;

/** What the pipeline run knows of the deployment that it is. */
export function readDeployment(host: Pick<Host, 'variable'>, payload: Payload): Deployment {
  const run = readPipelineContext(host);
  const id = pipelineRunId(host);
  const stage = stageOf(host);
  const stages = stage === undefined ? [] : [stage];
  const properties: Record<string, Structured> = {};
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined && value.trim() !== '' && !isUnresolved(value))
      setOwn(properties, name, value.trim());
  };
  set('jobUrl', run.url);
  set('deployingUser', textAt(payload, userPaths) ?? run.requestedFor);
  set('commitSha', run.commit);
  set('imageTag', host.variable('imageTag'));
  const name = run.definitionName ?? 'deployment';
  return {
    identifier: id === undefined ? undefined : asIdentifier([name, id, ...stages].join('-')),
    title: run.number === undefined ? undefined : [name, run.number, ...stages].join(' '),
    properties,
  };
}

/** The service that was deployed, where the payload names one by an identifier. */
export function readService(payload: Payload): string | undefined {
  const service = textAt(payload, servicePaths);
  return service === undefined || identifierProblem(service) !== undefined ? undefined : service;
}

function textAt(payload: Payload, paths: readonly (readonly string[])[]): string | undefined {
  for (const path of paths) {
    const value = valueAt(payload, path);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

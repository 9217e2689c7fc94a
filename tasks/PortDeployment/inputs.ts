import type { Host } from '../common/agent/host.ts';
import { type PipelineResult, parseResult } from '../common/agent/pipeline-result.ts';
import { outputFile } from '../common/inputs/file-inputs.ts';
import { InputReader } from '../common/inputs/input-reader.ts';
import { type RunId, checkRunIdDemand, readPayload, readRunId } from '../common/inputs/run-id.ts';
import { type SharedInputs, readSharedInputs } from '../common/inputs/shared-inputs.ts';
import { readMapInput } from '../common/inputs/structured-input.ts';
import { type Deployment, readDeployment, readService } from '../common/port/deployment.ts';
import { blueprintInput, identifierInput } from '../common/port/identifier-inputs.ts';
import type { StructuredMap } from '../common/structured-text/parse.ts';
import { isUnresolved, oneLine } from '../common/text/plain-text.ts';
import type { Start } from './contents/start.ts';
import { deploymentIdentifier } from './entity/identifier.ts';
import {
  type Names,
  type PropertyKey,
  type RelationKey,
  propertyKeys,
  readNames,
  relationKeys,
} from './entity/names.ts';

export interface DeploymentInputs extends SharedInputs {
  readonly runId: RunId | undefined;
  readonly record: 'end' | 'now';
  /** What to record now; `auto`: what the job has come to so far. */
  readonly status: PipelineResult | 'auto';
  readonly environment: string;
  /** The service's identifier, where it is known without a look into Port. */
  readonly service: string | undefined;
  /** Undefined: the one that the blueprint's relation points to. */
  readonly serviceBlueprint: string | undefined;
  readonly blueprint: string;
  readonly identifier: string;
  readonly properties: StructuredMap | undefined;
  readonly propertyNames: Names<PropertyKey>;
  readonly relationNames: Names<RelationKey>;
  readonly areContentsWanted: boolean;
  readonly since: Start | 'lastSuccess';
  /** Absolute. */
  readonly changesFile: string | undefined;
  /** What the pipeline knows of the deployment. */
  readonly known: Deployment;
}

/**
 * @param address of Port's API, in place of the one that inputs and variables give.
 * @throws InputError with every problem of the inputs.
 */
export function readInputs(host: Host, address?: string): DeploymentInputs {
  const reader = new InputReader({
    input: (name) => (name === 'baseUrl' ? (address ?? host.input(name)) : host.input(name)),
  });
  const payload = readPayload(reader);
  const environment = readEnvironment(reader);
  const inputs: DeploymentInputs = {
    ...readSharedInputs(reader, host),
    runId: readRunId(reader, host),
    record: reader.choice('record', ['end', 'now'], 'end'),
    status: readStatus(reader),
    environment,
    service: identifierInput(reader, 'service') ?? readService(payload),
    serviceBlueprint: blueprintInput(reader, 'serviceBlueprint'),
    blueprint: blueprintInput(reader, 'blueprint') ?? 'deployment',
    identifier: readIdentifier(reader, host, environment),
    properties: readMapInput(reader, 'properties'),
    propertyNames: readNames(reader, 'propertyNames', propertyKeys),
    relationNames: readNames(reader, 'relationNames', relationKeys),
    areContentsWanted: reader.flag('contents', true),
    since: readSince(reader),
    changesFile: outputFile(reader, host, 'changesFile'),
    known: readDeployment(host, payload),
  };
  checkRunIdDemand(reader, inputs.runId, 'the deployment is then not tied to a run');
  reader.finish();
  return inputs;
}

function readEnvironment(reader: InputReader): string {
  const environment = reader.required('environment', 'what is deployed to, such as Production');
  if (isUnresolved(environment)) {
    reader.problem(
      `Input environment is "${oneLine(environment, 60)}", which nothing replaced: $(Environment.Name) has a value in deployment jobs only.`,
    );
  }
  return environment;
}

function readIdentifier(reader: InputReader, host: Host, environment: string): string {
  const identifier = identifierInput(reader, 'identifier') ?? deploymentIdentifier(host, environment);
  if (identifier === undefined)
    reader.problem('Input identifier is empty, and this is no pipeline run that could give one. Set it.');
  return identifier ?? '';
}

function readStatus(reader: InputReader): PipelineResult | 'auto' {
  const text = reader.text('status') ?? 'auto';
  if (text.toLowerCase() === 'auto') return 'auto';
  const status = parseResult(text);
  if (status === undefined) {
    reader.problem(
      `Input status is "${oneLine(text, 60)}". Use auto, success or failure, or Azure's own words (Succeeded, SucceededWithIssues, Failed, Canceled).`,
    );
  }
  return status ?? 'auto';
}

/** Numbers are builds; no commit is named by so few digits alone. */
function readSince(reader: InputReader): Start | 'lastSuccess' {
  const text = reader.text('since') ?? 'lastSuccess';
  if (text.toLowerCase() === 'lastsuccess') return 'lastSuccess';
  if (/^[1-9]\d{0,9}$/.test(text)) return { kind: 'build', id: Number(text) };
  if (/^[0-9a-f]{7,64}$/i.test(text)) return { kind: 'commit', id: text };
  reader.problem(
    `Input since is "${oneLine(text, 60)}". Use lastSuccess, the id of a build, or a commit (7 signs of it or more).`,
  );
  return 'lastSuccess';
}

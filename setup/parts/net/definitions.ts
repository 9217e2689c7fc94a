import type { Connection } from '../../../tasks/common/inputs/connection.ts';
import type { Json } from '../../json.ts';
import { ingestSecret, ingestSecurity } from '../ingest.ts';
import { netBlueprintId, netMappings } from './mappings.ts';

/**
 * The net under lost agents, of Port's own parts alone: Azure DevOps tells Port's ingest webhook of the end of every
 * pipeline run; a mapping cuts the Port run id out of the run's number and keeps the result as an entity; an
 * automation hands that result to the run. A run that is closed already refuses it, and nothing happens.
 */

export const netWebhookId = 'azure-pipelines-net';

export const netBlueprint: Json = {
  identifier: netBlueprintId,
  title: 'Azure pipeline run',
  icon: 'AzureDevops',
  description: 'How a pipeline run ended that a Port action or workflow started',
  schema: {
    properties: {
      number: { type: 'string', title: 'Run number' },
      result: { type: 'string', title: 'Result' },
      link: { type: 'string', format: 'url', title: 'Run' },
      portRunId: { type: 'string', title: 'Port run id' },
      portStatus: { type: 'string', title: 'Status for an action run' },
      nodeResult: { type: 'string', title: 'Result for a workflow node' },
      label: { type: 'string', title: 'Label' },
      finishedAt: { type: 'string', title: 'Finished at' },
    },
    required: [],
  },
  relations: {},
};

/** Either event type is understood, whichever the service hook sends. */
export const netWebhook = (secret: string): Json => ({
  identifier: netWebhookId,
  title: 'Azure Pipelines: ends of runs',
  icon: 'AzureDevops',
  enabled: true,
  mappings: netMappings,
  security: ingestSecurity(secret),
});

interface Ending {
  readonly identifier: string;
  readonly title: string;
  /** How the ids of these runs begin. */
  readonly prefix: string;
  /** Where Port's API takes their end. */
  readonly path: string;
  readonly body: Json;
}

const event = '.event.diff.after.properties';

/** Action runs and workflow nodes have different routes and different words for an end. */
const endings: readonly Ending[] = [
  {
    identifier: 'azure_pipeline_run_ended',
    title: 'Close the run of an action whose pipeline ended',
    prefix: 'r_',
    path: `/v1/actions/runs/{{ ${event}.portRunId }}`,
    body: {
      status: `{{ ${event}.portStatus }}`,
      statusLabel: `{{ ${event}.label }}`,
      link: `{{ ${event}.link }}`,
      summary: `The pipeline run {{ ${event}.number }} ended as {{ ${event}.result }}, and no step of it had told Port.`,
    },
  },
  {
    identifier: 'azure_pipeline_node_ended',
    title: 'Close the workflow node whose pipeline ended',
    prefix: 'wfnr_',
    path: `/v1/workflows/nodes/runs/{{ ${event}.portRunId }}`,
    body: { status: 'COMPLETED', result: `{{ ${event}.nodeResult }}`, links: [`{{ ${event}.link }}`] },
  },
];

/** An automation that hands a pipeline's result to one kind of run. */
export interface NetAutomation {
  readonly identifier: string;
  /** @param apiUrl Port's own API, which Port calls without credentials of ours */
  readonly definition: (apiUrl: string) => Json;
}

export const netAutomations: readonly NetAutomation[] = endings.map((ending) => ({
  identifier: ending.identifier,
  definition: (apiUrl) => automation(ending, apiUrl),
}));

const after = '.diff.after.properties';

function automation({ identifier, title, prefix, path, body }: Ending, apiUrl: string): Json {
  return {
    identifier,
    title,
    trigger: {
      type: 'automation',
      event: { type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: netBlueprintId },
      condition: {
        type: 'JQ',
        combinator: 'and',
        expressions: [
          `(${after}.portRunId // "") | startswith("${prefix}")`,
          // An edit of the entity by hand is no end of a run.
          `(.diff.before.properties.finishedAt // "") != (${after}.finishedAt // "")`,
        ],
      },
    },
    invocationMethod: {
      type: 'WEBHOOK',
      url: apiUrl + path,
      method: 'PATCH',
      synchronized: true,
      headers: {},
      body,
    },
    publish: true,
  };
}

/** The secret that the net's service hook sends and Port's webhook wants. */
export const netSecret = (connection: Pick<Connection, 'clientSecret'>): string =>
  ingestSecret(connection, 'net');

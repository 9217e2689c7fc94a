import type { Json } from '../../json.ts';
import { ingestSecurity, isRunId } from '../ingest.ts';
import { approvalBlueprintId, approvalMappings, guidPattern } from './mapping.ts';

/**
 * Approve in Port, of Port's own parts alone: Azure DevOps tells Port's ingest webhook of each approval that a stage waits for,
 * and of its end; a mapping keeps it as an entity; an automation says in the run what it waits for; and two actions on
 * the entity decide by a call of Azure DevOps.
 */

export const approvalWebhookId = 'azure-pipelines-approvals';

const text = (title: string): Json => ({ type: 'string', title });

export const approvalBlueprint: Json = {
  identifier: approvalBlueprintId,
  title: 'Azure approval',
  icon: 'AzureDevops',
  description: 'What a stage of a pipeline run waits for, and how it was decided',
  schema: {
    properties: {
      environment: text('Environment'),
      stage: text('Stage'),
      pipeline: text('Pipeline'),
      instructions: text('Instructions'),
      waitingFor: text('Waits for'),
      decision: text('Decision'),
      decidedBy: text('Decided by'),
      comment: text('Comment'),
      link: { type: 'string', format: 'url', title: 'Run' },
      pendingAt: text('Waits since'),
      completedAt: text('Decided at'),
      portRunId: text('Port run id'),
      projectId: { ...text('Project id'), pattern: guidPattern },
      waitingLabel: text('Label while it waits'),
      decisionLabel: text('Label when it is decided'),
    },
    required: [],
  },
  calculationProperties: {
    status: { title: 'Status', type: 'string', calculation: '.properties.decision // "pending"' },
  },
  relations: {},
};

/** Finds what waits. What came out of order has a decision already. */
export const pendingQuery = {
  combinator: 'and',
  rules: [
    { property: 'pendingAt', operator: 'isNotEmpty' },
    { property: 'decision', operator: 'isEmpty' },
  ],
} as const;

export const approvalWebhook = (secret: string, organizationUrl: string): Json => ({
  identifier: approvalWebhookId,
  title: 'Azure Pipelines: approvals',
  icon: 'AzureDevops',
  enabled: true,
  mappings: approvalMappings(organizationUrl),
  security: ingestSecurity(secret),
});

interface Labelled {
  readonly identifier: string;
  readonly title: string;
  /** How the ids of these runs begin. */
  readonly prefix: 'r_' | 'wfnr_';
  /** Where Port's API takes their label. */
  readonly path: string;
}

/** Action runs and workflow nodes have different routes. */
const labelled: readonly Labelled[] = [
  {
    identifier: 'azure_approval_of_run',
    title: 'Show in the run of an action what its pipeline waits for',
    prefix: 'r_',
    path: '/v1/actions/runs',
  },
  {
    identifier: 'azure_approval_of_node',
    title: 'Show in a workflow node what its pipeline waits for',
    prefix: 'wfnr_',
    path: '/v1/workflows/nodes/runs',
  },
];

/** An automation that shows an approval in one kind of run. */
export interface ApprovalAutomation {
  readonly identifier: string;
  /** @param apiUrl Port's own API, which Port calls without credentials of ours */
  readonly definition: (apiUrl: string) => Json;
}

export const approvalAutomations: readonly ApprovalAutomation[] = labelled.map((each) => ({
  identifier: each.identifier,
  definition: (apiUrl) => automation(each, apiUrl),
}));

const before = '.diff.before.properties';
const after = '.diff.after.properties';

/** What is said is new: the decision, or, as long as there is none, whom it waits for. */
const isNews = `if ${after}.decision then ${before}.decision != ${after}.decision else ${after}.waitingLabel and ${before}.waitingLabel != ${after}.waitingLabel end`;

function automation({ identifier, title, prefix, path }: Labelled, apiUrl: string): Json {
  const properties = '.event.diff.after.properties';
  return {
    identifier,
    title,
    trigger: {
      type: 'automation',
      event: { type: 'ANY_ENTITY_CHANGE', blueprintIdentifier: approvalBlueprintId },
      condition: {
        type: 'JQ',
        combinator: 'and',
        expressions: [isRunId(`${after}.portRunId`, prefix), isNews],
      },
    },
    invocationMethod: {
      type: 'WEBHOOK',
      url: `${apiUrl}${path}/{{ ${properties}.portRunId }}`,
      method: 'PATCH',
      synchronized: true,
      headers: {},
      body: { statusLabel: `{{ ${properties}.decisionLabel // ${properties}.waitingLabel }}` },
    },
    publish: true,
  };
}

import type { Json } from '../../json.ts';
import { type Automation, after, automation, before, isOfKind, nodePath, runPath } from '../automation.ts';
import { ingestSecurity } from '../ingest.ts';
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

/** What is said is new: the decision, or, as long as there is none, whom it waits for. */
const isNews = `if ${after}.decision then ${before}.decision != ${after}.decision else ${after}.waitingLabel and ${before}.waitingLabel != ${after}.waitingLabel end`;

const shown = {
  event: 'ANY_ENTITY_CHANGE',
  blueprint: approvalBlueprintId,
  body: { statusLabel: `{{ .event${after}.decisionLabel // .event${after}.waitingLabel }}` },
} as const;

/** They show an approval in the run. */
export const approvalAutomations: readonly Automation[] = [
  automation({
    ...shown,
    identifier: 'azure_approval_of_run',
    title: 'Show in the run of an action what its pipeline waits for',
    conditions: [isOfKind('r_'), isNews],
    path: runPath,
  }),
  automation({
    ...shown,
    identifier: 'azure_approval_of_node',
    title: 'Show in a workflow node what its pipeline waits for',
    conditions: [isOfKind('wfnr_'), isNews],
    path: nodePath,
  }),
];

import type { Json } from '../../json.ts';
import { ingestSecurity } from '../ingest.ts';
import { netMappings } from './mappings.ts';

/**
 * The net under lost agents, of Port's own parts alone: Azure DevOps tells Port's ingest webhook of the end of every
 * pipeline run; a mapping cuts the Port run id out of the run's number and keeps the result as an entity; an
 * automation hands that result to the run. A run that is closed already refuses it, and nothing happens. Where progress
 * is wanted, start, stages and jobs go the same way.
 */

export const netWebhookId = 'azure-pipelines-net';

/** Either event type is understood, whichever the service hook sends. */
export const netWebhook = (secret: string): Json => ({
  identifier: netWebhookId,
  title: 'Azure Pipelines: ends of runs',
  icon: 'AzureDevops',
  enabled: true,
  mappings: netMappings,
  security: ingestSecurity(secret),
});

import { createHmac } from 'node:crypto';
import type { Connection } from '../../../tasks/common/inputs/connection.ts';
import type { Json } from '../../json.ts';
import { netMappings } from './mappings.ts';

/**
 * The net under lost agents, of Port's own parts alone: Azure DevOps tells Port's ingest webhook of the end of every
 * pipeline run; a mapping cuts the Port run id out of the run's number and keeps the result as an entity; an
 * automation hands that result to the run. A run that is closed already refuses it, and nothing happens. Where progress
 * is wanted, start, stages and jobs go the same way.
 */

export const netWebhookId = 'azure-pipelines-net';
/** The header that carries the secret: Azure DevOps cannot sign what it sends. */
export const netSecretHeader = 'x-port-secret';

/** Either event type is understood, whichever the service hook sends. */
export const netWebhook = (secret: string): Json => ({
  identifier: netWebhookId,
  title: 'Azure Pipelines: ends of runs',
  icon: 'AzureDevops',
  enabled: true,
  mappings: netMappings,
  security: {
    secret,
    signatureHeaderName: netSecretHeader,
    signatureAlgorithm: 'plain',
    requestIdentifierPath: '.body.id',
  },
});

/**
 * The secret that the service hook sends and Port's webhook wants. It is made out of Port's client secret, so that either
 * side can be mended alone at any time, and nobody has to keep it; the client secret cannot be worked out of it.
 */
export const netSecret = ({ clientSecret }: Pick<Connection, 'clientSecret'>): string =>
  createHmac('sha256', clientSecret).update('port-azure-pipelines/net').digest('hex');

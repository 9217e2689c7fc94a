import { createHmac } from 'node:crypto';
import type { Connection } from '../../tasks/common/inputs/connection.ts';

/**
 * The secret that the service hook sends and Port's webhook wants. It is made out of Port's client secret, so that either
 * side can be mended alone at any time, and nobody has to keep it; the client secret cannot be worked out of it.
 */
export const netSecret = ({ clientSecret }: Pick<Connection, 'clientSecret'>): string =>
  createHmac('sha256', clientSecret).update('port-azure-pipelines/net').digest('hex');

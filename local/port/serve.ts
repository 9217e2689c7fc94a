import { parseArgs } from 'node:util';
import { startPort } from './index.ts';

/** `node local/port/serve.ts --port 3000`: a Port to try things against. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    'client-id': { type: 'string', default: 'local-client' },
    'client-secret': { type: 'string', default: 'local-secret' },
    'azure-devops-url': { type: 'string', default: 'https://dev.azure.com' },
  },
});
const { url, ingestUrl, clientId } = await startPort({
  port: Number(values.port),
  clientId: values['client-id'],
  clientSecret: values['client-secret'],
  azureDevOpsUrl: values['azure-devops-url'],
});
process.stdout.write(`Port: ${url}\nIngest: ${ingestUrl}\nClient id: ${clientId}\n`);

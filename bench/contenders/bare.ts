import { Agent } from 'node:https';
import { type Call, send } from './call.ts';

/** One report step by hand: token, log line, PATCH, over one connection, with nothing but Node. */

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const call = (given: Call, token?: string) => send(agent, process.env.PORT_BASE_URL ?? '', given, token);

async function report(): Promise<void> {
  const { PORT_CLIENT_ID: clientId, PORT_CLIENT_SECRET: clientSecret } = process.env;
  const { accessToken } = await call({
    ...{ method: 'POST', path: '/v1/auth/access_token' },
    body: { clientId, clientSecret },
  });
  const path = '/v1/actions/runs/r_bench';
  const logLine = { message: 'Deployed checkout to test' };
  await call({ method: 'POST', path: `${path}/logs`, body: logLine }, accessToken);
  const end = { status: 'SUCCESS', link: ['https://dev.azure.com/example'] };
  await call({ method: 'PATCH', path, body: end }, accessToken);
  process.stdout.write('reported\n');
  agent.destroy();
}

void report();

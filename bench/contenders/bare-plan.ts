import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { type TLSSocket, connect } from 'node:tls';
import type { Plan, PlannedServer } from '../lookups.ts';
import { send } from './call.ts';

/**
 * The calls of a plan in as few round trips as they allow, with nothing but Node: each stage side by side, over connections that
 * are opened while the sign-in goes on.
 */

const plan = JSON.parse(readFileSync(process.env.PLAN ?? '', 'utf8')) as Plan;
const agents = { port: open(plan.servers.port), azureDevOps: open(plan.servers.azureDevOps) };

/** All connections begin at once; a call that comes before its connection is ready waits in it. */
function open({ url, connections }: PlannedServer): Agent {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: connections }, () => connect({ host: hostname, port: Number(port) }));
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return Object.assign(agent, { createConnection: (): TLSSocket | undefined => sockets.pop() });
}

async function run(): Promise<void> {
  const { PORT_CLIENT_ID: clientId, PORT_CLIENT_SECRET: clientSecret, JOB_TOKEN: jobToken } = process.env;
  const signIn = { method: 'POST', path: '/v1/auth/access_token', body: { clientId, clientSecret } };
  const { accessToken } = await send(agents.port, plan.servers.port.url, signIn);
  const tokens = { port: accessToken, azureDevOps: jobToken };
  for (const stage of plan.stages)
    await Promise.all(
      stage.map(({ server, ...call }) =>
        send(agents[server], plan.servers[server].url, call, tokens[server]),
      ),
    );
  for (const agent of Object.values(agents)) agent.destroy();
  process.stdout.write('done\n');
}

void run();

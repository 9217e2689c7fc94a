import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentNodes } from '../local/agent/nodes.ts';
import { environmentName } from '../local/agent/variables/variables.ts';
import { atMost } from './checks.ts';
import { type NodeName, commands } from './contenders.ts';
import type { LoopServers, ServedCall, ServerName } from './loop-server.ts';
import { measure } from './measure.ts';
import { type Figures, joinFigures, tableOf } from './results.ts';
import { compare, runInTurn } from './rounds.ts';
import { type World, forkServer, roundTrip } from './world.ts';

/** Tasks that read before they decide or write, against the same calls in as few round trips as they allow. */

export interface PlannedServer {
  readonly url: string;
  /** How many calls at a time. */
  readonly connections: number;
}

/** The calls after the sign-in: each stage side by side, one stage after another. */
export interface Plan {
  readonly servers: Readonly<Record<ServerName, PlannedServer>>;
  readonly stages: readonly (readonly ServedCall[])[];
}

interface Lookup {
  /** What it does, for the title of the table. */
  readonly what: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What needs the answer of what: the paths that each stage asks, with those of later stages waiting for it. */
  readonly stages: readonly RegExp[];
}

const lookups = {
  PortGate: {
    what: 'an entity, its scorecards and two searches',
    inputs: {
      ...{ INPUT_BLUEPRINT: 'service', INPUT_IDENTIFIER: 'checkout' },
      ...{ INPUT_CONDITIONS: 'properties.owner = shop', INPUT_REQUIRELEVELS: 'readiness >= Bronze' },
      INPUT_FORBIDENTITIES: JSON.stringify(
        ['incident', 'freeze'].map((blueprint) => ({
          blueprint,
          query: [{ property: 'status', operator: '=', value: 'open' }],
        })),
      ),
    },
    stages: [/entities|scorecards/],
  },
  PortDeployment: {
    what: 'the contents of 50 commits',
    inputs: {
      ...{ INPUT_SERVICE: 'checkout', INPUT_ENVIRONMENT: 'Production', INPUT_RECORD: 'now' },
    },
    stages: [
      /blueprints\/deployment$/,
      /blueprints\/deployment\/entities\/search/,
      /build\/(changes|workitems)\?/,
      /pullrequestquery|workitemsbatch/,
      /blueprints\/(pull_request|work_item)\/entities\/search/,
      /blueprints\/deployment\/entities\?/,
    ],
  },
} as const satisfies Readonly<Record<string, Lookup>>;

const limit = 1.25;

export async function measureLookups(world: World, rounds: number): Promise<Figures> {
  const server = forkServer('loop-server.ts');
  try {
    const loop = (await server.ask({ ...world.authority.issue(), roundTrip })) as LoopServers;
    const calls = async () => (await server.ask({})) as ServedCall[];
    const figures: Figures[] = [];
    for (const node of Object.keys(agentNodes) as NodeName[])
      for (const [name, lookup] of Object.entries(lookups))
        figures.push(await measureOne({ world, node, loop, calls, rounds }, name, lookup));
    return joinFigures(figures);
  } finally {
    server.kill();
  }
}

interface Measuring {
  readonly world: World;
  readonly node: NodeName;
  readonly loop: LoopServers;
  /** The calls that reached the servers since the last question. */
  readonly calls: () => Promise<readonly ServedCall[]>;
  readonly rounds: number;
}

async function measureOne(
  { world, node, loop, calls, rounds }: Measuring,
  name: string,
  { what, inputs, stages }: Lookup,
): Promise<Figures> {
  const credentials = { PORT_CLIENT_ID: loop.clientId, PORT_CLIENT_SECRET: loop.clientSecret };
  const { contender, task } = commands(world, node, { url: loop.urls.port, credentials });
  const variables = Object.fromEntries(
    Object.entries(loop.variables).map(([name, value]) => [environmentName(name), value]),
  );
  const ours = task(name, { ...variables, ...inputs });
  await calls();
  const { output } = await measure(ours);
  if (!output.includes('result=Succeeded') || output.includes('task.issue type=warning'))
    throw new Error(`${name} did not do all of its work:\n${output}`);
  const plan = join(world.folder, 'plan.json');
  writeFileSync(plan, JSON.stringify(planOf(loop, await calls(), stages)));
  const jobToken = loop.variables['System.AccessToken'] ?? '';
  const bare = contender('bare-plan', { ...credentials, PLAN: plan, JOB_TOKEN: jobToken });
  const samples = await runInTurn({ bare, ours }, rounds);
  const labels = { bare: 'bare node:https script, the fewest round trips', ours: `**${name}**` };
  return {
    tables: [tableOf(`${name} (${what}) on ${node}, ${roundTrip} ms away`, labels, samples)],
    checks: [
      atMost(
        `${name} ${roundTrip} ms away against the fewest round trips, ${node}: wall`,
        compare(samples.ours, samples.bare, 'wall'),
        limit,
      ),
    ],
  };
}

/** @throws Error where the task makes a call that is in no stage, or none of a stage */
function planOf({ urls }: LoopServers, calls: readonly ServedCall[], stages: readonly RegExp[]): Plan {
  const asked = calls.filter(({ path }) => !path.endsWith('/access_token'));
  const planned = stages.map((stage) => asked.filter(({ path }) => stage.test(path)));
  if (planned.some((stage) => stage.length === 0) || planned.flat().length !== asked.length)
    throw new Error(`The calls do not fit the stages:\n${asked.map(({ path }) => path).join('\n')}`);
  const serverOf = (name: ServerName): PlannedServer => ({
    url: urls[name],
    connections: Math.max(...planned.map((stage) => stage.filter(({ server }) => server === name).length)),
  });
  return { servers: { port: serverOf('port'), azureDevOps: serverOf('azureDevOps') }, stages: planned };
}

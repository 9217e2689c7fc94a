import { agentNodes } from '../local/agent/nodes.ts';
import { type Check, atMost, exactly } from './checks.ts';
import { type NodeName, contenders } from './contenders.ts';
import { measure } from './measure.ts';
import { type Figures, joinFigures, tableOf } from './results.ts';
import { type Quantity, compare, runInTurn } from './rounds.ts';
import { type World, roundTrip } from './world.ts';

/** One report step: token, log line, PATCH. A post-job step that has nothing to send, and the command line's help. */

export interface Rounds {
  readonly near: number;
  readonly far: number;
}

const labels = {
  start: 'process start',
  taskLib: 'process start with task-lib, bundled',
  bare: 'bare node:https script',
  curl: 'curl and jq, outside any step',
  githubAction: "port-github-action's way (@actions/core, axios)",
  githubActionBuild: "port-github-action's own build",
  ours: '**PortRunStatus**',
  postJob: '**PortRunStatus, post-job step with nothing to send**',
  help: '**port-azure-pipelines --help**',
} as const;

type Contender = keyof typeof labels;

export async function measureReportStep(world: World, rounds: Rounds): Promise<Figures> {
  const figures: Figures[] = [];
  for (const node of Object.keys(agentNodes) as NodeName[]) {
    figures.push(await near(world, node, rounds.near), await far(world, node, rounds.far));
  }
  figures.push(await traffic(world));
  return joinFigures(figures);
}

async function near(world: World, node: NodeName, rounds: number): Promise<Figures> {
  const { oursEndByLog, ...others } = contenders(world, node, world.url);
  const samples = await runInTurn(others, rounds);
  const against = (theirs: Contender, quantity: Quantity) => compare(samples.ours, samples[theirs], quantity);
  const nearLimit = node === 'Node 20' ? 1.7 : 1.8;
  return {
    tables: [tableOf(`One report step on ${node}, on loopback`, labels, samples)],
    checks: [
      atMost(`report step against the bare script, ${node}: wall`, against('bare', 'wall'), nearLimit),
      atMost(`report step against the bare script, ${node}: CPU`, against('bare', 'cpu'), nearLimit),
      atMost(`report step against the bare script, ${node}: peak memory`, against('bare', 'peak'), 1.2),
      atMost(
        `report step against port-github-action's way, ${node}: wall`,
        against('githubAction', 'wall'),
        0.8,
      ),
      atMost(
        `post-job step with nothing to send against process start with task-lib, ${node}: wall`,
        compare(samples.postJob, samples.taskLib, 'wall'),
        1,
      ),
      atMost(
        `command line, --help, against process start, ${node}: wall`,
        compare(samples.help, samples.start, 'wall'),
        2.5,
      ),
    ],
  };
}

async function far(world: World, node: NodeName, rounds: number): Promise<Figures> {
  const { bare, curl, githubAction, githubActionBuild, ours } = contenders(world, node, world.slowUrl);
  const samples = await runInTurn({ bare, curl, githubAction, githubActionBuild, ours }, rounds);
  return {
    tables: [tableOf(`One report step on ${node}, ${roundTrip} ms away`, labels, samples)],
    checks: [
      atMost(
        `report step ${roundTrip} ms away against the bare script, ${node}: wall`,
        compare(samples.ours, samples.bare, 'wall'),
        1.15,
      ),
    ],
  };
}

/** What reaches the server. */
async function traffic(world: World): Promise<Figures> {
  const { ours, oursEndByLog, postJob } = contenders(world, 'Node 20', world.url);
  const expected = [
    { what: 'a report step', command: ours, requests: 3, connections: 1 },
    {
      what: 'a report step whose log line carries the end',
      command: oursEndByLog,
      requests: 2,
      connections: 1,
    },
    { what: 'a post-job step with nothing to send', command: postJob, requests: 0, connections: 0 },
  ];
  const checks: Check[] = [];
  for (const { what, command, requests, connections } of expected) {
    await world.counts();
    await measure(command);
    const counted = await world.counts();
    checks.push(
      exactly(`requests of ${what}`, counted.requests, requests),
      exactly(`connections of ${what}`, counted.connections, connections),
    );
  }
  return { tables: [], checks };
}

import { agentNodes } from '../local/agent/nodes.ts';
import { type Check, atMost, exactly } from './checks.ts';
import { type NodeName, contenders } from './contenders.ts';
import { median } from './figures.ts';
import { type Sample, measure } from './measure.ts';
import { type Quantity, compare, runInTurn } from './rounds.ts';
import { type World, roundTrip } from './world.ts';

/** One report step: token, log line, PATCH. And a post-job step that has nothing to send. */

export interface ReportFigures {
  /** A table for each Node version and distance. */
  readonly tables: readonly Table[];
  readonly checks: readonly Check[];
}

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

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
  ours: '**PortRunStatus**',
  postJob: '**PortRunStatus, post-job step with nothing to send**',
} as const;

type Contender = keyof typeof labels;

export async function measureReportStep(world: World, rounds: Rounds): Promise<ReportFigures> {
  const figures: ReportFigures[] = [];
  for (const node of Object.keys(agentNodes) as NodeName[]) {
    figures.push(await near(world, node, rounds.near), await far(world, node, rounds.far));
  }
  figures.push(await traffic(world));
  return {
    tables: figures.flatMap(({ tables }) => tables),
    checks: figures.flatMap(({ checks }) => checks),
  };
}

async function near(world: World, node: NodeName, rounds: number): Promise<ReportFigures> {
  const { start, taskLib, bare, curl, githubAction, ours, postJob } = contenders(world, node, world.url);
  const samples = await runInTurn({ start, taskLib, bare, curl, githubAction, ours, postJob }, rounds);
  const against = (theirs: Contender, quantity: Quantity) => compare(samples.ours, samples[theirs], quantity);
  const nearLimit = node === 'Node 20' ? 1.7 : 1.8;
  return {
    tables: [tableOf(`One report step on ${node}, on loopback`, samples)],
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
    ],
  };
}

async function far(world: World, node: NodeName, rounds: number): Promise<ReportFigures> {
  const { bare, curl, githubAction, ours } = contenders(world, node, world.slowUrl);
  const samples = await runInTurn({ bare, curl, githubAction, ours }, rounds);
  return {
    tables: [tableOf(`One report step on ${node}, ${roundTrip} ms away`, samples)],
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
async function traffic(world: World): Promise<ReportFigures> {
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

function tableOf(title: string, samples: Partial<Record<Contender, readonly Sample[]>>): Table {
  const { bare = [] } = samples;
  const rows = (Object.keys(labels) as Contender[]).flatMap((name) => {
    const own = samples[name];
    if (own === undefined) return [];
    const ratio = (quantity: Quantity) => {
      const { value, low, high } = compare(own, bare, quantity);
      return Number.isNaN(value) ? '-' : `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    };
    // What bash itself takes says nothing of what its children take.
    const peak = name === 'curl' ? '-' : ratio('peak');
    const wall = `${median(own.map((sample) => sample.wall)).toFixed(0)} ms`;
    return [[labels[name], ratio('wall'), ratio('cpu'), peak, wall]];
  });
  return {
    title: `${title} (${bare.length} rounds)`,
    head: ['contender', 'wall', 'CPU', 'peak memory', 'median'],
    rows,
  };
}

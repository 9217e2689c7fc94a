import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { agentNodes } from '../local/agent/nodes.ts';
import type { Check } from './checks.ts';
import { median } from './figures.ts';
import type { Sample } from './measure.ts';
import { type Quantity, compare } from './rounds.ts';
import { root } from './world.ts';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a group of measurements found. */
export interface Figures {
  readonly tables: readonly Table[];
  readonly checks: readonly Check[];
}

export const joinFigures = (all: readonly Figures[]): Figures => ({
  tables: all.flatMap(({ tables }) => tables),
  checks: all.flatMap(({ checks }) => checks),
});

/** A row for each contender, in the order of the labels, as ratios against `bare`. */
export function tableOf<Name extends string>(
  title: string,
  labels: Readonly<Record<Name, string>>,
  samples: Readonly<Partial<Record<Name | 'bare', readonly Sample[]>>>,
): Table {
  const { bare = [] } = samples;
  const rows = (Object.keys(labels) as Name[]).flatMap((name) => {
    const { [name]: own = [] } = samples;
    if (own.length === 0) return [];
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

/** The page of results. */
export function resultsPage(checks: readonly Check[], tables: readonly Table[]): string {
  const targets = {
    title: 'Targets',
    head: ['what', 'measured', 'target', ''],
    rows: checks.map(({ what, measured, target, verdict }) => [what, measured, target, verdict]),
  };
  return [
    '# What it costs',
    'Written by `npm run bench`. Whole processes that run in turn over TLS on the loopback; the results are ratios, for which the machine matters little. In brackets the interval that holds 90 % of what the same samples would give again. CPU is user and system time; peak memory is the largest resident set.',
    machine(),
    ...[targets, ...tables].map(markdownOf),
    notes,
  ].join('\n\n');
}

const notes = `## How to read it

- All but the post-job step and the command line do the same: sign in, send a log line, and end the run with a link. 1.0 is the bare script.
- "curl and jq" is the documented script alone; a Bash step adds the agent's own script runner to it.
- "port-github-action's way" is its three calls with the libraries that it uses, bundled and minified as the tasks are. Its own build is in no registry: \`npm run bench -- --github-action dist/index.js\` measures the one of a clone as well.
- "The fewest round trips" are the same calls as the task's, those that do not need each other's answers at the same time, over connections that are opened while the sign-in goes on.
- 50 ms away: each way takes 25 ms, and opening a connection takes one more round trip.
- On a machine with other work, \`chrt --rr 1 npm run bench\` gives the bench the priority.
- PortGate and PortDeployment ask the local Port and the local Azure DevOps; many entities go to the local Port over plain HTTP. The ideal is calls x latency / calls in flight. "One by one" is measured with 200 entities and scaled up.
`;

function markdownOf({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`## ${title}\n`, line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function machine(): string {
  const [cpu] = cpus();
  const packages = ['undici', 'azure-pipelines-task-lib', 'axios', '@actions/core'].map(
    (name) => `${name} ${versionOf(name)}`,
  );
  const versions = Object.values(agentNodes).map((node) => `Node ${output(node, '--version')}`);
  const curl = output('curl', '--version').split(' ').slice(0, 2).join(' ');
  return [
    `- ${new Date().toISOString().slice(0, 10)}`,
    `- ${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()} ${arch()}`,
    `- load of the machine at the end (average of 5 minutes, the bench itself is about 1): ${loadavg()[1]?.toFixed(1) ?? ''}${hasPriority() ? '; measured with real-time priority' : ''}`,
    `- ${[...versions, ...packages, ...(curl === '' ? [] : [curl])].join(', ')}`,
  ].join('\n');
}

/** Field 41 of /proc/self/stat: the scheduling policy, 1 and 2 being the real-time ones (`chrt`). */
function hasPriority(): boolean {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return fields[38] === '1' || fields[38] === '2';
  } catch {
    return false;
  }
}

function versionOf(name: string): string {
  const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function output(file: string, argument: string): string {
  try {
    return execFileSync(file, [argument], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

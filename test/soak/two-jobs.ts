import type { LocalPort } from '../../local/port/index.ts';
import { credentialsOf } from '../network/matrix.ts';
import { type Reply, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { type TaskProcess, runTaskProcess } from '../support/task-process.ts';

/** The timelines of pipeline runs of two jobs, as Azure DevOps tells them. Some of its answers are faults. */
export interface Timelines {
  readonly url: string;
  add(buildId: number, jobs: readonly Job[]): void;
  close(): Promise<void>;
}

interface Job {
  readonly name: 'a' | 'b';
  readonly result: 'Succeeded' | 'Failed';
  /** How far its own step is, beside that of Port. */
  work: 'inProgress' | 'completed';
  isOver: boolean;
}

export async function startTimelines(): Promise<Timelines> {
  const builds = new Map<string, readonly Job[]>();
  const server: ScriptedServer = await startScriptedServer(({ path }, index): Reply => {
    if (index % 7 === 6) return { status: 503 };
    if (index % 11 === 10) return 'reset';
    const [, buildId = ''] = /builds\/(\d+)\/timeline/.exec(path) ?? [];
    return { status: 200, body: { records: [stage, ...(builds.get(buildId) ?? []).flatMap(recordsOf)] } };
  });
  return {
    url: server.url,
    add: (buildId, jobs) => void builds.set(String(buildId), jobs),
    close: () => server.close(),
  };
}

const stage = { id: 'stage', type: 'Stage', identifier: '__default', name: '__default', state: 'inProgress' };

function recordsOf({ name, result, work, isOver }: Job): readonly object[] {
  const state = isOver ? 'completed' : 'inProgress';
  const ended = { result: result.toLowerCase(), attempt: 1, name };
  return [
    { ...ended, id: `phase-${name}`, parentId: 'stage', type: 'Phase', identifier: name, state },
    { ...ended, id: name, parentId: `phase-${name}`, type: 'Job', identifier: `${name}.__default`, state },
    {
      ...{ id: `port-${name}`, parentId: name, type: 'Task', name: 'Report to Port', refName: 'report' },
      ...{ task: { name: 'PortRunStatus' }, order: 2, state: 'completed', result: 'succeeded' },
    },
    {
      ...{ id: `work-${name}`, parentId: name, type: 'Task', name: `Work of ${name}`, refName: 'work' },
      ...{ task: { name: 'CmdLine' }, order: 3, state: work, startTime: '2026-01-01T00:00:00Z' },
      ...(work === 'completed' && { result: result.toLowerCase() }),
      issues: result === 'Failed' ? [{ type: 'error', message: `${name} broke` }] : [],
    },
  ];
}

/** Four steps: those at the top of two jobs, which track them with `scope: pipeline`, and those after the jobs. */
export interface TwoJobs {
  /** Those before the ends of the jobs, then those after. */
  readonly processes: readonly TaskProcess[];
  /** What Port holds, and what it should. */
  readonly held: string;
  readonly wanted: string;
}

/** How the ends of the jobs meet: at the same moment, the second within the report of the first, or after it. */
const meetings = ['together', 'overlapping', 'apart'] as const;

/** Runs a pipeline of two jobs. @param run.index decides how they end, and when. */
export async function runTwoJobs(
  port: LocalPort,
  timelines: Timelines,
  { runId, index }: { runId: string; index: number },
): Promise<TwoJobs> {
  const meeting = meetings[index % meetings.length];
  const job = (name: 'a' | 'b', isFailed: boolean): Job => ({
    ...{ name, result: isFailed ? 'Failed' : 'Succeeded', work: 'inProgress', isOver: false },
  });
  const a = job('a', index % 5 === 0);
  const b = job('b', index % 4 === 0);
  timelines.add(index, [a, b]);
  const step = (its: Job, entry?: 'finish', environment: Readonly<Record<string, string>> = {}) =>
    runTaskProcess('PortRunStatus', {
      ...(entry !== undefined && { entry }),
      environment,
      inputs: {
        ...credentialsOf(port),
        ...{ runId, scope: 'pipeline', statusLabel: `job ${its.name}`, logMessage: `log of ${its.name}` },
      },
      variables: {
        'Agent.JobStatus': its.result,
        'System.CollectionUri': `${timelines.url}/`,
        'System.TeamProjectId': 'project',
        'System.StageName': '__default',
        'System.PhaseName': its.name,
        'System.JobDisplayName': its.name,
        'System.JobId': its.name,
        'Build.BuildId': String(index),
      },
      secrets: { 'System.AccessToken': 'the-token-of-the-job' },
      limit: 180_000,
    });
  const mains = await Promise.all([step(a), step(b)]);
  const [mainOfA, mainOfB] = mains;
  const end = async (its: Job, main: TaskProcess) => {
    its.work = 'completed';
    const post = await step(its, 'finish', taskVariables(main));
    its.isOver = true;
    return post;
  };
  if (meeting === 'together') b.work = 'completed';
  const first = end(a, mainOfA);
  if (meeting === 'overlapping') await new Promise((resolve) => setTimeout(resolve, 100));
  if (meeting === 'apart') await first;
  const posts = await Promise.all([first, end(b, mainOfB)]);
  const logs = port.store.logsOf(runId).map(({ message }) => message);
  const failed = [a, b].filter(({ result }) => result === 'Failed');
  return {
    processes: [...mains, ...posts],
    held: `${port.store.run(runId).status}, ${logs
      .filter((text) => text.startsWith('log of'))
      .sort()
      .join(', ')}`,
    wanted: `${failed.length === 0 ? 'SUCCESS' : 'FAILURE'}, log of a, log of b`,
  };
}

/** What a main step leaves for its post-job step, in the environment that the agent makes of it. */
function taskVariables({ output }: TaskProcess): Readonly<Record<string, string>> {
  const commands = output.matchAll(/^##vso\[task\.settaskvariable variable=(\w+);[^\]]*\](.*)$/gm);
  return Object.fromEntries(
    [...commands].map(([, name, value = '']) => [`VSTS_TASKVARIABLE_${name}`, value]),
  );
}

import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Build } from '../../local/azure-devops/index.ts';
import { type Loop, type LoopOptions, startLoop } from '../../local/loop.ts';
import { packagedExtension } from '../../local/packaged-extension.ts';
import type { Run, RunLog } from '../../local/port/index.ts';
import { until } from './until.ts';

export const examples = join(import.meta.dirname, '..', '..', 'examples');

/** The loop with one pipeline of the test's own, started by the deploy example's action. */
export interface Bench {
  readonly loop: Loop;
  /** Executes the action; the pipeline run may still go on. */
  start(): Promise<{ runId: string; buildId: number }>;
  /** Executes the action and waits for the pipeline run and whatever it leaves behind. */
  run(): Promise<{ runId: string; build: Build }>;
  portRun(runId: string): Run;
  logText(runId: string): string;
  logs(runId: string): readonly RunLog[];
  close(): Promise<void>;
}

/** Resources of every test pipeline: the webhook that the deploy example's action posts to. */
export const webhook = `
resources:
  webhooks:
    - webhook: port
      connection: port-webhook
`;

/** The loop with the packaged extension. `LOOP_NODE=node20` runs the tests of the loop on the agent's other Node. */
export const startPackagedLoop = ({ agent, ...options }: Partial<LoopOptions> = {}): Promise<Loop> =>
  startLoop({
    vsix: packagedExtension(),
    ...options,
    agent: { node: process.env.LOOP_NODE === 'node20' ? 'node20' : 'node24', ...agent },
  });

export async function startBench(yaml: string, options: Partial<LoopOptions> = {}): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
  cpSync(join(examples, 'deploy'), folder, { recursive: true });
  writeFileSync(join(folder, 'deploy.yml'), yaml);
  const loop = await startPackagedLoop(options);
  await loop.addExample(folder, [{ file: 'deploy.yml' }]);
  const inputs = { service: 'checkout', environment: 'test' };
  return {
    loop,
    start: () => loop.start('deploy_service', inputs),
    async run() {
      const { runId, buildId } = await loop.start('deploy_service', inputs);
      const build = await loop.azureDevOps.waitForBuild(buildId);
      await loop.idle();
      return { runId, build };
    },
    portRun: (runId) => loop.port.store.run(runId),
    logText: (runId) =>
      loop.port.store
        .logsOf(runId)
        .map(({ message }) => message)
        .join('\n'),
    logs: (runId) => loop.port.store.logsOf(runId),
    async close() {
      await loop.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The labels that a run in Port shows until it has ended, in their order, once each. @param limit in ms */
export async function labelsUntilEnd(bench: Bench, runId: string, limit: number): Promise<readonly string[]> {
  const labels = new Set<string>();
  await until(
    'the run has ended',
    () => {
      const { status, statusLabel } = bench.portRun(runId);
      if (statusLabel) labels.add(statusLabel);
      return status !== 'IN_PROGRESS';
    },
    limit,
  );
  return [...labels];
}

/** Kills the processes of a loop whose command line has this text, as an out-of-memory killer would. Linux only. */
export function killProcesses({ workDirectory }: Loop, text: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const command = commandLine(pid);
    if (command.includes(workDirectory) && command.includes(text)) process.kill(Number(pid), 'SIGKILL');
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

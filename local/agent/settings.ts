import { resolve } from 'node:path';
import type { InstalledExtension } from './extension/install.ts';
import { agentNodes } from './nodes.ts';

/** The agents of the pool, from 1. */
export const agentNameOf = (slot: number) => (slot === 1 ? 'local-agent' : `local-agent-${slot}`);

/** All in milliseconds. The defaults are the real agent's; tests make them short. */
export interface AgentTimings {
  /** From SIGINT to SIGTERM. */
  readonly sigint: number;
  /** From SIGTERM to killing the process tree. */
  readonly sigterm: number;
  /** How long open output is read after a process has gone, and how long `task.complete done=true` waits. */
  readonly drain: number;
  /** The wait before retry n of a step is n² of these. */
  readonly retryUnit: number;
  /** Length of a minute in `timeoutInMinutes` and `cancelTimeoutInMinutes`. */
  readonly minute: number;
  /** The job's end comes this much before its cancel timeout, which is never under a minute. */
  readonly cancelMargin: number;
  /** How long a lost agent goes unnoticed. */
  readonly agentLost: number;
}

export interface AgentOptions {
  readonly extensions: readonly InstalledExtension[];
  readonly workDirectory: string;
  /**
   * The Node of a task that has handlers for both. Default `node24`, as on Microsoft's agents since 2026; `node20`
   * is an agent whose organization does not have it yet.
   */
  readonly node?: 'node20' | 'node24';
  readonly nodePaths?: { readonly node20?: string; readonly node24?: string };
  /**
   * The system of a job's machine, which decides the shell of `script:`. Default `pool`: of the pool that the YAML names;
   * `own`: of this machine, whatever the YAML says.
   */
  readonly system?: 'pool' | 'own';
  /** What the agent's own process would have in its environment, such as proxies, over a small base. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timings?: Partial<AgentTimings>;
}

export interface AgentSettings extends Required<Omit<AgentOptions, 'node' | 'nodePaths' | 'timings'>> {
  /** Node's executable by the agent's folder name. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly timings: AgentTimings;
}

export const realTimings: AgentTimings = {
  sigint: 7500,
  sigterm: 2500,
  drain: 5000,
  retryUnit: 1000,
  minute: 60_000,
  cancelMargin: 15_000,
  agentLost: 0,
};

export function makeSettings(options: AgentOptions): AgentSettings {
  return {
    extensions: options.extensions,
    workDirectory: resolve(options.workDirectory),
    system: options.system ?? 'pool',
    nodes: {
      node20_1: options.nodePaths?.node20 ?? agentNodes['Node 20'],
      node24: options.nodePaths?.node24 ?? agentNodes['Node 24'],
    },
    environment: {
      ...baseEnvironment(),
      AGENT_USE_NODE24_WITH_HANDLER_DATA: String(options.node !== 'node20'),
      ...options.environment,
    },
    timings: { ...realTimings, ...options.timings },
  };
}

/** Only what processes need to live, so that a run is the same wherever it runs. */
function baseEnvironment(): Record<string, string> {
  const names = [
    ...['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR'],
    ...['OS', 'SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'PSModulePath', 'TEMP', 'TMP'],
    ...[
      'USERPROFILE',
      'APPDATA',
      'LOCALAPPDATA',
      'ProgramData',
      'ProgramFiles',
      'ProgramFiles(x86)',
      'ProgramW6432',
    ],
  ];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

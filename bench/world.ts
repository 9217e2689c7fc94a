import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Authority, createAuthority } from '../local/certificates.ts';
import type { Counts, ServerPorts } from './server.ts';

export const root = join(import.meta.dirname, '..');

/** Round-trip time of a line to Port from another continent, in ms. */
export const roundTrip = 50;

/** What the contenders run in: a TLS server that answers as Port does, and a folder of their own. */
export interface World {
  readonly folder: string;
  /** A copy of the built tasks: a build that runs meanwhile takes nothing away. */
  readonly tasks: string;
  /** Path of port-github-action's own build, where it is to be measured. */
  readonly githubAction: string | undefined;
  /** The certificate authority that every contender trusts by NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly authority: Authority;
  readonly url: string;
  /** The same server, 50 ms away. */
  readonly slowUrl: string;
  /** What has reached the server since the last question. */
  counts(): Promise<Counts>;
  close(): void;
}

export async function startWorld(githubAction?: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'port-bench-'));
  const authority = createAuthority('Bench authority');
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
  const tasks = join(folder, 'tasks');
  const built = join(root, 'build', 'tasks');
  if (!existsSync(built)) throw new Error('The tasks are not built: run "npm run package" first.');
  cpSync(built, tasks, { recursive: true });
  await buildContenders(folder);

  const server = forkServer('server.ts');
  const { direct, slow } = (await server.ask({ ...authority.issue(), roundTrip })) as ServerPorts;
  return {
    folder,
    tasks,
    githubAction,
    caFile,
    authority,
    url: `https://127.0.0.1:${direct}`,
    slowUrl: `https://127.0.0.1:${slow}`,
    counts: async () => (await server.ask({})) as Counts,
    close() {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A process of a file of this folder, which answers each message with one. */
export function forkServer(file: string): { ask(order: object): Promise<unknown>; kill(): void } {
  const server = fork(join(import.meta.dirname, file));
  return {
    async ask(order) {
      const answered = once(server, 'message');
      server.send(order);
      return ((await answered) as [unknown])[0];
    },
    kill: () => void server.kill(),
  };
}

/** Each contender becomes one CommonJS file, as the tasks are. */
async function buildContenders(folder: string): Promise<void> {
  await build({
    entryPoints: ['bare', 'bare-plan', 'start', 'task-lib', 'github-action'].map((name) =>
      join(import.meta.dirname, 'contenders', `${name}.ts`),
    ),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
}

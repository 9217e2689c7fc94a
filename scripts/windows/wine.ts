import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Windows' own Node on Linux: CONTRIBUTING.md, "Windows". */

const root = join(import.meta.dirname, '..', '..');
const packages = join(import.meta.dirname, 'node_modules');
const oldestWine = 10;

/** Why Windows' Node cannot run here; undefined where it can. `WINE` names another Wine than the one on the PATH. */
export function whyNoWine(): string | undefined {
  const { error, stdout } = spawnSync(wine(), ['--version'], { encoding: 'utf8' });
  const version = error === undefined ? /^wine-(\d+)/.exec(stdout)?.[1] : undefined;
  if (version === undefined) return `there is no Wine (${wine()})`;
  if (Number(version) < oldestWine) return `${stdout.trim()} is there, and Wine ${oldestWine} is needed`;
  return existsSync(nodeOf(24)) ? undefined : "Windows' Node is not installed";
}

export interface Outcome {
  /** Null where a signal has ended it. */
  readonly exitCode: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Runs Windows' Node 24 with these arguments, in the repository. What it writes goes to a file: Node under Wine cannot write into a Linux pipe. */
async function runWindowsNode(args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'wine-'));
  const file = join(folder, 'output');
  const output = openSync(file, 'w');
  try {
    const child = spawn(wine(), [nodeOf(24), ...args], {
      cwd: root,
      env: environment(),
      stdio: ['ignore', output, output],
    });
    // Not `close`: a process in the background keeps the output open.
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('exit', resolve);
    });
    return { exitCode, output: readFileSync(file, 'utf8') };
  } finally {
    closeSync(output);
    rmSync(folder, { recursive: true });
  }
}

/** Runs mocha with these arguments on Windows' Node. */
export async function runMocha(args: readonly string[]): Promise<Outcome> {
  const run = () => runWindowsNode([join('node_modules', 'mocha', 'bin', 'mocha.js'), ...args]);
  const outcome = await run();
  // Of several Wines that start at once, one may miss the folder of their server, before Node has begun.
  return outcome.output.startsWith('wine: chdir to ') ? run() : outcome;
}

const wine = () => process.env.WINE ?? 'wine';
const nodeOf = (major: 20 | 24) => join(packages, `node-win-${major}`, 'bin', 'node.exe');
const windowsPath = (path: string) => `Z:${path.replaceAll('/', '\\')}`;

/** Nothing of Linux's own that Windows' Node would take for its own, such as certificates by their path. */
function environment(): NodeJS.ProcessEnv {
  const prefix = join(tmpdir(), 'port-azure-pipelines-wine');
  mkdirSync(prefix, { recursive: true });
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    LC_ALL: 'C.UTF-8',
    WINEPATH: windowsPath(dirname(nodeOf(24))),
    NODE_PATH: windowsPath(packages),
    AGENT_NODE20: windowsPath(nodeOf(20)),
    AGENT_NODE24: windowsPath(nodeOf(24)),
  };
}

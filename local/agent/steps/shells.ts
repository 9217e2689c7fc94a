import { existsSync } from 'node:fs';
import { dirname, join, win32 } from 'node:path';

/** How a script of a step is written to a file, and what runs the file. */
export interface Shell {
  /** As in "Bash exited with code '1'." */
  readonly title: string;
  readonly extension: string;
  readonly program: string;
  readonly arguments: (file: string) => string[];
  readonly text: (script: string) => string;
}

/** The machine that the agent runs on; its environment as the agent's processes have it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Which of the agent's own tasks the script belongs to, and the system of the pool's machines (`Agent.OS`). */
export interface ScriptKind {
  readonly task: string;
  readonly isPwsh: boolean;
  readonly system: string;
}

/**
 * The shell that runs the script on the pool's machines: CmdLine is cmd on Windows and Bash elsewhere, also where the
 * local agent itself runs on another system. Throws one line where this machine has no such shell.
 */
export function shellOf({ task, isPwsh, system }: ScriptKind, machine: Machine): Shell {
  if (task === 'PowerShell') return powerShell(isPwsh ? 'pwsh' : 'powershell', machine);
  return task === 'CmdLine' && system === 'Windows_NT' ? cmd(machine) : bash(machine);
}

function bash(machine: Machine): Shell {
  const isWindows = machine.platform === 'win32';
  const remedy = isWindows
    ? 'Install Git for Windows (https://gitforwindows.org), which brings it, or use WSL'
    : 'Install it with the packages of the system';
  return {
    title: 'Bash',
    extension: 'sh',
    program: (isWindows ? gitBash(machine) : onPath('bash', machine)) ?? missing('Bash', remedy),
    arguments: (file) => [file.replaceAll('\\', '/')],
    text: (script) => `${script}\n`,
  };
}

function cmd({ platform, environment }: Machine): Shell {
  if (platform !== 'win32')
    missing('cmd', 'It runs on Windows only; bash: and pwsh: are steps that run on every system');
  return {
    title: 'CmdLine',
    extension: 'cmd',
    program: environment.ComSpec ?? 'cmd',
    arguments: (file) => ['/D', '/E:ON', '/V:OFF', '/S', '/C', 'CALL', file],
    text: (script) => `@echo off\n${script}\n`.replaceAll(/\r?\n/g, '\r\n'),
  };
}

/** PowerShell@2. Windows PowerShell is there on Windows only: elsewhere `powershell:` runs pwsh. */
function powerShell(wanted: 'pwsh' | 'powershell', machine: Machine): Shell {
  const program = onPath(machine.platform === 'win32' ? wanted : 'pwsh', machine);
  return {
    title: 'PowerShell',
    extension: 'ps1',
    program: program ?? missing('PowerShell', 'Install it (https://aka.ms/powershell)'),
    arguments: (file) => [
      ...['-NoLogo', '-NoProfile', '-NonInteractive'],
      ...(machine.platform === 'win32' ? ['-ExecutionPolicy', 'Unrestricted'] : []),
      ...['-Command', `. '${file.replaceAll("'", "''")}'`],
    ],
    // The mark tells Windows PowerShell that the file is UTF-8.
    text: (script) =>
      `\ufeff$ErrorActionPreference = 'Stop'\n${script}\nif (Test-Path variable:LASTEXITCODE) { exit $LASTEXITCODE }\n`,
  };
}

function missing(shell: string, remedy: string): never {
  throw new Error(`This step runs in ${shell}, which was not found on this machine. ${remedy}.`);
}

/** Git's bash, and never the one of WSL, which sees another file system. */
function gitBash(machine: Machine): string | undefined {
  const { environment } = machine;
  const roots = ['ProgramFiles', 'ProgramW6432', 'ProgramFiles(x86)'].map((name) => environment[name]);
  const git = onPath('git', machine);
  const homes = [
    ...roots.flatMap((root) => (root ? [win32.join(root, 'Git')] : [])),
    ...(environment.LOCALAPPDATA ? [win32.join(environment.LOCALAPPDATA, 'Programs', 'Git')] : []),
    ...(git === undefined ? [] : [dirname(dirname(git))]),
  ];
  const usual = homes.map((home) => win32.join(home, 'bin', 'bash.exe'));
  return usual.find((path) => existsSync(path)) ?? onPath('bash', machine);
}

const isOfWsl = (folder: string) => /\\(?:system32|sysnative|windowsapps)\\?$/i.test(folder);

function onPath(name: string, machine: Machine): string | undefined {
  const isWindows = machine.platform === 'win32';
  const folders = (machine.environment.PATH ?? '').split(isWindows ? ';' : ':');
  const file = isWindows ? `${name}.exe` : name;
  const wanted = folders.filter((folder) => folder !== '' && !(name === 'bash' && isOfWsl(folder)));
  return wanted.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

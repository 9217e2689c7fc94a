import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { agentNodes } from '../local/agent/nodes.ts';
import type { Command } from './measure.ts';
import { type World, root } from './world.ts';

export type NodeName = keyof typeof agentNodes;

/** One report step: a log line, and the end of the run with a link. */
const report = {
  INPUT_STATUS: 'success',
  INPUT_RUNID: 'r_bench',
  INPUT_LOGMESSAGE: 'Deployed checkout to test',
};

/** Client id and secret of Port, by the names of the documented script. */
export interface Credentials {
  readonly PORT_CLIENT_ID: string;
  readonly PORT_CLIENT_SECRET: string;
}

const commandLine = join(root, 'dist', 'cli', 'port-azure-pipelines.mjs');

const benchCredentials: Credentials = {
  PORT_CLIENT_ID: 'bench-client',
  PORT_CLIENT_SECRET: 'bench-client-secret-of-some-length',
};

/** What makes a command of a file, a contender or a task. */
export function commands(
  world: World,
  node: NodeName,
  { url, credentials }: { url: string; credentials: Credentials },
) {
  const temp = join(world.folder, 'temp');
  mkdirSync(temp, { recursive: true });
  const base = { PATH: process.env.PATH ?? '', HOME: temp, NODE_EXTRA_CA_CERTS: world.caFile };
  const run = (file: string, env: Readonly<Record<string, string>> = {}): Command => ({
    file: agentNodes[node],
    args: [file],
    env: { ...base, ...env },
  });
  const agent = agentEnvironment(temp, url, credentials);
  return {
    base,
    agent,
    run,
    contender: (name: string, env: Readonly<Record<string, string>> = {}) =>
      run(join(world.folder, `${name}.js`), env),
    /** A step as the agent runs it. */
    task: (name: string, env: Readonly<Record<string, string>>, entry = 'index') =>
      run(join(world.tasks, name, `${entry}.js`), { ...agent, ...env }),
  };
}

/** The commands of the contenders; `url` is that of the server, near or far. */
export function contenders(world: World, node: NodeName, url: string) {
  const credentials = benchCredentials;
  const { base, agent, run, contender, task } = commands(world, node, { url, credentials });
  const action = {
    INPUT_BASEURL: url,
    INPUT_CLIENTID: credentials.PORT_CLIENT_ID,
    INPUT_CLIENTSECRET: credentials.PORT_CLIENT_SECRET,
    INPUT_OPERATION: 'PATCH_RUN',
    INPUT_RUNID: 'r_bench',
    INPUT_STATUS: 'SUCCESS',
    INPUT_LOGMESSAGE: 'Deployed checkout to test',
    INPUT_LINK: 'https://dev.azure.com/example',
  };
  return {
    start: contender('start'),
    taskLib: contender('task-lib', agent),
    bare: contender('bare', { PORT_BASE_URL: url, ...credentials }),
    curl: {
      file: 'bash',
      args: [join(import.meta.dirname, 'contenders', 'curl.sh')],
      env: { ...base, PORT_BASE_URL: url, ...credentials, CURL_CA_BUNDLE: world.caFile },
    },
    githubAction: contender('github-action', action),
    githubActionBuild:
      world.githubAction === undefined ? undefined : run(resolve(world.githubAction), action),
    ours: task('PortRunStatus', report),
    oursEndByLog: task('PortRunStatus', {
      ...report,
      INPUT_LINKTOPIPELINE: 'false',
      BUILD_BUILDID: '',
    }),
    postJob: task('PortRunStatus', { INPUT_STATUS: 'track' }, 'finish'),
    help: { file: agentNodes[node], args: [commandLine, '--help'], env: base },
  } as const;
}

/** What an agent sets for each step of a job. */
function agentEnvironment(temp: string, url: string, credentials: Credentials) {
  return {
    INPUT_PORTCONNECTION: 'port',
    ENDPOINT_URL_port: url,
    ENDPOINT_AUTH_SCHEME_port: 'UsernamePassword',
    ENDPOINT_AUTH_PARAMETER_port_USERNAME: credentials.PORT_CLIENT_ID,
    ENDPOINT_AUTH_PARAMETER_port_PASSWORD: credentials.PORT_CLIENT_SECRET,
    AGENT_JOBSTATUS: 'Succeeded',
    AGENT_TEMPDIRECTORY: temp,
    AGENT_VERSION: '4.260.0',
    AGENT_WORKFOLDER: temp,
    BUILD_BUILDID: '812',
    BUILD_BUILDNUMBER: '20260301.1',
    BUILD_SOURCESDIRECTORY: temp,
    SYSTEM_COLLECTIONURI: 'https://dev.azure.com/example/',
    SYSTEM_DEFINITIONID: '17',
    SYSTEM_JOBDISPLAYNAME: 'Deploy',
    SYSTEM_TEAMPROJECT: 'web',
    SYSTEM_TEAMPROJECTID: '3e6b1d34-9d3b-4ec9-8f35-7a5a1e4b1f0a',
  };
}

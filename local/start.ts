import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { colors as pc } from '../setup/colors.ts';
import { readFolder } from './folder.ts';
import { startLoop } from './loop.ts';
import { packagedExtension } from './packaged-extension.ts';
import { startPage } from './page/server.ts';
import { print, printError } from './print.ts';
import { describeLoop, executeLine, printChanges } from './terminal.ts';

/**
 * `npm run local -- [FOLDER] [--port N]`: Port, Azure DevOps and an agent with a folder's pipelines and actions, and a
 * page of them, until Ctrl-C. They take the ports N (8010), N + 1 and N + 2.
 */

const usage = 'npm run local -- [FOLDER, default examples/deploy] [--port NUMBER, default 8010]';

try {
  const { folder, port } = readArguments();
  const { pipelines, connections, ...azureDevOps } = await readFolder(folder);
  for (const each of [port, port + 1, port + 2]) await requireFree(each);
  const loop = await startLoop({
    vsix: packagedExtension(),
    connections,
    port: { port: port + 1 },
    azureDevOps: { port: port + 2, ...azureDevOps },
  });
  const changes = printChanges(loop, print);
  try {
    await loop.addExample(
      folder,
      pipelines.map((file) => ({ file })),
    );
    const page = await startPage(loop, port);
    print(`${pc.bold('Page'.padEnd(13))} ${page.url}`);
    print(`${describeLoop(loop)}\n${pc.bold('Folder'.padEnd(13))} ${folder}: ${pipelines.join(', ')}`);
    print(`\nExecute an action on the page, or with\n\n${executeLine(loop)}\n\nCtrl-C ends it.\n`);
    await untilStopped();
    print('\nEnding; what runs is cancelled. Ctrl-C again ends at once.');
    await page.close();
  } finally {
    await loop.close();
    changes.stop();
  }
} catch (error) {
  printError(pc.red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

/** Resolves at Ctrl-C. A second one within a second is the same, passed on by npm; a later one ends the process at once. */
function untilStopped(): Promise<void> {
  let first: number | undefined;
  return new Promise((resolve) => {
    const stop = (): void => {
      if (first !== undefined && Date.now() - first > 1000) process.exit(130);
      first ??= Date.now();
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}

function readArguments(): { folder: string; port: number } {
  const { values, positionals } = parse();
  const port = Number(values.port);
  if (positionals.length > 1 || !Number.isInteger(port) || port < 1 || port > 65_533)
    throw new Error(`There is one folder, and a port from 1 to 65533: ${usage}`);
  // npm runs scripts in the repository; a path is meant from where the person stands.
  const from = process.env.INIT_CWD ?? '.';
  const folder = positionals[0] ?? resolve(import.meta.dirname, '..', 'examples', 'deploy');
  return { folder: resolve(from, folder), port };
}

function parse() {
  try {
    const options = { port: { type: 'string', default: '8010' } } as const;
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Error(`${String(error)}\n${usage}`, { cause: error });
  }
}

/** @throws Error that says how to choose another */
async function requireFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((done, fail) => {
    server.once('error', fail).listen({ port, host: '127.0.0.1' }, done);
  }).catch((error: unknown) => {
    throw new Error(
      `Port ${port} of this machine cannot be used (${String(error)}). Choose three others by the first of them: ` +
        `npm run local -- --port ${port + 10}`,
    );
  });
  await new Promise((done) => server.close(done));
}

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, installExtension, readTriggers } from '../../local/agent/index.ts';
import { type LocalAzureDevOps, startAzureDevOps } from '../../local/azure-devops/index.ts';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { type LocalPort, startPort } from '../../local/port/index.ts';
import { signInToPort } from '../../local/port-user.ts';
import { runCommand } from './command-line.ts';

export const examples = join(import.meta.dirname, '..', '..', 'examples');

/** The local Port and Azure DevOps, with an agent that has the packaged extension. */
export interface World {
  readonly ado: LocalAzureDevOps;
  readonly port: LocalPort;
  readonly folder: string;
  /** Executes an action in Port; the run's id. */
  execute(action: string, properties: Record<string, unknown>): Promise<string>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** An empty Port, an organization with an agent that has the packaged extension, and one pipeline. */
export async function startWorld(pipeline: { name: string; folder: string; file: string }): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'setup-agent-'));
  const extensions = [await installExtension(packagedExtension(), join(folder, 'extensions'))];
  const options = {
    extensions,
    workDirectory: join(folder, 'agent'),
    timings: { sigint: 200, sigterm: 200 },
  };
  const runner = createAgent(options);
  const ado = await startAzureDevOps({
    runner,
    personalAccessToken: 'pat',
    triggers: async (file) => readTriggers(await readFile(file, 'utf8'), file).webhooks,
    runNumber: (request) => runner.runNumber(request),
    preview: (request) => runner.preview(request),
  });
  const port = await startPort({ azureDevOpsUrl: ado.url });
  ado.createPipeline({
    name: pipeline.name,
    file: join(pipeline.folder, pipeline.file),
    repositoryDirectory: pipeline.folder,
    hasRunOnce: true,
  });
  const user = await signInToPort(port);
  return {
    ado,
    port,
    folder,
    execute: async (action, properties) => {
      const id = await user.execute(action, properties);
      await port.idle();
      return id;
    },
    settle: async () => {
      await ado.idle();
      await port.idle();
    },
    close: async () => {
      await ado.close();
      await port.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs `setup apply` with an example's file, whose files lie in `base`. */
export async function apply({ ado, port, folder }: World, yaml: string, base: string): Promise<void> {
  const local = yaml
    .replace('https://dev.azure.com/my-org', ado.organizationUrl)
    .replaceAll(/\b(?:port\/)?[\w.-]+\.json\b/g, (file) => join(base, file))
    .replace(/pipelineFile: (.*)/, (_all, file: string) => `pipelineFile: ${join(base, file)}`);
  await writeFile(join(folder, 'port-azure.yml'), local);
  const { code, stdout, stderr } = await runCommand(
    ['setup', 'apply', '--file', join(folder, 'port-azure.yml')],
    {
      AZURE_DEVOPS_EXT_PAT: 'pat',
      PORT_CLIENT_ID: port.clientId,
      PORT_CLIENT_SECRET: port.clientSecret,
      PORT_BASE_URL: port.url,
    },
  );
  assert.equal(code, 0, stdout + stderr);
}

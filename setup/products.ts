import type { PortClient } from '../tasks/common/port/client/client.ts';
import type { Azure } from './azure/client.ts';
import { type AzureFlags, openAzure } from './azure/open.ts';
import { type Pipeline, type Project, findPipeline, findProject } from './azure/projects.ts';
import type { Environment } from './command-context.ts';
import type { Config, PipelineConfig } from './config.ts';
import { SetupError } from './errors.ts';
import { type OpenPort, openPort } from './port/open.ts';

/** A pipeline of the loop. */
export interface LoopPipeline extends PipelineConfig {
  /** Tells ids of its parts from those of other pipelines: empty where it is the only one. */
  readonly suffix: string;
  readonly find: () => Promise<Pipeline | undefined>;
  /** @throws SetupError where there is none of that name */
  readonly get: () => Promise<Pipeline>;
}

/** A pipeline whose YAML file is named. */
export type FiledPipeline = LoopPipeline & { readonly file: string };

export const isFiled = (pipeline: LoopPipeline): pipeline is FiledPipeline => pipeline.file !== undefined;

/** Both products, each reached when it is first needed; what has failed once fails the same way again. */
export interface Products {
  readonly config: Config;
  /** Whether what Port has beyond the file is to go. */
  readonly isPruning: boolean;
  azure(): Promise<Azure>;
  user(): Promise<string>;
  project(): Promise<Project>;
  readonly pipelines: readonly LoopPipeline[];
  port(): Promise<PortClient>;
  close(): Promise<void>;
}

/** What `make` gives, made when it is first wanted. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function lookUp(
  find: () => Promise<Pipeline | undefined>,
  where: string,
): Pick<LoopPipeline, 'find' | 'get'> {
  return {
    find,
    get: async () => {
      const found = await find();
      if (found === undefined) throw new SetupError(`There is no pipeline ${where}.`);
      return found;
    },
  };
}

export interface ProductsOptions {
  readonly config: Config;
  readonly flags: Omit<AzureFlags, 'organization'> & { readonly prune?: boolean };
  readonly environment: Environment;
  readonly progress: (text: string) => void;
}

export function openProducts({ config, flags, environment, progress }: ProductsOptions): Products {
  let opened: OpenPort | undefined;
  const session = once(() => openAzure({ ...flags, organization: config.organizationUrl }, environment));
  const azure = once(async () => (await session()).azure);
  const project = once(async () => findProject(await azure(), config.project));
  const budget = flags.timeout * 1000;
  const { url } = config.port;
  return {
    config,
    isPruning: flags.prune === true,
    azure,
    user: once(async () => (await session()).user),
    project,
    pipelines: config.pipelines.map((pipeline) => ({
      ...pipeline,
      suffix: config.pipelines.length === 1 ? '' : `/${pipeline.name}`,
      ...lookUp(
        once(async () => findPipeline(await azure(), await project(), pipeline.name)),
        `"${pipeline.name}" in the project ${config.project}`,
      ),
    })),
    port: once(async () => {
      opened = await openPort({ url, environment, budget, progress });
      return opened.client;
    }),
    close: async () => opened?.close(),
  };
}

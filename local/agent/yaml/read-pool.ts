import { refuse } from '../errors.ts';
import { Fields } from './fields.ts';
import type { Node } from './tree.ts';

/** The machine of a job that names no pool: Azure Pipelines gives it a hosted one with Ubuntu. */
export const usualImage = 'ubuntu-latest';

/**
 * What a `pool` says of its machines: the image's name, or the `Agent.OS` that its demands want. Empty where it says
 * neither, as a pool of one's own: the machine that the agent runs on. Undefined where there is no `pool`.
 */
export function readPool(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') {
    if (node.text.toLowerCase() === 'server') refuse(node.at, "the local agent does not know 'pool: server'");
    return imageOf(node.text);
  }
  const fields = new Fields(node, 'a pool');
  const name = fields.text('name') ?? hostedPool;
  const image = fields.text('vmImage');
  const demands = fields.names('demands') ?? [];
  fields.end();
  const wanted = demands.map((demand) => /^Agent\.OS\s+-equals\s+(\S+)$/i.exec(demand.trim())?.[1]);
  return image ?? wanted.find((system) => system !== undefined) ?? imageOf(name);
}

const hostedPool = 'Azure Pipelines';

const imageOf = (poolName: string) => (poolName === hostedPool ? usualImage : '');

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The two Nodes that agents bring for tasks. npm packages bring them here; AGENT_NODE20 and AGENT_NODE24 name others. */
export const agentNodes = {
  'Node 20': process.env.AGENT_NODE20 ?? packagedNode('node20'),
  'Node 24': process.env.AGENT_NODE24 ?? packagedNode('node'),
} as const;

function packagedNode(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

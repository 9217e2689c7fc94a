import { join } from 'node:path';
import type { Build } from '../../local/azure-devops/index.ts';
import { type Loop, startLoop } from '../../local/loop.ts';
import { packagedExtension } from '../../local/packaged-extension.ts';
import { type Item, viewOf } from '../../local/page/view.ts';
import { root } from '../manifests.ts';

/** What examples/deploy does in the local loop, once with a service that is there and once with one that is not. */
export interface Deployments {
  readonly succeeded: Build;
  /** As the page of the loop shows the runs in Port, the newest first. */
  readonly runs: readonly Item[];
  /** Puts public addresses in place of the local ones, and what is another at each run is always the same. */
  readonly settled: (text: string) => string;
}

export async function deployInLoop(): Promise<Deployments> {
  const loop = await startLoop({ vsix: packagedExtension() });
  try {
    const folder = join(root, 'examples', 'deploy');
    await loop.addExample(folder, [{ file: 'deploy.yml' }]);
    const [good, bad] = [await deploy(loop, 'checkout'), await deploy(loop, 'billing')];
    const ids = new Map([
      [good.runId, 'r_Xk2mQ8vLw3Tz9bNc'],
      [bad.runId, 'r_Pq7hR4sJd6Wy1fGa'],
    ]);
    const settled = (text: string): string => settledText(loop, ids, text);
    const runs = JSON.parse(settled(JSON.stringify(viewOf(loop).runs))) as Item[];
    return { succeeded: good.build, runs, settled };
  } finally {
    await loop.close();
  }
}

const deploy = (loop: Loop, service: string): ReturnType<Loop['execute']> =>
  loop.execute('deploy_service', { service, environment: 'test' });

function settledText(loop: Loop, ids: ReadonlyMap<string, string>, text: string): string {
  let result = text
    .replaceAll(loop.port.url, 'https://app.port.io')
    .replaceAll(loop.azureDevOps.url, 'https://dev.azure.com');
  for (const [id, shown] of ids) result = result.replaceAll(id, shown);
  return result
    .replace(/\b\d{8}\.\d+\b/g, '20261109.1')
    .replace(/\b[0-9a-f]{40}\b/g, '7e10234c9b1f4d02a86e5f3317d90ab2c64e8f15')
    .replace(
      /(?<![0-9a-f])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/g,
      '3f2a9c14-58d7-4b0e-9a61-c07d25e8b493',
    );
}

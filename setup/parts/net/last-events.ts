import { runIdPattern } from '../../../tasks/common/inputs/run-id.ts';
import { entityExists } from '../../../tasks/common/port/entities/get-entity.ts';
import { type PipelineRun, newestRuns } from '../../azure/runs.ts';
import type { LoopPipeline, Products } from '../../products.ts';
import { lookAtDelivery } from '../ingest.ts';
import { type Finding, type Part, secretsFix, wrong } from '../part.ts';
import { netBlueprintId } from './blueprint.ts';
import { findNetHook } from './hook.ts';
import { type NetTarget, hookIdOf, netTargets } from './targets.ts';

/** What became of the last events that the net was to tell Port. */
export function lastEventParts(products: Products): Part[] {
  const { net } = products.config;
  if (net === undefined) return [];
  return products.pipelines.flatMap((pipeline) =>
    netTargets(net, pipeline).map((target) => ({
      id: hookIdOf(target).replace('azure', 'history'),
      title: `last event ${target.tellsOf === 'end' ? '' : `of the ${target.tellsOf} `}of ${pipeline.name} that Port was told`,
      fix: secretsFix,
      look: () => lookAtLast(products, target),
    })),
  );
}

async function lookAtLast(products: Products, target: NetTarget): Promise<Finding> {
  const { finding, at } = await lookAtDelivery(products, await findNetHook(products, target));
  if (at === undefined || target.tellsOf !== 'end') return finding;
  const run = await lastTold(products, target.pipeline, at);
  if (run === undefined || (await isKept(products, target.pipeline, run))) return finding;
  const words = `Port took the event of run ${run.number} and kept nothing of it`;
  return wrong(
    `${words}: the secrets of the service hook and of Port's webhook differ, or its mapping failed`,
  );
}

/** How long Port may take to map an event that it took, in ms. */
const mappingTime = 30_000;

/** The newest run that a webhook started, with a Port run's id in its number, and that had ended when an event arrived. */
async function lastTold(
  products: Products,
  { get }: LoopPipeline,
  at: string,
): Promise<PipelineRun | undefined> {
  const [azure, project, { id }] = [await products.azure(), await products.project(), await get()];
  const latest = Math.min(Date.parse(at), Date.now() - mappingTime);
  const runs = await newestRuns(azure, project, { pipelines: [id], atMost: 20 });
  return runs.find(
    ({ reason, number, finishedAt }) =>
      reason === 'resourceTrigger' &&
      new RegExp(runIdPattern).test(number) &&
      Date.parse(finishedAt) <= latest,
  );
}

async function isKept(products: Products, { get }: LoopPipeline, run: PipelineRun): Promise<boolean> {
  const [port, project, { id }] = [await products.port(), await products.project(), await get()];
  return entityExists(port, { blueprint: netBlueprintId, identifier: `ado_${project.id}_${id}_${run.id}` });
}

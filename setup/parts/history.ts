import { runIdPattern } from '../../tasks/common/inputs/run-id.ts';
import { entityExists } from '../../tasks/common/port/entities/get-entity.ts';
import { isFinished, parseRun } from '../../tasks/common/port/runs/run.ts';
import { lastDelivery } from '../azure/hooks-api.ts';
import { type PipelineRun, described, errorsOf, newestRuns } from '../azure/runs.ts';
import { type Json, recordOf, recordsOf, textOf } from '../json.ts';
import type { LoopPipeline, Products } from '../products.ts';
import { findNetHook } from './net/hook.ts';
import { netBlueprintId } from './net/mappings.ts';
import { type Finding, type Part, ok, wrong } from './part.ts';

/**
 * What became of the loop's last use. Settings can all be as the file says and nothing work, since secrets are not readable:
 * only this shows it. It mends nothing, so that it is for `doctor` alone.
 */
export function historyParts(products: Products): Part[] {
  const { port } = products.config;
  return [
    ...port.actions.map((action) => lastExecution(products, String(action.identifier))),
    ...products.pipelines.map((pipeline) => lastRun(products, pipeline)),
    ...lastEventParts(products),
  ];
}

const secretsFix =
  'If Port\'s client secret was changed, run "port-azure-pipelines setup apply --rewrite-secrets".';

/** How long a run may go on without a word of its pipeline, in ms: agents can be busy. */
const patience = 10 * 60_000;

/** The HTTP status in what Port keeps of an answer; 0 where it holds none. */
export const statusIn = (response: unknown): number => {
  const { status, statusCode } = recordOf(response);
  return Number(status ?? statusCode ?? 0);
};

/** Whether the action's newest run has reached Azure DevOps. */
function lookAtExecution(json: Json): Finding {
  const run = parseRun(json, 'look for the run');
  const { id, status, links } = run;
  const answered = statusIn(json.response);
  if (answered >= 400) return wrong(`Azure DevOps answered Port's call for ${id} with ${answered}`);
  const createdAt = textOf(json.createdAt);
  const isSilent = links.length === 0 && textOf(json.externalRunId) === '';
  if (status === 'IN_PROGRESS' && isSilent && Date.now() - Date.parse(createdAt) > patience)
    return wrong(
      `${id} has been in progress since ${createdAt}, and no pipeline run has told of itself: "doctor --run ${id}" looks for it`,
    );
  return ok(`${id}: ${isFinished(run) ? status : 'in progress'}`);
}

/** Whether the last call of an action of Port's was taken by Azure DevOps. */
export function lastExecution(products: Products, action: string, fix = secretsFix): Part {
  return {
    id: `history/action/${action}`,
    title: `last execution of ${action}`,
    fix,
    look: async () => {
      const port = await products.port();
      const { runs } = await port.call('findRuns', { query: { version: 'v2', action, limit: 1 } });
      const [run] = recordsOf(runs);
      return run === undefined ? ok('none yet') : lookAtExecution(run);
    },
  };
}

/** Our tasks' errors about Port end with their code. */
const ofPort = /\[PORT_(CREDENTIALS|REQUEST|NETWORK|TIMEOUT|ANSWER)\]/;

/** What our tasks say on a run's page of Port, each once. */
export async function portErrorsOf(products: Products, run: PipelineRun): Promise<string[]> {
  const errors = await errorsOf(await products.azure(), await products.project(), run);
  return [...new Set(errors.filter((message) => ofPort.test(message)))];
}

function lastRun(products: Products, { name, suffix, get }: LoopPipeline): Part {
  return {
    id: `history/pipeline${suffix}`,
    title: `last run of ${name}`,
    fix: secretsFix,
    look: async () => {
      const [azure, project, { id }] = [await products.azure(), await products.project(), await get()];
      const [run] = await newestRuns(azure, project, { pipelines: [id], atMost: 1 });
      if (run === undefined) return ok('none is kept');
      const faults = await portErrorsOf(products, run);
      return faults.length === 0 ? ok(described(run)) : wrong(described(run), ...faults);
    },
  };
}

/** What became of the last end of a run that the net was to tell Port. */
export function lastEventParts(products: Products): Part[] {
  if (products.config.net === undefined) return [];
  return products.pipelines.map((pipeline) => ({
    id: `history/service-hook/net${pipeline.suffix}`,
    title: `last event of ${pipeline.name} that Port was told`,
    fix: secretsFix,
    look: async () => {
      const hook = await findNetHook(products, pipeline);
      if (hook === undefined) return ok('there is no service hook yet');
      const delivery = await lastDelivery(await products.azure(), hook);
      if (delivery === undefined) return ok('none yet');
      if (delivery.fault !== undefined) return wrong(`${delivery.at}: ${delivery.fault}`);
      const run = await lastTold(products, pipeline, delivery.at);
      if (run === undefined || (await isKept(products, pipeline, run))) return ok(delivery.at);
      const words = `Port took the event of run ${run.number} and kept nothing of it`;
      return wrong(
        `${words}: the secrets of the service hook and of Port's webhook differ, or its mapping failed`,
      );
    },
  }));
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

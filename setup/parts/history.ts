import { isFinished, parseRun } from '../../tasks/common/port/runs/run.ts';
import { type PipelineRun, described, errorsOf, newestRuns } from '../azure/runs.ts';
import { type Json, recordOf, recordsOf, textOf } from '../json.ts';
import type { LoopPipeline, Products } from '../products.ts';
import { lastEventParts } from './net/last-events.ts';
import { type Finding, type Part, ok, secretsFix, wrong } from './part.ts';

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

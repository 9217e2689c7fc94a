import { isNotFound } from '../../tasks/common/port/entities/get-entity.ts';
import { type Run, isFinished, parseRun } from '../../tasks/common/port/runs/run.ts';
import { type PipelineRun, described, findRun, newestRuns } from '../azure/runs.ts';
import { messageOf } from '../errors.ts';
import { type Json, recordOf, textOf } from '../json.ts';
import { type Products, once } from '../products.ts';
import { portErrorsOf, statusIn } from './history.ts';
import { lastEventParts } from './net/last-events.ts';
import { type Finding, type Part, missing, ok, secretsFix, wrong } from './part.ts';

/** How many runs of the pipelines are looked through for the id. */
const mostRuns = 200;

/** One run's way through the loop; each end is read once. */
interface Trace {
  readonly runId: string;
  readonly products: Products;
  /** Undefined for a workflow node's run, which Port lets nobody read. */
  readonly inPort: () => Promise<{ readonly run: Run; readonly json: Json } | undefined>;
  readonly inAzure: () => Promise<PipelineRun | undefined>;
}

function traceOf(products: Products, runId: string): Trace {
  const inPort = once(async () => {
    if (!runId.startsWith('r_')) return undefined;
    const port = await products.port();
    const { run } = await port.call('getRun', { parameters: { runId }, query: { version: 'v2' } });
    return { run: parseRun(run, 'read the run'), json: recordOf(run) };
  });
  return { runId, products, inPort, inAzure: once(() => findPipelineRun(products, runId, inPort)) };
}

/** By the external id that our tasks give a run, otherwise by the run's number. */
async function findPipelineRun(
  products: Products,
  runId: string,
  inPort: Trace['inPort'],
): Promise<PipelineRun | undefined> {
  const [azure, project, read] = [await products.azure(), await products.project(), await inPort()];
  const [, buildId] = /^ado_.*_(\d+)$/.exec(textOf(read?.json.externalRunId)) ?? [];
  if (buildId !== undefined) return findRun(azure, project, Number(buildId));
  const pipelines = await Promise.all(products.pipelines.map(async ({ get }) => (await get()).id));
  const since = textOf(read?.json.createdAt);
  const runs = await newestRuns(azure, project, {
    pipelines,
    ...(since !== '' && { since }),
    atMost: mostRuns,
  });
  const holdsId = new RegExp(`(^|[^A-Za-z0-9])${runId}($|[^A-Za-z0-9])`);
  return runs.find(({ number }) => holdsId.test(number));
}

/** What Port holds of a run, what Azure DevOps holds, and whether both agree. */
export function runParts(products: Products, runId: string): Part[] {
  const trace = traceOf(products, runId);
  return [
    { id: 'run/port', title: `run ${runId} in Port`, look: () => lookInPort(trace) },
    {
      id: 'run/call',
      title: "Port's call of Azure DevOps",
      fix: 'Mend the action: see what "port-azure-pipelines doctor" says of it, of the webhook and of the service connection.',
      look: () => lookAtCall(trace),
    },
    {
      id: 'run/pipeline',
      title: 'its pipeline run in Azure DevOps',
      fix: `Where there is none, see whether the webhook starts the pipeline ("port-azure-pipelines doctor"), and whether name: in its YAML holds $(PORT_RUN_ID). ${secretsFix}`,
      look: () => lookInAzure(trace),
    },
    {
      id: 'run/end',
      title: 'its end in both',
      fix: `End it in Port: port-azure-pipelines runs close ${runId} --status FAILURE --label "Ended by hand".`,
      look: () => compareEnds(trace),
    },
    ...lastEventParts(products),
  ];
}

async function lookInPort({ inPort }: Trace): Promise<Finding> {
  try {
    const read = await inPort();
    if (read === undefined) return ok('Port lets nobody read the run of a workflow node');
    const { run, json } = read;
    const label = run.statusLabel === undefined ? '' : ` "${run.statusLabel}"`;
    const action = textOf(recordOf(json.action).identifier);
    return ok(
      `${run.status}${label}`,
      `of ${action}, since ${textOf(json.createdAt)}${textOf(json.endedAt) === '' ? '' : `, ended ${textOf(json.endedAt)}`}`,
      ...run.links,
    );
  } catch (error) {
    if (isNotFound(error)) return missing(messageOf(error));
    throw error;
  }
}

async function lookAtCall({ runId, inPort }: Trace): Promise<Finding> {
  const read = await inPort();
  if (read === undefined) return ok('not readable');
  const { run, json } = read;
  const { url, body } = recordOf(json.payload);
  if (textOf(url) === '')
    return run.status === 'WAITING_FOR_APPROVAL'
      ? ok('none yet: the run waits for approval')
      : missing('Port called nothing');
  const answered = statusIn(json.response);
  const faults = [
    ...(run.isSynchronized
      ? ['the action is synchronized: Port ended the run as soon as Azure DevOps had answered']
      : []),
    ...(JSON.stringify(body ?? null).includes(runId) ? [] : ["its payload does not hold the run's id"]),
    ...(answered >= 400 ? [`Azure DevOps answered with ${answered}`] : []),
  ];
  const words = `${textOf(url)}${answered === 0 ? '' : `: ${answered}`}`;
  return faults.length === 0 ? ok(words) : wrong(words, ...faults);
}

async function lookInAzure({ runId, products, inAzure }: Trace): Promise<Finding> {
  const run = await inAzure();
  if (run === undefined)
    return missing(
      `none of the newest ${mostRuns} runs holds ${runId} in its number, and Port knows no external id`,
    );
  const errors = await portErrorsOf(products, run);
  const words = [described(run), run.url];
  return errors.length === 0 ? ok(...words) : wrong(...words, ...errors);
}

/** What Port may hold after each result; a partial success may be either, as the task was told. */
const ends: Readonly<Record<string, readonly string[]>> = {
  succeeded: ['SUCCESS'],
  partiallySucceeded: ['SUCCESS', 'FAILURE'],
  failed: ['FAILURE'],
  canceled: ['FAILURE'],
};

async function compareEnds({ inPort, inAzure }: Trace): Promise<Finding> {
  const [read, run] = [await inPort(), await inAzure()];
  if (read === undefined) return ok('nothing to compare');
  const { status } = read.run;
  if (run === undefined)
    return isFinished(read.run)
      ? ok(`Port: ${status}`)
      : wrong(`Port: ${status}; no pipeline run will tell its end`);
  if (run.status !== 'completed')
    return isFinished(read.run) ? wrong(`Port: ${status}; the pipeline still runs`) : ok('both go on');
  if (!isFinished(read.run))
    return wrong(`Port: ${status}; the pipeline ended as ${run.result} at ${run.finishedAt}`);
  const isSame = ends[run.result]?.includes(status) ?? true;
  return isSame ? ok() : wrong(`Port: ${status}; the pipeline ended as ${run.result}`);
}

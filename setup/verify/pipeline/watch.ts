import type { Azure } from '../../azure/client.ts';
import { type Pipeline, type Project, findPipeline, pathOf } from '../../azure/projects.ts';
import { type PipelineRun, findRun, newestRuns } from '../../azure/runs.ts';
import { SetupError, messageOf } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { names } from './yaml.ts';

/** What a run of the probe pipeline showed. */
export interface ProbeRun {
  /** The records of its timeline when it was over. */
  readonly records: readonly Json[];
  /** The log of a record. */
  readonly logOf: (record: Json) => Promise<readonly string[]>;
  /** The log of the failed step as it was while its job went on; undefined where that was over before. */
  readonly early: EarlyLog | undefined;
}

/** A number of lines, or why it could not be read. */
export type EarlyLog = { readonly lines: number } | { readonly why: string };

/** The longest that a run is waited for, in seconds. */
const longest = 20 * 60;

/** By what the labs of all questions share. */
const watches = new WeakMap<Lab['port'], Promise<ProbeRun>>();

/** The newest run of the pipeline, watched to its end once for all questions. @throws SetupError where there is none */
export function watchProbe(lab: Lab): Promise<ProbeRun> {
  const watch = watches.get(lab.port) ?? watchNewest(lab);
  watches.set(lab.port, watch);
  return watch;
}

async function probeOf(lab: Lab, azure: Azure, project: Project): Promise<Pipeline> {
  const found = await findPipeline(azure, project, lab.probePipeline ?? '');
  if (found !== undefined) return found;
  throw new SetupError(
    `There is no pipeline "${lab.probePipeline ?? ''}" in the project. "verify --pipeline" alone prints the one to make.`,
  );
}

async function watchNewest(lab: Lab): Promise<ProbeRun> {
  const [azure, project] = [await lab.azure(), await lab.project()];
  const { id } = await probeOf(lab, azure, project);
  const [run] = await newestRuns(azure, project, { pipelines: [id], atMost: 1 });
  if (run === undefined)
    throw new SetupError('The probe pipeline has no run yet: run it, and start this again.');
  const logOf = async (record: Json): Promise<readonly string[]> => linesOf(azure, project, run, record);
  let early: EarlyLog | undefined;
  const end = await lab.until(async () => {
    // In this order: a run that is over now has a timeline that is.
    const now = await findRun(azure, project, run.id);
    const records = await recordsIn(azure, project, run);
    early ??= await earlyLogOf(records, logOf);
    return now?.status === 'completed' ? records : undefined;
  }, longest);
  if (end === undefined) throw new SetupError('The run of the probe pipeline was not over after 20 minutes.');
  return { records: end, logOf, early };
}

async function recordsIn(azure: Azure, project: Project, { id }: PipelineRun): Promise<Json[]> {
  const path = pathOf(project, `build/builds/${id}/timeline?api-version=7.1`);
  return recordsOf((await azure.call('GET', path, { does: 'read the timeline of the run' })).records);
}

async function linesOf(azure: Azure, project: Project, { id }: PipelineRun, record: Json): Promise<string[]> {
  const log = Number(recordOf(record.log).id);
  if (!(log > 0)) throw new SetupError('it has no log yet');
  const path = pathOf(project, `build/builds/${id}/logs/${log}?api-version=7.1`);
  const answer = await azure.call('GET', path, { does: 'read the log of a step' });
  return [answer.value].flat().map(textOf);
}

/** Undefined while the step has not failed yet, and once its job is over. */
async function earlyLogOf(records: readonly Json[], logOf: ProbeRun['logOf']): Promise<EarlyLog | undefined> {
  const step = records.find(({ type, name }) => type === 'Task' && name === names.failing);
  const job = records.find(({ id }) => id === step?.parentId);
  if (step?.state !== 'completed' || job?.state === 'completed') return undefined;
  return logOf(step).then(
    (lines) => ({ lines: lines.length }),
    (error: unknown) => ({ why: messageOf(error) }),
  );
}

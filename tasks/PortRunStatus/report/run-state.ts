import type { Run } from '../../common/port/runs/run.ts';
import type { Report, Reported } from './report.ts';

/** What is told of a run that was over before this report: what Port holds, and whether that is what the step wanted. */
export function endedRun(run: Run, { verdict }: Pick<Report, 'verdict'>): Reported {
  const shown = shownStatus(run);
  const held = { status: run.status, label: run.statusLabel, links: run.links, taken: [], refused: [] };
  if (run.isSynchronized)
    return { ...held, notes: [], warnings: [synchronizedWarning(run, wordOf(verdict))] };
  const wanted = wordOf(verdict);
  if (wanted === run.status)
    return {
      ...held,
      notes: [`The run is finished already, as ${shown}: that is what this step reports.`],
      warnings: [],
    };
  const warning =
    wanted === undefined
      ? `The run is finished already, as ${shown}; Port takes no more changes for it. An earlier job or attempt, another pipeline on the same webhook, or a user may have ended it.`
      : `The run is finished already, as ${shown}; this step would have reported ${wanted}. Port keeps the first.`;
  return { ...held, notes: [], warnings: [warning] };
}

/** The cause that users look for: Port itself ends such a run as soon as Azure DevOps has taken the call. */
export function synchronizedWarning(run: Run, wanted: 'SUCCESS' | 'FAILURE' | undefined): string {
  const reported = wanted === undefined ? '' : `, so ${wanted} was not reported`;
  return `The run is synchronized: Port ends it by itself when its call to Azure DevOps is answered${reported}. Port shows ${shownStatus(run)}, whatever the pipeline does. To let the pipeline report, set "synchronized": false in the action's backend (invocationMethod).`;
}

function wordOf(verdict: Report['verdict']): 'SUCCESS' | 'FAILURE' | undefined {
  if (verdict === undefined) return undefined;
  return verdict.result === 'success' ? 'SUCCESS' : 'FAILURE';
}

function shownStatus({ status, statusLabel }: Run): string {
  return statusLabel === undefined ? status : `${status} ("${statusLabel}")`;
}

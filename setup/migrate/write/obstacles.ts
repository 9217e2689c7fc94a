import type { Analysis } from '../analysis.ts';
import { isLeft, isReport } from '../calls.ts';
import { allSteps } from '../replace/print.ts';

/** Why a file cannot be changed by a program. */
export function obstaclesIn({ calls, file, plan }: Analysis): readonly string[] {
  const gaps = allSteps(plan).flatMap(({ line, missing }) =>
    missing.map(({ what }) => `line ${line}: ${what} is missing`),
  );
  const staying = calls.filter(isLeft).map(({ line }) => `line ${line}: no task replaces this call`);
  const inFiles = calls
    .filter(({ script }) => script.file !== undefined)
    .map(({ script }) => `line ${script.firstLine}: the call is in ${script.file ?? 'a file'}`);
  const perhaps = calls
    .filter((call) => call.isConditional && call.kind !== 'token' && !isReport(call))
    .map(({ line }) => `line ${line}: the script decides whether it calls`);
  const agentless = plan.jobs.some(({ job }) => job.isAgentless) ? ['a job runs without an agent'] : [];
  return [
    ...new Set([
      ...gaps,
      ...staying,
      ...inFiles,
      ...perhaps,
      ...agentless,
      ...(file.isClassic ? ['it is the export of a classic pipeline'] : []),
    ]),
  ];
}

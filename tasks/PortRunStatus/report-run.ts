import { readPipelineContext } from '../common/agent/pipeline-context.ts';
import type { RunId } from '../common/inputs/run-id.ts';
import type { TaskContext } from '../common/main.ts';
import { cleanerOf, withPort } from '../common/port/session.ts';
import { failureEntity } from './failure/failure-entity.ts';
import { writeFailure } from './failure/write-failure.ts';
import type { RunStatusInputs } from './inputs.ts';
import type { FailureData } from './pipeline/find-failures.ts';
import { detailsTimeOf } from './report/details.ts';
import type { Report, Reported } from './report/report.ts';
import { sendReport } from './report/send.ts';

/** What is to be reported. */
export interface ToReport {
  readonly report: Report;
  readonly failure: FailureData | undefined;
}

export interface Sent {
  readonly report: Report;
  readonly reported: Reported;
}

/**
 * Sends a report, and before it the entity of a failure. Both have their share of the half of the time that is not for the end.
 * @param compose makes the report of what Azure DevOps tells, and meanwhile the step signs in: in a pipeline run a call always
 *   follows, since the start has an external run id to send, and the end a label.
 */
export async function reportRun(
  context: TaskContext,
  inputs: RunStatusInputs,
  { runId, compose }: { runId: RunId; compose: () => Promise<ToReport> },
): Promise<Sent> {
  const { failureBlueprint: blueprint } = inputs;
  return withPort(context, inputs, async (port) => {
    if (readPipelineContext(context.host).externalRunId !== undefined) port.signIn();
    const { report, failure } = await compose();
    const about = { runId, clean: cleanerOf(context, inputs), now: context.clock.now() };
    const entity = failure === undefined ? undefined : failureEntity(context.host, failure, about);
    const detailsTime = detailsTimeOf(port);
    const warnings =
      entity === undefined || blueprint === undefined
        ? []
        : await writeFailure(context, port, { blueprint, entity, runId, atMost: detailsTime(2) });
    const reported = await sendReport(port, runId, report, detailsTime);
    return { report, reported: { ...reported, warnings: [...warnings, ...reported.warnings] } };
  });
}

import { parseResult } from '../common/agent/pipeline-result.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { withPort } from '../common/port/session.ts';
import { deploymentStatus } from './entity/measures.ts';
import { readInputs } from './inputs.ts';
import { showSummary, writeNotes } from './outputs.ts';
import { sessionOptions } from './prepare.ts';
import { record, requireJobStatus } from './record.ts';
import { notRecorded } from './run.ts';
import { taskState } from './task-state.ts';

/** The post-job step: with `record: end`, records the deployment as the job has ended. */
export async function finish(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const state = taskState(host);
  const result = parseResult(requireJobStatus(host)) ?? 'failed';
  if (!state.isArmed) {
    const hint = result === 'failed' ? '. To record failures, put the step before those that deploy' : '';
    return notRecorded(`the step itself did not ask for it, or did not run${hint}`);
  }
  const status = deploymentStatus(result);
  if (status === undefined) return notRecorded('the job was canceled');
  const inputs = readInputs(host, state.address);
  const recording = async (port: PortClient): Promise<Outcome> => {
    const recorded = await record(context, port, { inputs, status });
    writeNotes(context, inputs, recorded.contents, state.file);
    showSummary(context, inputs, recorded);
    return recorded.outcome;
  };
  return withPort(context, inputs, recording, sessionOptions(inputs));
}

import type { Host } from '../common/agent/host.ts';
import { parseResult } from '../common/agent/pipeline-result.ts';
import { isOutage, messageOf } from '../common/errors.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { entityPage } from '../common/port/pages.ts';
import { withPort } from '../common/port/session.ts';
import { deploymentStatus } from './entity/measures.ts';
import { type DeploymentInputs, readInputs } from './inputs.ts';
import { StepOutputs, showSummary, writeNotes } from './outputs.ts';
import { prepare, sessionOptions } from './prepare.ts';
import { record, requireJobStatus } from './record.ts';
import { type TaskState, taskState } from './task-state.ts';

/** What is looked up before a deployment is not worth more of its time than this, in ms; the end looks again. */
const startBudget = 20_000;

/** PortDeployment: records a deployment now, or gets ready to record it at the end of the job. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const outputs = new StepOutputs();
  try {
    const inputs = readInputs(host);
    return inputs.record === 'now'
      ? await recordNow(context, inputs, outputs)
      : await getReady(context, inputs, { outputs, state: taskState(host) });
  } finally {
    outputs.set(host);
  }
}

async function recordNow(
  context: TaskContext,
  inputs: DeploymentInputs,
  outputs: StepOutputs,
): Promise<Outcome> {
  const status = deploymentStatus(resultNow(context.host, inputs));
  if (status === undefined) return notRecorded('the job was canceled');
  const recording = async (port: PortClient): Promise<Outcome> => {
    const recorded = await record(context, port, { inputs, status });
    outputs.identifier = recorded.identifier;
    outputs.entityUrl = recorded.url;
    outputs.leadTimeHours = String(recorded.leadTime ?? '');
    outputs.commitCount = String(recorded.contents?.commits.length ?? '');
    outputs.changesFile = writeNotes(context, inputs, recorded.contents) ?? '';
    showSummary(context, inputs, recorded);
    return recorded.outcome;
  };
  return withPort(context, inputs, recording, sessionOptions(inputs));
}

function resultNow(host: Host, { status }: DeploymentInputs) {
  return status === 'auto' ? (parseResult(requireJobStatus(host)) ?? 'failed') : status;
}

export function notRecorded(why: string): Outcome {
  return { result: 'Succeeded', message: `No deployment is recorded: ${why}.` };
}

/** Mistakes come to light before anything is deployed; that Port is away now is none. */
async function getReady(
  context: TaskContext,
  given: DeploymentInputs,
  { outputs, state }: { outputs: StepOutputs; state: TaskState },
): Promise<Outcome> {
  const { host } = context;
  const { connection, blueprint, identifier } = given;
  const inputs = { ...given, budget: Math.min(given.budget, startBudget) };
  state.arm(connection.apiUrl);
  outputs.identifier = identifier;
  outputs.entityUrl = entityPage(connection.appUrl, blueprint, identifier);
  try {
    const looking = async (port: PortClient) => {
      const { contents, problems } = await prepare(context, port, { inputs, isServiceChecked: true });
      for (const problem of problems) host.info(`Could not be read so far: ${problem}.`);
      outputs.commitCount = String(contents?.commits.length ?? '');
      outputs.changesFile = writeNotes(context, inputs, contents) ?? '';
      state.rememberFile(outputs.changesFile);
    };
    await withPort(context, inputs, looking, sessionOptions(inputs));
  } catch (error) {
    if (!isOutage(error)) {
      state.disarm();
      throw error;
    }
    host.warning(`Port cannot be asked now (${messageOf(error)}). The end of the job tries again.`);
  }
  return { result: 'Succeeded', message: `The deployment "${identifier}" is recorded when the job ends.` };
}

import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { stepStatusFunctions } from '../expressions/status-functions.ts';
import { toBoolean } from '../expressions/values.ts';
import { type JobContext, setJobResult } from '../state/job-context.ts';
import { mergeResults } from '../state/results.ts';
import { type PlannedStep, StepContext } from '../state/step-context.ts';
import type { TaskResult } from '../types.ts';
import { executeTask } from './execute-task.ts';

/** The most retries that `retryCountOnTaskFailure` gives: TaskRunner.cs. */
const maxRetries = 10;

/** A step was stopped: by the job's cancel or by its own timeout. */
class StoppedError extends Error {}

/**
 * Evaluates a step's condition, runs it and merges its result into the job's: StepsRunner.cs. When the agent is
 * lost meanwhile, the record stays as it is.
 */
export async function runStep(planned: PlannedStep, job: JobContext): Promise<void> {
  const { record, displayName } = planned;
  record.start(job.agentName);
  job.variables.expandNested();
  if (job.signals.canceled.aborted) setJobResult(job, 'canceled');
  const step = new StepContext(planned, job);
  setStepVariables(planned, job);
  const shouldRun = !job.signals.expired.aborted && holds(step);
  if (shouldRun === false) {
    step.write(`Skipping step due to condition evaluation.\nEvaluating: ${planned.condition}\nResult: False`);
    record.complete('skipped');
    return;
  }
  if (shouldRun === undefined) {
    finish(step, 'failed');
    return;
  }
  step.write(`##[section]Starting: ${displayName}`);
  writeHeader(step);
  const result = await runToEnd(step);
  if (job.signals.lost.aborted) return;
  step.write(`##[section]Finishing: ${displayName}`);
  finish(step, result === 'failed' && planned.step.continueOnError ? 'succeededWithIssues' : result);
}

function setStepVariables(
  { instanceId, displayName, refName }: PlannedStep,
  { variables }: JobContext,
): void {
  variables.set('System.TaskInstanceId', instanceId);
  variables.set('System.TaskInstanceName', refName);
  variables.set('System.TaskDisplayName', displayName);
  variables.set('Task.DisplayName', displayName);
}

/** Whether the condition holds; nothing, with an error on the step, when it cannot be evaluated. */
function holds(step: StepContext): boolean | undefined {
  const { job, planned } = step;
  try {
    const names = { variables: job.variables.toContext() };
    const functions = stepStatusFunctions(job.result ?? 'succeeded');
    return toBoolean(evaluate(planned.condition, { names, functions }));
  } catch (error) {
    step.error(`The condition '${planned.condition}' cannot be evaluated: ${messageOf(error)}`);
    return undefined;
  }
}

function writeHeader(step: StepContext): void {
  const { definition } = step.planned.task;
  const line = '='.repeat(78);
  step.write(line);
  step.write(`Task         : ${definition.friendlyName}`);
  step.write(`Description  : ${definition.description}`);
  step.write(`Version      : ${definition.version}`);
  step.write(`Author       : ${definition.author}`);
  step.write(`Help         : ${definition.help}`);
  step.write(line);
}

function finish(step: StepContext, result: TaskResult): void {
  const { job, planned } = step;
  planned.record.complete(result);
  if (result === 'failed' || result === 'succeededWithIssues')
    setJobResult(job, mergeResults(job.result, result));
}

async function runToEnd(step: StepContext): Promise<TaskResult> {
  const { job, planned } = step;
  const stop = new AbortController();
  const onCancel = () => {
    setJobResult(job, 'canceled');
    // A step whose condition still holds, such as always(), is not interrupted.
    if (holds(step) === true) return;
    step.error('The Operation will be canceled. The next steps may not contain expected logs.');
    stop.abort('canceled');
  };
  if (!job.signals.canceled.aborted) job.signals.canceled.addEventListener('abort', onCancel, { once: true });
  const timeout = planned.step.timeoutInMinutes * job.settings.timings.minute;
  const timer = timeout > 0 ? setTimeout(() => stop.abort('timeout'), timeout) : undefined;
  try {
    await runWithRetries(step, stop.signal);
  } catch (error) {
    conclude(step, error, stop.signal);
  } finally {
    clearTimeout(timer);
    job.signals.canceled.removeEventListener('abort', onCancel);
  }
  const result = step.result ?? 'succeeded';
  return step.commandResult === null ? result : mergeResults(result, step.commandResult);
}

function conclude(step: StepContext, error: unknown, stop: AbortSignal): void {
  if (step.job.signals.lost.aborted) return;
  if (!(error instanceof StoppedError)) {
    step.error(messageOf(error));
    step.result = 'failed';
  } else if (stop.reason === 'timeout') {
    step.error('The task has timed out.');
    step.result = 'failed';
  } else {
    step.error('The operation was canceled.');
    step.result = 'canceled';
  }
}

/**
 * RetryHelper.cs: a failed result is forgotten before the next try only when the process ended with exit code 0.
 * After `task.complete result=Failed` and another exit code, a good second try still counts as failed.
 */
async function runWithRetries(step: StepContext, stop: AbortSignal): Promise<void> {
  const wanted = step.planned.step.retryCountOnTaskFailure;
  const retries = Math.min(wanted, maxRetries);
  if (wanted > maxRetries) step.warning(`The retry count ${wanted} is more than the limit of ${maxRetries}.`);
  for (let count = 0; ; count++) {
    try {
      await runOnce(step, stop);
      if (step.result !== 'failed' || count >= retries) return;
      step.result = null;
    } catch (error) {
      if (error instanceof StoppedError || step.job.signals.lost.aborted || count >= retries) throw error;
      step.warning(messageOf(error));
    }
    await wait((count + 1) ** 2 * step.job.settings.timings.retryUnit, stop);
    step.write(
      `RetryHelper encountered task failure, will retry (attempt #: ${count + 1} out of ${retries})`,
    );
  }
}

async function runOnce(step: StepContext, stop: AbortSignal): Promise<void> {
  const killed = AbortSignal.any([step.job.signals.expired, step.job.signals.lost]);
  try {
    await executeTask(step, stop);
  } catch (error) {
    if (!stop.aborted && !killed.aborted) throw error;
  }
  if (stop.aborted || killed.aborted) throw new StoppedError('The operation was canceled.');
}

async function wait(ms: number, stop: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stop }).catch(() => {
    throw new StoppedError('The operation was canceled.');
  });
}

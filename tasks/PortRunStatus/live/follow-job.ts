import { existsSync, rmSync } from 'node:fs';
import { type JobApiContext, isProblem } from '../../common/azure-devops/job-api.ts';
import { type TimelineRecord, readTimeline } from '../../common/azure-devops/timeline.ts';
import { type Clock, systemClock } from '../../common/clock.ts';
import { CanceledError, UnexpectedAnswerError, isOutage } from '../../common/errors.ts';
import { openTransport } from '../../common/network/open-transport.ts';
import { Budget } from '../../common/port/client/budget.ts';
import {
  type PortClient,
  type PortClientOptions,
  createPortClient,
} from '../../common/port/client/client.ts';
import { oneLine, plainText } from '../../common/text/plain-text.ts';
import { portRedactorOf } from '../../common/text/redaction.ts';
import { userAgent } from '../../common/version.ts';
import { sendReport } from '../report/send.ts';
import { type CancelNote, writeCancelNote } from './cancel-note.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { watchRun } from './end-in-port.ts';
import { type News, isJobOver, newsOf } from './progress-news.ts';
import type { ProgressOrder } from './progress-order.ts';
import { ReportingSteps } from './reporting-steps.ts';

/** So long, in ms, the timeline may be out of reach: a process that outlived its agent, and its file, ends at last. */
const longestOutage = 24 * 60 * 60 * 1000;

/** Time for one report to Port, waits included, in ms. */
const reportBudget = 60_000;

/** Time for one read of the timeline, in ms: nobody waits for it, so it may be tried again where nothing comes. */
const readBudget = 30_000;

/**
 * Follows a job, however long it runs, until its file is gone, the job or its run is over, or Azure DevOps no longer lets it read. Never
 * ends the run in Port; where it is ended there and that is wanted, cancels the pipeline run.
 */
export async function followJob(
  order: ProgressOrder,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  const { aliveFile, interval, variables } = order;
  const host = {
    proxy: () => order.proxy,
    certificates: () => order.certificates,
    variable: (name: string) => variables[name],
    jobConnection: () => order.jobConnection,
  };
  const context = { host, clock, signal, environment: process.env };
  const transport = openTransport(context, order.connection.apiUrl, 1);
  const budget = new Budget(reportBudget, clock);
  const port = createPortClient(clientOptions(order, { transport, clock, signal, budget }));
  const send = progressOf(port, order);
  const watch = order.isCanceledWithPort ? endWatch(context, port, order) : undefined;
  const seen = new Set<string>();
  let lastRead = clock.elapsed();
  try {
    while (existsSync(aliveFile)) {
      await clock.sleep(interval, signal);
      const answer = await readTimeline(context, readBudget);
      if (!existsSync(aliveFile)) return;
      if (isProblem(answer)) {
        // Azure DevOps may be there again at the next look.
        if (answer.isPassing === true && clock.elapsed() - lastRead < longestOutage) continue;
        if (watch !== undefined) writeCancelNote(aliveFile, unwatched(answer.problem));
        return;
      }
      lastRead = clock.elapsed();
      const news = newsOf(answer.records, variables['System.JobId'], seen);
      if (news.isJobOver) return;
      budget.renew();
      const isOpen = await send(news);
      budget.renew();
      if (watch === undefined ? !isOpen : await watch(answer.records, isOpen)) return;
    }
  } finally {
    await transport.close();
    rmSync(aliveFile, { force: true });
  }
}

/**
 * Sends what is new; says whether the run takes it, as far as is known. What an outage of Port keeps back is sent at a later time; an
 * error that does not pass is the end of it.
 */
function progressOf(port: PortClient, order: ProgressOrder): (news: News) => Promise<boolean> {
  const clean = portRedactorOf([...order.secrets, order.connection.clientSecret]);
  let kept: readonly string[] = [];
  let shownLabel: string | undefined;
  let isLabelRefused = false;
  let isTaken = true;
  return async ({ label: place, lines }) => {
    const label = place === undefined ? undefined : oneLine(clean(plainText(place)));
    if (!isTaken) return false;
    kept = [...kept, ...lines];
    if (kept.length === 0 && (label === undefined || label === shownLabel)) return true;
    try {
      const { status, taken, refused } = await sendReport(port, order.runId, {
        log: clean(plainText(kept.join('\n'))),
        label,
        isLabelRefused,
        output: undefined,
        links: [],
        summary: undefined,
        externalRunId: undefined,
        verdict: undefined,
      });
      // Lines that neither arrived nor were refused go with the next.
      if ([...taken, ...refused].includes('log')) kept = [];
      shownLabel = label;
      isLabelRefused ||= refused.includes('label');
      return status === 'IN_PROGRESS';
    } catch (error) {
      if (error instanceof CanceledError) throw error;
      isTaken = isOutage(error) || error instanceof UnexpectedAnswerError;
      return isTaken;
    }
  };
}

/** Says of a pipeline run that cannot be watched why cancelWithPort does nothing for it. */
function unwatched(problem: string): CancelNote {
  return { reason: `This pipeline run cannot be watched any more: ${problem}.`, outcome: 'blind' };
}

/**
 * Looks whether the run was ended in Port, and then cancels the pipeline run, unless a step of it can have ended the run. Where the
 * run cannot be watched, the progress goes on without.
 * @returns of a look: whether there is nothing more to do.
 */
function endWatch(
  context: JobApiContext,
  port: PortClient,
  order: ProgressOrder,
): (records: readonly TimelineRecord[], isOpen: boolean) => Promise<boolean> {
  const { aliveFile, interval, runId, variables } = order;
  const look = watchRun(port, runId);
  const steps = new ReportingSteps(variables['System.TaskInstanceId']);
  let isBlind = false;
  return async (before, isOpen) => {
    if (isBlind) return !isOpen;
    const seen = await look();
    if (seen.kind === 'open') {
      steps.rememberOpen(before);
      return false;
    }
    if (seen.kind === 'blind') {
      writeCancelNote(aliveFile, { reason: seen.reason, outcome: 'blind' });
      isBlind = true;
      return !isOpen;
    }
    // The agent tells the timeline a moment later that a step has begun, which may have ended the run.
    await context.clock.sleep(interval, context.signal);
    const now = await readTimeline(context, readBudget);
    if (!existsSync(aliveFile)) return true;
    if (isProblem(now)) {
      if (now.isPassing === true) return false;
      writeCancelNote(aliveFile, { reason: seen.reason, outcome: 'refused', problem: now.problem });
      return true;
    }
    if (!isJobOver(now.records, variables['System.JobId']) && !steps.canHaveEndedIt(now.records))
      await cancelPipeline(context, aliveFile, seen.reason);
    return true;
  };
}

/** One client, and so one token, for the whole job; each report has the whole budget. */
function clientOptions(
  order: ProgressOrder,
  connected: Pick<PortClientOptions, 'transport' | 'clock' | 'signal' | 'budget'>,
): PortClientOptions {
  return {
    ...connected,
    connection: order.connection,
    userAgent,
    hasInput: () => false,
    maskSecret: () => undefined,
    log: { info: () => undefined, debug: () => undefined },
  };
}

import { existsSync, rmSync } from 'node:fs';
import { readTimeline } from '../../common/azure-devops/timeline.ts';
import { systemClock } from '../../common/clock.ts';
import { openTransport } from '../../common/network/open-transport.ts';
import { Budget } from '../../common/port/client/budget.ts';
import { type PortClientOptions, createPortClient } from '../../common/port/client/client.ts';
import { oneLine, plainText } from '../../common/text/plain-text.ts';
import { portRedactorOf } from '../../common/text/redaction.ts';
import { userAgent } from '../../common/version.ts';
import { sendReport } from '../report/send.ts';
import { newsOf } from './progress-news.ts';
import type { ProgressOrder } from './progress-order.ts';

/** No job runs longer than the 6 hours of a hosted agent by default; a self-hosted one may, and then loses its live progress. */
const longestLife = 24 * 60 * 60 * 1000;

/** Time for one report to Port, waits included, in ms. */
const reportBudget = 60_000;

/** Time for one read of the timeline, in ms: nobody waits for it, so it may be tried again where nothing comes. */
const readBudget = 30_000;

/** Follows a job until its file is gone, the job or its run is over, or Azure DevOps no longer lets it read. Never ends the run. */
export async function followJob(order: ProgressOrder, signal: AbortSignal): Promise<void> {
  const { aliveFile, interval, variables, runId } = order;
  const host = {
    proxy: () => order.proxy,
    certificates: () => order.certificates,
    variable: (name: string) => variables[name],
    jobConnection: () => order.jobConnection,
  };
  const context = { host, clock: systemClock, signal, environment: process.env };
  const transport = openTransport(context, order.connection.apiUrl, 1);
  const clean = portRedactorOf([...order.secrets, order.connection.clientSecret]);
  const budget = new Budget(reportBudget, systemClock);
  const port = createPortClient(clientOptions(order, { transport, signal, budget }));
  const seen = new Set<string>();
  const started = systemClock.elapsed();
  let shownLabel: string | undefined;
  let isLabelRefused = false;
  try {
    while (existsSync(aliveFile) && systemClock.elapsed() - started < longestLife) {
      await systemClock.sleep(interval, signal);
      const answer = await readTimeline(context, readBudget);
      if ('problem' in answer || !existsSync(aliveFile)) return;
      const { label: place, lines, isJobOver } = newsOf(answer.records, variables['System.JobId'], seen);
      if (isJobOver) return;
      const label = place === undefined ? undefined : oneLine(clean(plainText(place)));
      if (lines.length === 0 && (label === undefined || label === shownLabel)) continue;
      budget.renew();
      const log = clean(plainText(lines.join('\n')));
      const { status, refused } = await sendReport(port, runId, {
        log,
        label,
        isLabelRefused,
        output: order.output,
        links: [],
        summary: undefined,
        externalRunId: undefined,
        verdict: undefined,
      });
      if (status !== 'IN_PROGRESS') return;
      isLabelRefused ||= refused.includes('label');
      shownLabel = label;
    }
  } finally {
    await transport.close();
    rmSync(aliveFile, { force: true });
  }
}

/** One client, and so one token, for the whole job; each report has the whole budget. */
function clientOptions(
  order: ProgressOrder,
  connected: Pick<PortClientOptions, 'transport' | 'signal' | 'budget'>,
): PortClientOptions {
  return {
    ...connected,
    connection: order.connection,
    clock: systemClock,
    userAgent,
    hasInput: () => false,
    maskSecret: () => undefined,
    log: { info: () => undefined, debug: () => undefined },
  };
}

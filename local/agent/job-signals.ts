import type { JobSignals } from './job-context.ts';
import type { LegRun } from './run-context.ts';
import type { RecordHandle } from './timeline.ts';

interface JobWatch {
  readonly signals: JobSignals;
  readonly stop: () => void;
}

/** Watches for what ends a job early: a person's cancel, its timeout, the end of its cancel timeout, a lost agent. */
export function watchJob(about: LegRun, record: RecordHandle): JobWatch {
  const { job, run } = about.phase;
  const { minute, cancelMargin } = run.settings.timings;
  const canceled = new AbortController();
  const expired = new AbortController();
  const lost = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const cancel = () => {
    if (canceled.signal.aborted) return;
    // The worker is stopped a little before the server gives up; no cancel timeout is under a minute.
    const grace = Math.max(job.cancelTimeoutInMinutes, 1) * minute - cancelMargin;
    timers.push(setTimeout(() => expired.abort(), Math.max(grace, 0)));
    canceled.abort();
  };
  if (about.canceled.aborted) cancel();
  about.canceled.addEventListener('abort', cancel, { once: true });
  if (job.timeoutInMinutes > 0) {
    const tooLong = () => {
      record.issue({ type: 'error', category: 'General', message: timeoutMessage(about) });
      cancel();
    };
    timers.push(setTimeout(tooLong, job.timeoutInMinutes * minute));
  }
  const lose = () => lost.abort();
  run.losses.add(lose);
  const stop = () => {
    timers.forEach(clearTimeout);
    about.canceled.removeEventListener('abort', cancel);
    run.losses.delete(lose);
  };
  return { signals: { canceled: canceled.signal, expired: expired.signal, lost: lost.signal }, stop };
}

const timeoutMessage = ({ phase }: LegRun) =>
  `The job running on agent ${phase.run.settings.name} ran longer than the maximum time of ` +
  `${phase.job.timeoutInMinutes} minutes. For more information, see https://go.microsoft.com/fwlink/?linkid=2077134`;

import { text } from 'node:stream/consumers';
import { followJob } from './live/follow-job.ts';
import type { ProgressOrder } from './live/progress-order.ts';

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('SIGINT', () => undefined);

// Live progress is a courtesy: whatever goes wrong here, the job and its report go on.
void text(process.stdin)
  .then((order) => followJob(JSON.parse(order) as ProgressOrder, stop.signal))
  .catch(() => undefined);

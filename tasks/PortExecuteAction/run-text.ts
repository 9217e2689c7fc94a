import { oneLine } from '../common/text/plain-text.ts';
import type { StartedRun } from './startable.ts';

/** How a run stands, for people: its status, and its label in quotes. */
export function statusText({ status, statusLabel }: Pick<StartedRun, 'status' | 'statusLabel'>): string {
  const label = statusLabel === undefined ? '' : ` "${oneLine(statusLabel)}"`;
  const words = status === 'WAITING_FOR_APPROVAL' ? 'waiting for approval' : oneLine(status, 60);
  return `${words}${label}`;
}

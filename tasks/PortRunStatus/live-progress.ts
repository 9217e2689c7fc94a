import type { Host } from '../common/host.ts';
import type { TaskContext } from '../common/main.ts';
import type { RunId } from '../common/run-id.ts';
import type { RunStatusInputs } from './inputs.ts';

export function startLiveProgress(context: TaskContext, inputs: RunStatusInputs, runId: RunId): void {
  void context;
  void inputs;
  void runId;
}

export async function stopLiveProgress(host: Host): Promise<void> {
  void host;
  await Promise.resolve();
}

import type { Build } from './model.ts';

/** The reason of an abort when the machine of the agent is gone: the runner must kill what it started, and report nothing. */
export class AgentLostError extends Error {
  constructor(agent: string) {
    super(
      `We stopped hearing from agent ${agent}. Verify the agent machine is running and has a healthy network connection.`,
    );
    this.name = 'AgentLostError';
  }
}

/** What Azure DevOps makes of records whose agent it does not hear any more: all that went on has failed, and the jobs say why. */
export function endAsLost(build: Build, error: AgentLostError): void {
  const finishTime = new Date().toISOString();
  for (const record of build.records.values()) {
    if (record.state === 'completed') continue;
    const isJob = record.type === 'Job';
    build.records.set(record.id, {
      ...record,
      state: 'completed',
      result: 'failed',
      finishTime,
      errorCount: record.errorCount + (isJob ? 1 : 0),
      issues: isJob ? [...record.issues, { type: 'error', message: error.message }] : record.issues,
    });
  }
}

import { runPage } from '../common/port/pages.ts';
import { type Run, getRun, isFinished } from '../common/port/runs/run.ts';
import { findStartedRuns, getUserInputs, startRun } from '../common/port/runs/start-run.ts';
import { typedMap } from '../common/structured-text/typed-values.ts';
import type { ExecuteInputs } from './inputs.ts';
import { logLines } from './log-lines.ts';
import { LogReader } from './log-reader.ts';
import { type Startable, type StartedRun, nameOf } from './startable.ts';

/** A self-service action. Port has no way to cancel its runs. */
export function actionOf(inputs: ExecuteInputs): Startable {
  const { identifier: action, entity, runAs, connection } = inputs;
  return {
    name: nameOf(inputs),
    typedInputs: async (port, given) => typedMap(given, { properties: await getUserInputs(port, action) }),
    start: async (port, properties) => started(await startRun(port, { action, entity, runAs, properties })),
    async findStarted(port, properties, since) {
      const runs = await findStartedRuns(port, { action, entity, runAs, properties }, since);
      return runs.map(started);
    },
    getRun: async (port, runId) => started(await getRun(port, runId)),
    follow(port, runId) {
      const log = new LogReader(port, runId);
      return {
        look: async () => started(await getRun(port, runId)),
        news: async () => (await log.next()).map(({ message }) => logLines(message)),
      };
    },
    pageOf: (runId) => runPage(connection.appUrl, runId),
  };
}

function started(run: Run): StartedRun {
  const { id, status, statusLabel } = run;
  return { id, status, statusLabel, isFinished: isFinished(run) };
}

import type { PortClient } from '../common/port/client/client.ts';
import { workflowRunPage } from '../common/port/pages.ts';
import {
  type WorkflowDefinition,
  findStartedWorkflowRuns,
  getWorkflow,
  startWorkflowRun,
} from '../common/port/runs/start-workflow-run.ts';
import { cancelWorkflowRun, getWorkflowRun } from '../common/port/runs/workflow-run.ts';
import { typedMap } from '../common/structured-text/typed-values.ts';
import type { ExecuteInputs } from './inputs.ts';
import { NodeNews } from './node-news.ts';
import { type Startable, nameOf } from './startable.ts';

/** A workflow, which people start by its SELF_SERVE_TRIGGER node. */
export function workflowOf(inputs: ExecuteInputs): Startable {
  const { identifier: workflow, connection } = inputs;
  const pageOf = (runId: string) => workflowRunPage(connection.appUrl, runId);
  let known: WorkflowDefinition | undefined;
  const definitionOf = async (port: PortClient) => (known ??= await getWorkflow(port, workflow));
  return {
    name: nameOf(inputs),
    typedInputs: async (port, given) => typedMap(given, { properties: (await definitionOf(port)).inputs }),
    start: async (port, values) =>
      startWorkflowRun(port, { workflow, definition: await definitionOf(port), inputs: values }),
    findStarted: async (port, values, since) =>
      findStartedWorkflowRuns(
        port,
        { workflow, definition: await definitionOf(port), inputs: values },
        since,
      ),
    getRun: getWorkflowRun,
    follow(port, runId) {
      const news = new NodeNews(pageOf(runId));
      let lines: readonly string[] = [];
      return {
        async look() {
          const { nodes } = await definitionOf(port);
          const run = await getWorkflowRun(port, runId);
          lines = news.linesOf(run.nodeRuns, nodes);
          return run;
        },
        news: () => Promise.resolve(lines),
      };
    },
    pageOf,
    cancel: cancelWorkflowRun,
  };
}

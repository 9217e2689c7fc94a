import { type Automation, after, before, isOfKind, nodePath, runPath, value } from '../automation.ts';
import { netAutomation } from './automation.ts';

// An edit of the entity by hand is no end of a run, nor is what takes the time of the end away.
const hasEnded = `(${after}.finishedAt // "") as $end | $end != "" and $end != (${before}.finishedAt // "")`;

/** They hand a pipeline's result to the run. Action runs and workflow nodes have different words for an end. */
export const netAutomations: readonly Automation[] = [
  netAutomation({
    identifier: 'azure_pipeline_run_ended',
    title: 'Close the run of an action whose pipeline ended',
    event: 'ANY_ENTITY_CHANGE',
    conditions: [isOfKind('r_'), hasEnded],
    path: runPath,
    body: {
      status: value('portStatus'),
      statusLabel: value('label'),
      link: value('link'),
      summary: `The pipeline run ${value('number')} ended as ${value('result')}, and no step of it had told Port.`,
    },
  }),
  netAutomation({
    identifier: 'azure_pipeline_node_ended',
    title: 'Close the workflow node whose pipeline ended',
    event: 'ANY_ENTITY_CHANGE',
    conditions: [isOfKind('wfnr_'), hasEnded],
    path: nodePath,
    body: { status: 'COMPLETED', result: value('nodeResult'), links: [value('link')] },
  }),
];

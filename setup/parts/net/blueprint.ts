import type { Json } from '../../json.ts';

export const netBlueprintId = 'azure_pipeline_run';

/** What Port keeps of a pipeline run that its number ties to a run of Port. */
export const netBlueprint: Json = {
  identifier: netBlueprintId,
  title: 'Azure pipeline run',
  icon: 'AzureDevops',
  description: 'How a pipeline run ended that a Port action or workflow started',
  schema: {
    properties: {
      number: { type: 'string', title: 'Run number' },
      result: { type: 'string', title: 'Result' },
      link: { type: 'string', format: 'url', title: 'Run' },
      portRunId: { type: 'string', title: 'Port run id' },
      portStatus: { type: 'string', title: 'Status for an action run' },
      nodeResult: { type: 'string', title: 'Result for a workflow node' },
      label: { type: 'string', title: 'Label' },
      finishedAt: { type: 'string', title: 'Finished at' },
      progress: { type: 'string', title: 'Progress' },
      progressOf: { type: 'object', title: 'What the progress is of' },
    },
    required: [],
  },
  relations: {},
};

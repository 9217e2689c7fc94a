import { runIdPattern } from '../../tasks/common/inputs/run-id.ts';
import type { Json } from '../json.ts';

export const netBlueprintId = 'azure_pipeline_run';

/** The tasks' pattern, as a string of jq. */
const pattern = JSON.stringify(runIdPattern);

interface EventShape {
  readonly filter: string;
  readonly branch: string;
  readonly number: string;
  readonly result: string;
  readonly link: string;
  readonly finishedAt: string;
  readonly identifier: string;
}

const runStateChanged: EventShape = {
  filter:
    '.body.eventType == "ms.vss-pipelines.run-state-changed-event" and .body.resource.run.state == "completed"',
  branch: '.body.resource.run.resources.repositories.self.refName',
  number: '.body.resource.run.name',
  result: '.body.resource.run.result',
  link: '.body.resource.run._links.web.href',
  finishedAt: '.body.resource.run.finishedDate',
  identifier:
    '"ado_" + .body.resourceContainers.project.id + "_" + (.body.resource.pipeline.id | tostring) + "_" + (.body.resource.run.id | tostring)',
};

const buildCompleted: EventShape = {
  filter:
    '.body.eventType == "build.complete" and .body.resource.status == "completed" and .body.resource.reason != "pullRequest"',
  branch: '.body.resource.sourceBranch',
  number: '.body.resource.buildNumber',
  result: '.body.resource.result',
  link: '.body.resource._links.web.href',
  finishedAt: '.body.resource.finishTime',
  identifier:
    '"ado_" + .body.resourceContainers.project.id + "_" + (.body.resource.definition.id | tostring) + "_" + (.body.resource.id | tostring)',
};

/**
 * The tasks' rule: an id ends no run that a pull request or the name of a branch may have brought into the number, in which
 * signs of the name are "_". Which run the pipeline was started for, the run's external id, is known to Port alone.
 */
const isOfNoBranch = ({ branch, number }: EventShape): string =>
  `((${branch} // "" | gsub("[^A-Za-z0-9]"; "_") | ascii_downcase) as $branch | (${number} | capture(${pattern}).id | ascii_downcase) as $id | $branch | startswith("refs_pull_") or contains($id) | not)`;

/** A choice by the result. Partial success counts as success, as it does where a step reports. */
const choose = (result: string, [success, canceled, failed]: readonly [string, string, string]): string =>
  `if (${result} | test("succeeded"; "i")) then "${success}" elif ${result} == "canceled" then "${canceled}" else "${failed}" end`;

function mappingOf(shape: EventShape): Json {
  const { filter, number, result, link, finishedAt, identifier } = shape;
  return {
    blueprint: netBlueprintId,
    filter: `${filter} and (${number} | test(${pattern})) and ${isOfNoBranch(shape)}`,
    entity: {
      identifier,
      title: number,
      properties: {
        number,
        result,
        link,
        portRunId: `${number} | capture(${pattern}).id`,
        portStatus: choose(result, ['SUCCESS', 'FAILURE', 'FAILURE']),
        nodeResult: choose(result, ['SUCCESS', 'CANCELLED', 'FAILED']),
        label: choose(result, ['Succeeded', 'Canceled', 'Pipeline failed']),
        finishedAt,
      },
    },
  };
}

/** How Port makes an entity of the end of a pipeline run, of either event type. */
export const netMappings: readonly Json[] = [mappingOf(runStateChanged), mappingOf(buildCompleted)];

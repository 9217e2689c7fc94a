import { runIdPattern } from '../../../tasks/common/inputs/run-id.ts';
import type { Json } from '../../json.ts';

export const netBlueprintId = 'azure_pipeline_run';

/** The tasks' pattern, as a string of jq. */
const pattern = JSON.stringify(runIdPattern);

/** Where an event of Azure DevOps says what: expressions of jq. What lacks in it is null, or stands in the message alone. */
interface EventShape {
  readonly filter: string;
  readonly branch: string;
  readonly number: string;
  readonly result: string;
  readonly link: string;
  readonly finishedAt: string;
  readonly identifier: string;
}

const orMessage = (path: string): string => `(${path} // .body.message.text // "")`;

/** Without a result nothing is known, and the event is left alone: `capture` gives no value then. */
const orLastWord = (path: string): string =>
  `(${path} // (.body.message.text // "" | capture("(?<word>[A-Za-z]*succeeded|failed|canceled)[.]?$"; "i").word))`;

/** A run is closed with a link, which Port takes only as an address: that of the organization where the event has none of the run. */
const linkOf = (path: string): string =>
  `(${path} // .body.resourceContainers.project.baseUrl // "https://dev.azure.com/")`;

/** The event's own id stands in for a run that it does not name. */
const identifierOf = (pipeline: string, run: string): string =>
  `"ado_" + ([.body.resourceContainers.project.id, ${pipeline}, ${run} // .body.id] | map(values | tostring) | join("_"))`;

const runStateChanged: EventShape = {
  filter:
    '.body.eventType == "ms.vss-pipelines.run-state-changed-event" and (.body.resource.run.state // "completed") == "completed"',
  branch: '.body.resource.run.resources.repositories.self.refName',
  number: orMessage('.body.resource.run.name'),
  result: orLastWord('.body.resource.run.result'),
  link: linkOf('.body.resource.run._links.web.href'),
  finishedAt: '.body.resource.run.finishedDate // .body.createdDate // (now | todate)',
  identifier: identifierOf('.body.resource.pipeline.id', '.body.resource.run.id'),
};

const buildCompleted: EventShape = {
  filter:
    '.body.eventType == "build.complete" and (.body.resource.status // "completed") == "completed" and .body.resource.reason != "pullRequest"',
  branch: '.body.resource.sourceBranch',
  number: orMessage('.body.resource.buildNumber'),
  result: orLastWord('.body.resource.result'),
  link: linkOf('.body.resource._links.web.href'),
  finishedAt: '.body.resource.finishTime // .body.createdDate // (now | todate)',
  identifier: identifierOf('.body.resource.definition.id', '.body.resource.id'),
};

/**
 * The tasks' rule: an id ends no run that a pull request or the name of a branch may have brought into the number, in which
 * signs of the name are "_". Which run the pipeline was started for, the run's external id, is known to Port alone.
 */
const isOfNoBranch = ({ branch, number }: EventShape): string =>
  `([${branch} // "", (${number} | capture(${pattern}).id)] | map(ascii_downcase) | (.[0] | startswith("refs/pull/")) or (.[0] / (.[1] / "_")[1] | length > 1) | not)`;

/** A choice by the result. Partial success counts as success, as it does where a step reports. */
const choose = (result: string, [success, canceled, failed]: readonly [string, string, string]): string =>
  `if (${result} | test("succeeded"; "i")) then "${success}" elif ${result} == "canceled" then "${canceled}" else "${failed}" end`;

function mappingOf(shape: EventShape): Json {
  const { filter, number, result, link, finishedAt, identifier } = shape;
  return {
    blueprint: netBlueprintId,
    filter: `${filter} and (${number} | test(${pattern})) and (${result} | length > 0) and ${isOfNoBranch(shape)}`,
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

import type { Json } from '../../json.ts';
import { idIn, idPattern } from '../ingest.ts';
import { netBlueprintId } from './blueprint.ts';
import { type RunPaths, identifierOf, isOfNoBranch, linkOf, runBranch } from './event-jq.ts';
import { progressMappings } from './progress-mappings.ts';

/** Where an event of Azure DevOps says what: expressions of jq. What lacks in it is null, or stands in the message alone. */
interface EventShape extends RunPaths {
  readonly filter: string;
  readonly result: string;
  readonly link: string;
  readonly finishedAt: string;
  readonly identifier: string;
}

const orMessage = (path: string): string => `(${path} // .body.message.text // "")`;

/** Without a result nothing is known, and the event is left alone: `capture` gives no value then. */
const orLastWord = (path: string): string =>
  `(${path} // (.body.message.text // "" | capture("(?<word>[A-Za-z]*succeeded|failed|canceled)[.]?$"; "i").word))`;

const runStateChanged: EventShape = {
  filter:
    '.body.eventType == "ms.vss-pipelines.run-state-changed-event" and (.body.resource.run.state // "completed") == "completed"',
  branch: runBranch,
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

/** A choice by the result. Partial success counts as success, as it does where a step reports. */
const choose = (result: string, [success, canceled, failed]: readonly [string, string, string]): string =>
  `if (${result} | test("succeeded"; "i")) then "${success}" elif ${result} == "canceled" then "${canceled}" else "${failed}" end`;

function mappingOf(shape: EventShape): Json {
  const { filter, number, result, link, finishedAt, identifier } = shape;
  return {
    blueprint: netBlueprintId,
    filter: `${filter} and (${number} | test(${idPattern})) and (${result} | length > 0) and ${isOfNoBranch(shape)}`,
    entity: {
      identifier,
      title: number,
      properties: {
        number,
        result,
        link,
        portRunId: idIn(number),
        portStatus: choose(result, ['SUCCESS', 'FAILURE', 'FAILURE']),
        nodeResult: choose(result, ['SUCCESS', 'CANCELLED', 'FAILED']),
        label: choose(result, ['Succeeded', 'Canceled', 'Pipeline failed']),
        finishedAt,
      },
    },
  };
}

/**
 * How Port makes an entity of a pipeline run: of its end, of either event type, and of its way there. All files share the
 * webhook, so that all mappings are in it, whichever events the service hooks of a file send.
 */
export const netMappings: readonly Json[] = [
  mappingOf(runStateChanged),
  mappingOf(buildCompleted),
  ...progressMappings,
];

import type { Json } from '../../json.ts';
import { idIn, idPattern } from '../ingest.ts';
import { netBlueprintId } from './blueprint.ts';
import { identifierOf, isOfNoBranch, linkOf, runBranch } from './event-jq.ts';

/** How Port keeps how far a pipeline run is. Stages and jobs are named by people: their names are read, never jq. */

/** No other place is asked for the number: messages hold names of stages as well. */
const number = '(.body.resource.run.name | strings)';

/** One of the things that run, in expressions of jq. */
interface Subject {
  readonly eventType: string;
  /** Nothing for an event that tells of no progress. */
  readonly word: string;
  /** Shown before the word; `__default` is the name of what the YAML does not name. */
  readonly names: readonly string[];
  readonly at: string;
  /** Names of Azure DevOps, as keys; empty where the event is about something above. */
  readonly stage: string;
  readonly job: string;
  /** Attempt and state as a number: a higher one is never followed by a lower one. */
  readonly stageOrder: string;
  readonly jobOrder: string;
}

const stage = '.body.resource.stage';
const job = '.body.resource.job';

/** A skipped stage or job is no progress, and would hide the failure that it was skipped for. */
const wordOf = (path: string, waiting: string): string =>
  `(${path} | (.state | ascii_downcase) as $state | (.result // "" | ascii_downcase) as $result | if $state == "waiting" then "${waiting}" elif $state == "running" then "running" elif $state != "completed" then empty elif ($result | test("succeeded")) then "succeeded" elif ($result | IN("failed", "canceled", "rejected")) then $result else empty end)`;

const nameOf = (path: string): string =>
  `(${path} | (.displayName | strings | select(test("\\\\S"))) // .name | gsub("\\\\s+"; " ") | .[0:100])`;

/** What is to come has no time of its own yet, so that the event's stands for it. */
const timeOf = (path: string): string =>
  `({waiting: null, running: ${path}.startTime, completed: ${path}.finishTime}[${path}.state | ascii_downcase] // .body.createdDate // (now | todate) | rtrimstr("Z"))`;

/** @param ranks of the states; between running and completed a stage shows its jobs */
const orderOf = (path: string, ranks: string): string => `((${path}.attempt // 1) * 10 + ${ranks})`;

const rankOf = (path: string): string =>
  `({waiting: 1, running: 2, completed: 4}[${path}.state | ascii_downcase])`;

const subjects: readonly Subject[] = [
  {
    eventType: 'ms.vss-pipelines.run-state-changed-event',
    word: '(.body.resource.run.state | ascii_downcase | select(. == "inprogress") | "running")',
    names: [],
    // The first of all, however late it comes.
    at: '(.body.resource.run.createdDate // .body.createdDate // (now | todate) | rtrimstr("Z"))',
    ...{ stage: '""', job: '""', stageOrder: '0', jobOrder: '0' },
  },
  {
    eventType: 'ms.vss-pipelines.stage-state-changed-event',
    word: wordOf(stage, 'waiting for approval'),
    names: [nameOf(stage)],
    at: timeOf(stage),
    stage: `${stage}.name`,
    job: '""',
    stageOrder: orderOf(stage, rankOf(stage)),
    jobOrder: '0',
  },
  {
    eventType: 'ms.vss-pipelines.job-state-changed-event',
    word: wordOf(job, 'waiting for an agent'),
    names: [nameOf(stage), nameOf(job)],
    at: timeOf(job),
    stage: `${stage}.name`,
    job: `${job}.name`,
    stageOrder: orderOf(stage, '3'),
    jobOrder: orderOf(job, rankOf(job)),
  },
];

/** `Deploy › Smoke test: running`, as the tasks write it; of what has no name just `Running`. */
const labelOf = ({ names, word }: Subject): string =>
  `(${word} as $word | [${names.join(', ')}] | map(select(. != "__default")) | join(" › ") | if . == "" then ($word[0:1] | ascii_upcase) + $word[1:] else . + ": " + $word end)`;

function mappingOf(subject: Subject): Json {
  const { eventType, word, at, stage: ofStage, job: ofJob, stageOrder, jobOrder } = subject;
  return {
    blueprint: netBlueprintId,
    filter: `.body.eventType == "${eventType}" and ([${word}] | length == 1) and (${number} | test(${idPattern})) and ([.body.resourceContainers.project.id, .body.resource.pipeline.id, .body.resource.run.id] | all(. != null)) and ${isOfNoBranch({ branch: runBranch, number })}`,
    entity: {
      identifier: identifierOf('.body.resource.pipeline.id', '.body.resource.run.id'),
      title: number,
      properties: {
        number,
        link: linkOf(`.body.resource.run._links.web.href // ${stage}._links.web.href`),
        portRunId: idIn(number),
        progress: labelOf(subject),
        progressOf: `{at: ${at}, stage: ${ofStage}, stageOrder: ${stageOrder}, job: ${ofJob}, jobOrder: ${jobOrder}}`,
      },
    },
  };
}

export const progressMappings: readonly Json[] = subjects.map(mappingOf);

import { type Automation, after, before, isOfKind, nodePath, runPath, value } from '../automation.ts';
import { netAutomation } from './automation.ts';
import { netBlueprintId } from './blueprint.ts';

/** One stage ends and the next begins in the same millisecond: what begins is the newer one. */
const momentOf = (side: '$new' | '$old', level: 'stage' | 'job'): string =>
  `[${side}.at, 9 - ${side}.${level}Order % 10, ${side}.${level}]`;

/**
 * Events come out of order and twice: Azure DevOps sends each by itself, and again for minutes where Port did not take
 * it. A mapping sees the event alone and overwrites what the entity held, so that the order is kept here, over both sides
 * of a change: within a stage (or job) by attempt and state, between two by the time at which Azure DevOps had them.
 */
const isNewer = (left: string, right: string): string =>
  [
    `(${left}.progressOf) as $new | (${right}.progressOf) as $old |`,
    `if $new == null then false elif $old == null then true`,
    `elif $new.stage != $old.stage then ${momentOf('$new', 'stage')} > ${momentOf('$old', 'stage')}`,
    `elif $new.stageOrder != $old.stageOrder then $new.stageOrder > $old.stageOrder`,
    `elif $new.job != $old.job then ${momentOf('$new', 'job')} > ${momentOf('$old', 'job')}`,
    `else $new.jobOrder > $old.jobOrder end`,
  ].join(' ');

/** Of a run that has ended only what came later, from a stage that runs again, is told. */
const isOpen = `(${after}.progressOf.at // "") > (${after}.finishedAt // "")`;

/** As the mappings make them; another one may hold what leads the call to another place. */
const isOwnEntity = '.diff.after.identifier | test("\\\\Aado_[A-Za-z0-9_-]+\\\\z")';

const told = [isNewer(after, before), isOpen];

/** What the entity held, in the type that it has. */
const held = (property: string): string => `{{ .event${before}.${property} }}`;

/**
 * They show in the run how far its pipeline is. The first event of a run brings its link and external id, whichever event
 * that is; later ones bring the label alone, so that links of steps stay. A node's label is a call of its own: where Port
 * does not take it, nothing else is lost.
 */
export const progressAutomations: readonly Automation[] = [
  netAutomation({
    identifier: 'azure_pipeline_run_started',
    title: 'Show in the run of an action that its pipeline has begun',
    event: 'ENTITY_CREATED',
    conditions: [isOfKind('r_'), ...told],
    path: runPath,
    body: {
      statusLabel: value('progress'),
      link: value('link'),
      externalRunId: '{{ .event.diff.after.identifier }}',
    },
  }),
  netAutomation({
    identifier: 'azure_pipeline_run_progressed',
    title: 'Show in the run of an action how far its pipeline is',
    event: 'ENTITY_UPDATED',
    conditions: [isOfKind('r_'), ...told],
    path: runPath,
    body: { statusLabel: value('progress') },
  }),
  netAutomation({
    identifier: 'azure_pipeline_node_started',
    title: 'Show in the workflow node that its pipeline has begun',
    event: 'ENTITY_CREATED',
    conditions: [isOfKind('wfnr_'), ...told],
    path: nodePath,
    body: { links: [value('link')], externalRunId: '{{ .event.diff.after.identifier }}' },
  }),
  netAutomation({
    identifier: 'azure_pipeline_node_progressed',
    title: 'Show in the workflow node how far its pipeline is',
    event: 'ANY_ENTITY_CHANGE',
    conditions: [isOfKind('wfnr_'), ...told],
    path: nodePath,
    body: { statusLabel: value('progress') },
  }),
  // Otherwise a second late event would be compared with the first, and pass for news.
  netAutomation({
    identifier: 'azure_pipeline_run_kept',
    title: 'Put back what a late event of a pipeline has overwritten',
    event: 'ENTITY_UPDATED',
    conditions: [isOwnEntity, isNewer(before, after)],
    path: `/v1/blueprints/${netBlueprintId}/entities/{{ .event.diff.after.identifier }}`,
    body: { properties: { progress: held('progress'), progressOf: held('progressOf') } },
  }),
];

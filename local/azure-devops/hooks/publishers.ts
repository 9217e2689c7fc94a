import { type InputDescriptor, dynamic, oneOf, plain, required } from './descriptors.ts';

/** What can be subscribed to, as `GET …/_apis/hooks/publishers` tells it. */
export interface EventType {
  readonly id: string;
  readonly publisherId: string;
  readonly name: string;
  readonly description: string;
  readonly supportedResourceVersions: readonly string[];
  readonly inputDescriptors: readonly InputDescriptor[];
}

type EventRow = readonly [id: string, name: string, versions: string, inputs: readonly InputDescriptor[]];

const project = dynamic('projectId');
const git = [project, dynamic('repository'), dynamic('branch')];
const pullRequest = [...git, dynamic('pullrequestCreatedBy'), dynamic('pullrequestReviewersContains')];
const workItem = [project, plain('areaPath'), dynamic('workItemType'), plain('tag')];
const ofPipeline = [project, dynamic('pipelineId')];
const approval = [project, plain('stageName'), plain('environmentName')];
const release = [project, dynamic('releaseDefinitionId'), dynamic('releaseEnvironmentId')];

const tfs: readonly EventRow[] = [
  [
    'build.complete',
    'Build completed',
    '1.0-preview.1 1.0 2.0',
    [project, dynamic('definitionName'), oneOf('buildStatus', 'Succeeded PartiallySucceeded Failed Stopped')],
  ],
  ['git.push', 'Code pushed', '1.0-preview.1 1.0', [...git, dynamic('pushedBy')]],
  ['git.pullrequest.created', 'Pull request created', '1.0-preview.1 1.0', pullRequest],
  [
    'git.pullrequest.updated',
    'Pull request updated',
    '1.0-preview.1 1.0',
    [
      ...pullRequest,
      oneOf(
        'notificationType',
        'PushNotification ReviewersUpdateNotification StatusUpdateNotification ReviewerVoteNotification',
      ),
    ],
  ],
  [
    'git.pullrequest.merged',
    'Pull request merge attempted',
    '1.0-preview.1 1.0',
    [...pullRequest, oneOf('mergeResult', 'Succeeded Unsuccessful Conflicts Failure RejectedByPolicy')],
  ],
  ['tfvc.checkin', 'Code checked in', '1.0-preview.1 1.0', [project, required('path')]],
  ['workitem.created', 'Work item created', '1.0-preview.1 1.0', workItem],
  ['workitem.updated', 'Work item updated', '1.0-preview.1 1.0', [...workItem, dynamic('changedFields')]],
  ['workitem.deleted', 'Work item deleted', '1.0-preview.1 1.0', workItem],
  ['workitem.restored', 'Work item restored', '1.0-preview.1 1.0', workItem],
  [
    'workitem.commented',
    'Work item commented on',
    '1.0-preview.1 1.0',
    [...workItem, plain('commentPattern')],
  ],
];

const pipelines: readonly EventRow[] = [
  [
    'ms.vss-pipelines.run-state-changed-event',
    'Run state changed',
    '5.1-preview.1',
    [
      ...ofPipeline,
      oneOf('runStateId', 'InProgress Canceling Completed'),
      oneOf('runResultId', 'Canceled Failed Succeeded'),
    ],
  ],
  [
    'ms.vss-pipelines.stage-state-changed-event',
    'Run stage state changed',
    '5.1-preview.1',
    [
      ...ofPipeline,
      plain('stageNameId'),
      oneOf('stageStateId', 'NotStarted Waiting Running Completed'),
      oneOf('stageResultId', 'Canceled Failed Rejected Skipped Succeeded'),
    ],
  ],
  [
    'ms.vss-pipelines.job-state-changed-event',
    'Run job state changed',
    '5.1-preview.1',
    [
      ...ofPipeline,
      plain('stageNameId'),
      plain('jobNameId'),
      oneOf('jobStateId', 'Waiting Running Completed'),
      oneOf('jobResultId', 'Canceled Failed Skipped Succeeded'),
    ],
  ],
  [
    'ms.vss-pipelinechecks-events.approval-pending',
    'Run stage waiting for approval',
    '5.1-preview.1',
    [...ofPipeline, ...approval.slice(1)],
  ],
  [
    'ms.vss-pipelinechecks-events.approval-completed',
    'Run stage approval completed',
    '5.1-preview.1',
    [...ofPipeline, ...approval.slice(1)],
  ],
];

const rm: readonly EventRow[] = [
  ['ms.vss-release.release-created-event', 'Release created', '3.0-preview.1', release.slice(0, 2)],
  [
    'ms.vss-release.deployment-completed-event',
    'Release deployment completed',
    '3.0-preview.1',
    [...release, oneOf('releaseEnvironmentStatus', '4 8 16 32 128')],
  ],
];

const eventsOf = (publisherId: string, rows: readonly EventRow[]): EventType[] =>
  rows.map(([id, name, versions, inputDescriptors]) => ({
    id,
    publisherId,
    name,
    description: name,
    supportedResourceVersions: versions.split(' '),
    inputDescriptors,
  }));

export const publishers: ReadonlyMap<
  string,
  { readonly name: string; readonly events: readonly EventType[] }
> = new Map([
  ['tfs', { name: 'Azure DevOps Services', events: eventsOf('tfs', tfs) }],
  ['pipelines', { name: 'Pipelines', events: eventsOf('pipelines', pipelines) }],
  ['rm', { name: 'Release Management', events: eventsOf('rm', rm) }],
]);

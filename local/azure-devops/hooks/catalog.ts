import { type InputDescriptor, inputsOf } from './descriptors.ts';

/** What can be subscribed to, as `GET …/_apis/hooks/publishers` tells it. */
export interface EventType {
  readonly publisherId: string;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly supportedResourceVersions: readonly string[];
  readonly inputDescriptors: readonly InputDescriptor[];
}

/** Where events can go, as `GET …/_apis/hooks/consumers` tells it. */
export interface ConsumerAction {
  readonly consumerId: string;
  readonly id: string;
  readonly name: string;
  readonly inputDescriptors: readonly InputDescriptor[];
}

const git = 'projectId~ repository~ branch~';
const pullRequest = `${git} pullrequestCreatedBy~ pullrequestReviewersContains~`;
const workItem = 'projectId~ areaPath workItemType~ tag';
const pipeline = 'projectId~ pipelineId~';
const approval = `${pipeline} stageName environmentName`;
const notifications =
  'notificationType=PushNotification/ReviewersUpdateNotification/StatusUpdateNotification/ReviewerVoteNotification';
const merge = 'mergeResult=Succeeded/Unsuccessful/Conflicts/Failure/RejectedByPolicy';

// Publisher; event; name; resource versions; inputs.
const eventTable = `
tfs; build.complete; Build completed; 1.0-preview.1 1.0 2.0; projectId~ definitionName~ buildStatus=Succeeded/PartiallySucceeded/Failed/Stopped
tfs; git.push; Code pushed; 1.0-preview.1 1.0; ${git} pushedBy~
tfs; git.pullrequest.created; Pull request created; 1.0-preview.1 1.0; ${pullRequest}
tfs; git.pullrequest.updated; Pull request updated; 1.0-preview.1 1.0; ${pullRequest} ${notifications}
tfs; git.pullrequest.merged; Pull request merge attempted; 1.0-preview.1 1.0; ${pullRequest} ${merge}
tfs; tfvc.checkin; Code checked in; 1.0-preview.1 1.0; projectId~ path!
tfs; workitem.created; Work item created; 1.0-preview.1 1.0; ${workItem}
tfs; workitem.updated; Work item updated; 1.0-preview.1 1.0; ${workItem} changedFields~
pipelines; ms.vss-pipelines.run-state-changed-event; Run state changed; 5.1-preview.1; ${pipeline} runStateId=InProgress/Canceling/Completed runResultId=Canceled/Failed/Succeeded
pipelines; ms.vss-pipelines.stage-state-changed-event; Run stage state changed; 5.1-preview.1; ${pipeline} stageNameId stageStateId=NotStarted/Waiting/Running/Completed stageResultId=Canceled/Failed/Rejected/Skipped/Succeeded
pipelines; ms.vss-pipelines.job-state-changed-event; Run job state changed; 5.1-preview.1; ${pipeline} stageNameId jobNameId jobStateId=Waiting/Running/Completed jobResultId=Canceled/Failed/Rejected/Skipped/Succeeded
pipelines; ms.vss-pipelinechecks-events.approval-pending; Run stage waiting for approval; 5.1-preview.1; ${approval}
pipelines; ms.vss-pipelinechecks-events.approval-completed; Run stage approval completed; 5.1-preview.1; ${approval}
rm; ms.vss-release.release-created-event; Release created; 3.0-preview.1; projectId~ releaseDefinitionId~
rm; ms.vss-release.deployment-completed-event; Release deployment completed; 3.0-preview.1; projectId~ releaseDefinitionId~ releaseEnvironmentId~ releaseEnvironmentStatus=4/8/16/32/128
`;

const toSend =
  'resourceDetailsToSend=all/minimal/none messagesToSend=all/text/html/markdown/none detailedMessagesToSend=all/text/html/markdown/none';

// Consumer; action; name; inputs. Service Bus topics and storage queues are not served.
const actionTable = `
webHooks; httpRequest; Post via HTTP; url! acceptUntrustedCerts basicAuthUsername basicAuthPassword* httpHeaders* ${toSend}
azureServiceBus; serviceBusQueueSend; Send a message to a Service Bus Queue; connectionString!* queueName! ${toSend}
slack; postMessageToChannel; Post a message to a channel; url!*
`;

const rowsOf = (table: string): string[][] =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('; '));

const events: readonly EventType[] = rowsOf(eventTable).map(
  ([publisherId = '', id = '', name = '', versions = '', inputs = '']) => ({
    publisherId,
    id,
    name,
    description: name,
    supportedResourceVersions: versions.split(' '),
    inputDescriptors: inputsOf(inputs),
  }),
);
const actions: readonly ConsumerAction[] = rowsOf(actionTable).map(
  ([consumerId = '', id = '', name = '', inputs = '']) => ({
    consumerId,
    id,
    name,
    inputDescriptors: inputsOf(inputs),
  }),
);

export const publishers = grouped(events, ({ publisherId }) => publisherId);
export const consumers = grouped(actions, ({ consumerId }) => consumerId);

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const keys = [...new Set(all.map(keyOf))];
  return new Map(keys.map((key) => [key, all.filter((one) => keyOf(one) === key)]));
}

export const findEvent = (publisherId: string, eventType: string): EventType | undefined =>
  publishers.get(publisherId)?.find(({ id }) => id === eventType);

export const findAction = (consumerId: string, actionId: string): ConsumerAction | undefined =>
  consumers.get(consumerId)?.find(({ id }) => id === actionId);

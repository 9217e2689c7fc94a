import { identityJson } from '../build-json.ts';
import type { JsonObject } from '../json.ts';
import type { Approval } from '../model.ts';
import type { State } from '../state.ts';

/**
 * What an approval's event tells, as it was seen live: the project is here and not in `resourceContainers`. Of the
 * approval there are fewer members than REST has: no link, no time and no comment; once it is over, nobody whom the run was
 * requested for.
 */
export function approvalResource(state: State, approval: Approval): JsonObject {
  const { id: approvalId, build, stage, environment, status } = approval;
  const { id, name } = build.pipeline;
  const { requestedFor, reason } = build.request;
  return {
    approvalId,
    approval: {
      id: approvalId,
      status,
      instructions: environment.instructions,
      executionOrder: 'anyOrder',
      blockedApprovers: [],
      pipeline: { id: String(id), name, owner: { id: build.id, name: build.number } },
      steps: stepsOf(state, approval),
    },
    pipeline: { id, name },
    resource: { id: String(environment.id), name: environment.name, resourceType: 'environment' },
    run: {
      id: build.id,
      name: build.number,
      requestedFor: status === 'pending' ? requestedFor.displayName : null,
      runReason: reason,
    },
    runId: build.id,
    stage: { id: stage.id, name: stage.identifier },
    stageName: stage.identifier,
    projectId: state.project.id,
  };
}

const stepsOf = (state: State, { environment, status }: Approval): JsonObject[] =>
  environment.approvers.map((approver, index) => {
    const { id, displayName, uniqueName, descriptor } = identityJson(state, approver);
    const isDecided = status === 'approved' || status === 'rejected';
    return {
      assignedApprover: { id, displayName, uniqueName, descriptor },
      ...(isDecided && { actualApprover: { id: state.requestedFor.id } }),
      status,
      order: index + 1,
    };
  });

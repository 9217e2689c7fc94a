import { randomUUID } from 'node:crypto';
import type { Identity, TaskResult, TimelineRecord } from '../../agent/types.ts';
import { identityJson, pipelineJson, runLinks } from '../build-json.ts';
import { AzureError, badRequest, found } from '../errors.ts';
import { type JsonObject, lookup, text } from '../json.ts';
import type { Approval, Build, Check } from '../model.ts';
import type { State } from '../state.ts';
import { addCheck, environmentOf } from './configurations.ts';
import { type World, checkRecord, ended } from './records.ts';

const now = (): string => new Date().toISOString();

export interface ApprovalCheck {
  readonly approvers?: readonly Identity[];
  readonly instructions?: string;
}

/** Gives an environment an approval check. Without approvers it is the organization's own user who approves. */
export function requireApproval(state: State, name: string, check: ApprovalCheck = {}): Check {
  const { approvers = [state.requestedFor], instructions = '' } = check;
  const environment = Object.assign(environmentOf(state, name), { approvers, instructions });
  return (
    state.checks.find((each) => each.environment === environment && each.type === 'Approval') ??
    addCheck(state, { type: 'Approval', environment })
  );
}

/** Reads who approves. The organization has one user. @throws AzureError 400 */
export function readApprovers(state: State, body: JsonObject): ApprovalCheck {
  const approvers = lookup(body, 'settings.approvers');
  if (!Array.isArray(approvers) || approvers.length === 0)
    throw badRequest('settings.approvers must be a list of identities.');
  const stranger: unknown = approvers.find((each) => lookup(each, 'id') !== state.requestedFor.id);
  if (stranger !== undefined)
    throw badRequest(`The local Azure DevOps knows no other approver than ${state.requestedFor.id}.`);
  return { approvers: [state.requestedFor], instructions: text(lookup(body, 'settings.instructions')) };
}

/** Asks an environment's approvers, and gives the result that the stage ends with, if it does. */
export function ask(
  { state, notify }: World,
  {
    checkpoint,
    ...about
  }: Pick<Approval, 'build' | 'stage' | 'environment'> & { checkpoint: TimelineRecord },
): Promise<TaskResult | undefined> {
  const record = checkRecord('Checkpoint.Approval', checkpoint, randomUUID());
  about.build.records.set(record.id, record);
  return new Promise((resolve) => {
    const approval: Approval = {
      ...about,
      id: record.id,
      createdOn: now(),
      status: 'pending',
      comment: '',
      changedOn: now(),
      settle: (result) => {
        about.build.records.set(record.id, ended(record, result));
        notify({ kind: 'approval', approval });
        resolve(result);
      },
    };
    state.approvals.set(approval.id, approval);
    notify({ kind: 'approval', approval });
  });
}

/** @throws AzureError 404 */
export function approvalOf(state: State, id: string): Approval {
  return found(
    state.approvals.get(id.toLowerCase()),
    `Approval ${id} was not found.`,
    'ApprovalNotFoundException',
  );
}

const decisions = { approved: undefined, rejected: 'failed', canceled: 'canceled' } as const;

/** @throws AzureError 400 for an approval that is over or a status that is no decision, 403 for someone who may not */
export function decide(state: State, id: string, { status, comment }: JsonObject): Approval {
  const approval = approvalOf(state, id);
  if (status !== 'approved' && status !== 'rejected') {
    throw badRequest(`An approval cannot be made ${String(status)} here: only approved or rejected.`);
  }
  if (approval.status !== 'pending') {
    throw badRequest(`Approval ${id} is ${approval.status} already.`, 'InvalidApprovalException');
  }
  if (!approval.environment.approvers.some((each) => each.id === state.requestedFor.id)) {
    const { displayName } = state.requestedFor;
    throw new AzureError(403, 'ApprovalUnauthorizedException', `${displayName} is no approver of ${id}.`);
  }
  settle(approval, status, typeof comment === 'string' ? comment : '');
  return approval;
}

/** Ends what a canceled run still waits for. */
export function cancelApprovals(state: State, build: Build): void {
  for (const approval of state.approvals.values())
    if (approval.build === build && approval.status === 'pending') settle(approval, 'canceled', '');
}

function settle(approval: Approval, status: keyof typeof decisions, comment: string): void {
  approval.status = status;
  approval.comment = comment;
  approval.changedOn = now();
  approval.settle(decisions[status]);
}

/** An approval as REST shows it. */
export function approvalJson(state: State, approval: Approval): JsonObject {
  const { id, status, environment, build, createdOn, changedOn } = approval;
  const pipeline = pipelineJson(state, build.pipeline);
  return {
    id,
    status,
    createdOn,
    lastModifiedOn: changedOn,
    executionOrder: 'anyOrder',
    minRequiredApprovers: 1,
    blockedApprovers: [],
    instructions: environment.instructions,
    steps: stepsJson(state, approval),
    pipeline: {
      id: String(pipeline.id),
      name: pipeline.name,
      owner: { id: build.id, name: build.number, _links: runLinks(state, build) },
    },
  };
}

/** One step for each approver; who decided is named when it was somebody. */
const stepsJson = (
  state: State,
  { environment, status, comment, createdOn, changedOn }: Approval,
): JsonObject[] =>
  environment.approvers.map((approver, index) => ({
    assignedApprover: identityJson(state, approver),
    ...((status === 'approved' || status === 'rejected') && { actualApprover: identityJson(state) }),
    status,
    comment,
    order: index + 1,
    initiatedOn: createdOn,
    lastModifiedOn: changedOn,
  }));

import type { Json } from '../../json.ts';
import { pendingQuery } from './definitions.ts';
import { approvalBlueprintId } from './mapping.ts';

interface Decision {
  readonly identifier: string;
  readonly title: string;
  /** What Azure DevOps calls it. */
  readonly status: 'approved' | 'rejected';
  readonly description: string;
  /** What is said where nobody says anything. */
  readonly usualComment: string;
}

const decisions: readonly Decision[] = [
  {
    identifier: 'approve_azure_approval',
    title: 'Approve',
    status: 'approved',
    description: 'Lets the stage go on that waits in Azure Pipelines',
    usualComment: 'Approved',
  },
  {
    identifier: 'reject_azure_approval',
    title: 'Reject',
    status: 'rejected',
    description: 'Ends the stage that waits in Azure Pipelines',
    usualComment: 'Rejected',
  },
];

export interface DecisionTarget {
  readonly organizationUrl: string;
  /** The secret in Port that holds an approver's token, as Basic credentials. */
  readonly secret: string;
}

/** An action that decides an approval. */
export interface ApprovalAction {
  readonly identifier: string;
  readonly definition: (target: DecisionTarget) => Json;
}

export const approvalActions: readonly ApprovalAction[] = decisions.map((decision) => ({
  identifier: decision.identifier,
  definition: (target) => action(decision, target),
}));

/**
 * The host stands in the action and not in the entity, so that nobody who may write entities can send the token elsewhere.
 * Synchronized: the run in Port ends with Azure DevOps' answer. `X-TFS-FedAuthRedirect` keeps refused credentials from
 * being answered with the sign-in page, which would count as a success.
 */
function action(
  { identifier, title, status, description, usualComment }: Decision,
  { organizationUrl, secret }: DecisionTarget,
): Json {
  return {
    identifier,
    title,
    icon: 'AzureDevops',
    description,
    trigger: {
      type: 'self-service',
      operation: 'DAY-2',
      blueprintIdentifier: approvalBlueprintId,
      userInputs: {
        properties: { comment: { type: 'string', title: 'Comment' } },
        required: [],
        order: ['comment'],
      },
      condition: { type: 'SEARCH', ...pendingQuery },
    },
    invocationMethod: {
      type: 'WEBHOOK',
      url: `${organizationUrl}/{{ .entity.properties.projectId }}/_apis/pipelines/approvals?api-version=7.1`,
      agent: false,
      synchronized: true,
      method: 'PATCH',
      headers: {
        Authorization: `Basic {{ .secrets["${secret}"] }}`,
        'Content-Type': 'application/json',
        'X-TFS-FedAuthRedirect': 'Suppress',
      },
      body: [
        {
          approvalId: '{{ .entity.identifier }}',
          status,
          comment: `{{ .inputs.comment // "${usualComment}" }} ({{ .trigger.by.user.email }} in Port, run {{ .run.id }})`,
        },
      ],
    },
  };
}

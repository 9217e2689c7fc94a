import type { ApprovalEvent } from '../../config.ts';
import type { Json } from '../../json.ts';
import { idIn } from '../ingest.ts';

export const approvalBlueprintId = 'azure_approval';

/** Of approvals and projects. What an identifier is not made of cannot lead a call to another place. */
export const guidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

const resource = '.body.resource';
const approval = `${resource}.approval`;

/** Expressions of jq. The documents' sample of these events is null where it matters: these are the members that were seen live. */
const approvalId = `(${resource}.approvalId // ${approval}.id // "")`;
const projectId = `(${resource}.projectId // .body.resourceContainers.project.id // "")`;
const environment = `(${resource}.resource.name // "a resource")`;
const stage = `(${resource}.stage.name // ${resource}.stageName)`;
const pipeline = `(${resource}.pipeline.name // ${approval}.pipeline.name)`;
const runNumber = `(${resource}.run.name // ${approval}.pipeline.owner.name // "")`;
const runId = `(${resource}.runId // ${resource}.run.id // ${approval}.pipeline.owner.id)`;

/** A pull request may bring any text into the run's number. Of the branch these events tell nothing. */
const portRunId = `if (${resource}.run.runReason // "" | ascii_downcase) == "pullrequest" then null else (${idIn(runNumber)}) end`;

const namesOf = (people: string): string =>
  `([${approval}.steps[]? | ${people} | strings | select(length > 0)] | unique | join(", "))`;

const waitingFor = `(${namesOf('select((.status // "pending") == "pending") | .assignedApprover | .displayName // .uniqueName')} | if . == "" then "its approvers" else . end)`;

/** Who has decided is told by an id: that of one of those who were asked, as a rule. */
const decidedBy = namesOf(
  '. as {$assignedApprover, $actualApprover} | $actualApprover.displayName // (if $actualApprover.id == $assignedApprover.id then $assignedApprover.displayName else null end)',
);

/** `approved`, `rejected`, `canceled`, `timedOut` … An event of the end means an end, whatever its status says. */
const decision = `(${approval}.status // "completed" | if . == "pending" then "completed" else . end)`;

const common = {
  environment,
  stage,
  pipeline,
  projectId,
  portRunId,
  instructions: `${approval}.instructions`,
};

/**
 * Each of the two events has properties of its own, and Port keeps those that a mapping does not name: whichever comes
 * first, or twice, the end stays the end.
 */
const own: Readonly<Record<ApprovalEvent, Json>> = {
  'ms.vss-pipelinechecks-events.approval-pending': {
    waitingFor,
    waitingLabel: `"Waiting for approval of " + ${environment} + " by " + ${waitingFor}`,
    pendingAt: '.body.createdDate // (now | todate)',
  },
  'ms.vss-pipelinechecks-events.approval-completed': {
    decision,
    decidedBy: `${decidedBy} | if . == "" then null else . end`,
    comment: `[${approval}.steps[]?.comment | strings | select(length > 0)] | if . == [] then null else join("; ") end`,
    decisionLabel: `${environment} + " " + ${decision} + (${decidedBy} | if . == "" then "" else " by " + . end)`,
    completedAt: '.body.createdDate // (now | todate)',
  },
};

/** How Port makes an entity of an approval. @param organizationUrl where the run's page is, which the events do not link */
export const approvalMappings = (organizationUrl: string): Json[] =>
  Object.entries(own).map(([event, properties]) => ({
    blueprint: approvalBlueprintId,
    filter: `.body.eventType == "${event}" and (${approvalId} | test("${guidPattern}")) and (${projectId} | test("${guidPattern}"))`,
    entity: {
      identifier: `${approvalId} | ascii_downcase`,
      title: `${environment} + ": " + ${pipeline} + " " + ${runNumber}`,
      properties: {
        ...common,
        link: `"${organizationUrl}/" + ${projectId} + "/_build/results?buildId=" + (${runId} | tostring)`,
        ...properties,
      },
    },
  }));

import { valueAt } from '../../../tasks/common/json.ts';
import type { Azure } from '../../azure/client.ts';
import { baseOf, version } from '../../azure/hook-hosts.ts';
import type { Subscription } from '../../azure/hook-types.ts';
import { getNotification, querySubscriptions } from '../../azure/hooks-api.ts';
import { pathOf } from '../../azure/projects.ts';
import { SetupError } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import { approvalWebhookId } from '../../parts/approvals/definitions.ts';
import { netWebhookId } from '../../parts/net/definitions.ts';
import type { Lab } from '../lab.ts';
import { type Answer, type Question, compared, differs, holds, notAsked } from '../question.ts';

/** An event that setup's service hooks tell one of Port's webhooks of. */
interface Source {
  readonly event: string;
  readonly webhook: string;
}

const source = (event: string, webhook = netWebhookId): Source => ({ event, webhook });
const run = source('ms.vss-pipelines.run-state-changed-event');
const build = source('build.complete');
const stage = source('ms.vss-pipelines.stage-state-changed-event');
const job = source('ms.vss-pipelines.job-state-changed-event');
const pending = source('ms.vss-pipelinechecks-events.approval-pending', approvalWebhookId);
const decided = source('ms.vss-pipelinechecks-events.approval-completed', approvalWebhookId);

const newest = 10;

/** The service hooks of the project that lead to a webhook of setup's. @throws SetupError where there is none */
async function hooksOf(lab: Lab, { event, webhook }: Source): Promise<Subscription[]> {
  const { status, body } = await lab.port.ask('GET', `/v1/webhooks/${webhook}`);
  if (status === 404) throw new SetupError(`setup has not made the webhook ${webhook} in Port`);
  if (status >= 300) throw new SetupError(`Port answers ${status} for the webhook ${webhook}`);
  const url = textOf(body.url) || textOf(recordOf(body.integration).url);
  const { id: projectId } = await lab.project();
  const found = await querySubscriptions(await lab.azure(), { eventType: event, projectId });
  const own = found.filter(({ consumerInputs }) => (consumerInputs.url ?? '').trim() === url);
  if (own.length === 0) throw new SetupError(`no service hook of ${event} leads to the webhook ${webhook}`);
  return own;
}

/** The newest deliveries of a service hook that came to an end, as the list tells them. */
async function deliveriesOf(azure: Azure, { id, publisherId }: Subscription): Promise<Json[]> {
  const path = `/_apis/hooks/subscriptions/${encodeURIComponent(id)}/notifications?maxResults=${newest}&status=completed&${version}`;
  const answer = await azure.call('GET', path, {
    does: 'read the deliveries of a service hook',
    base: baseOf(azure, publisherId),
  });
  return recordsOf(answer.value);
}

/** Events as they came, the newest first. @throws SetupError where there is none */
async function eventsOf(lab: Lab, from: Source): Promise<Json[]> {
  const azure = await lab.azure();
  const events: Json[] = [];
  for (const hook of await hooksOf(lab, from)) {
    for (const { id, subscriptionId } of await deliveriesOf(azure, hook)) {
      const { details } = await getNotification(azure, hook.publisherId, {
        id,
        subscriptionId: textOf(subscriptionId) || hook.id,
      });
      const { event } = recordOf(details);
      if (Object.keys(recordOf(event)).length > 0) events.push(recordOf(event));
    }
  }
  if (events.length === 0)
    throw new SetupError(`the history of the service hooks holds no event of ${from.event}`);
  return events;
}

const at = (event: Json, path: string): unknown => valueAt(event, path.split('.'));

/** Whether members that are read of an event are there, each in one of the newest. @param members paths below `resource`, separated by spaces */
async function askForMembers(lab: Lab, from: Source, members: string): Promise<Answer> {
  const events = await eventsOf(lab, from);
  const paths = members.split(' ').map((path) => path.replace(/^(?!\^)/, 'resource.').replace('^', ''));
  const missing = paths.filter((path) =>
    events.every((event) => [undefined, null].includes(at(event, path) as undefined)),
  );
  return missing.length === 0
    ? holds(`all of ${paths.length} members in ${events.length} events`)
    : differs(paths.join(', '), `${events.length} events without ${missing.join(', ')}`);
}

/** The states of stages: in another word, waiting for an approval would not be seen. */
async function askForWaiting(lab: Lab): Promise<Answer> {
  const states = new Set(
    (await eventsOf(lab, stage)).map((event) => textOf(at(event, 'resource.stage.state')).toLowerCase()),
  );
  const unknown = [...states].filter(
    (word) => !['notstarted', 'waiting', 'running', 'completed'].includes(word),
  );
  if (unknown.length > 0) return differs('notStarted, waiting, running, completed', unknown.join(', '));
  return states.has('waiting')
    ? holds('a stage was waiting')
    : notAsked('no stage waited in the newest events');
}

/** A job whose display name differs from its name in the YAML. */
async function askForJobName(lab: Lab): Promise<Answer> {
  const [azure, project] = [await lab.azure(), await lab.project()];
  for (const event of await eventsOf(lab, job)) {
    const runId = Number(at(event, 'resource.run.id'));
    const path = pathOf(project, `build/builds/${runId}/timeline?api-version=7.1`);
    const { records } = await azure.call('GET', path, { does: 'read the timeline of a run' });
    const { id, name } = recordOf(at(event, 'resource.job'));
    const record = recordsOf(records).find((each) => each.id === id);
    const inYaml = textOf(record?.refName) || (textOf(record?.identifier).split('.').at(-2) ?? '');
    if (record === undefined || record.name === inYaml) continue;
    return compared(
      'the name that is shown',
      name === record.name ? 'the name that is shown' : 'another name',
    );
  }
  return notAsked('no job of the newest events has a display name of its own');
}

/** A delivery as the list tells it: `doctor` reads there why an event did not arrive. */
async function askForDetails(lab: Lab): Promise<Answer> {
  const azure = await lab.azure();
  for (const hook of await hooksOf(lab, run)) {
    const [delivery] = await deliveriesOf(azure, hook);
    if (delivery === undefined) continue;
    const names = Object.keys(recordOf(delivery.details));
    return names.length > 0 ? holds(`details: ${names.join(', ')}`) : differs('details', 'no details');
  }
  return notAsked('nothing was delivered yet');
}

const does = 'reads the newest events in the history of the service hooks that setup has made';
const ofRun =
  'run.id run.name run._links.web.href run.resources.repositories.self.refName pipeline.id ^resourceContainers.project.id';

function members(
  id: string,
  from: Source,
  about: { claim: string; matters: string; paths: string },
): Question {
  const { claim, matters, paths } = about;
  return { id, claim, matters, ask: { does, makes: [], ask: (lab) => askForMembers(lab, from, paths) } };
}

/** Questions about events, as they came to the service hooks of setup. */
export const eventQuestions: readonly Question[] = [
  members('event-run', run, {
    claim:
      '`run-state-changed` has the branch of the run in `resource.run.resources.repositories.self.refName`, and number, state, result, times and link in `resource.run`',
    matters: 'the [net](service-hooks.md) under lost agents',
    paths: `${ofRun} run.state run.result run.createdDate run.finishedDate`,
  }),
  members('event-build', build, {
    claim: '`build.complete` 2.0 has number, result, reason, branch, time and link of the run',
    matters: 'a net with `event: build.complete`',
    paths:
      'id buildNumber status result reason sourceBranch finishTime definition.id _links.web.href ^resourceContainers.project.id',
  }),
  members('event-stage', stage, {
    claim: 'Events of stages have `attempt`, and the branch and the number as those of runs have',
    matters: '`progress` of the net',
    paths: `${ofRun} stage.name stage.displayName stage.state stage.attempt stage.startTime`,
  }),
  members('event-job', job, {
    claim: 'Events of jobs have `attempt`, their stage, and the branch and the number as those of runs have',
    matters: '`progress: jobs` of the net',
    paths: `${ofRun} job.name job.state job.attempt job.startTime stage.name stage.attempt`,
  }),
  members('event-approval', pending, {
    claim: '`approval-pending` has the approval, whom it waits for, the environment, the stage and the run',
    matters: 'approvals in Port',
    paths:
      'approvalId projectId approval.status approval.steps resource.name stage.name pipeline.name run.name run.id run.runReason',
  }),
  {
    id: 'event-decided',
    claim: '`approval-completed` tells who decided by an id, and the decision by `approval.status`',
    matters: 'who approved, in the entity of an approval',
    ask: {
      does,
      makes: [],
      ask: async (lab) => {
        const ended = (await eventsOf(lab, decided)).filter((event) =>
          ['approved', 'rejected'].includes(textOf(at(event, 'resource.approval.status'))),
        );
        if (ended.length === 0) return notAsked('nobody approved or rejected in the newest events');
        const deciders = ended.flatMap((event) =>
          recordsOf(at(event, 'resource.approval.steps')).map(({ actualApprover }) =>
            recordOf(actualApprover),
          ),
        );
        const names = new Set(deciders.flatMap((each) => Object.keys(each)));
        return names.has('id')
          ? holds(`actualApprover with ${[...names].join(', ')}`)
          : differs('actualApprover with id', names.size === 0 ? 'no actualApprover' : [...names].join(', '));
      },
    },
  },
  {
    id: 'stage-waiting',
    claim: 'A stage that waits for an approval is `waiting` in its events',
    matters: 'the label "waiting for approval" of `progress`',
    ask: { does, makes: [], ask: askForWaiting },
  },
  {
    id: 'job-name',
    claim: 'The name of a job in its events is that of its display',
    matters: 'the label that `progress: jobs` shows',
    ask: { does, makes: [], ask: askForJobName },
  },
  {
    id: 'delivery-details',
    claim: 'The list of the deliveries of a service hook has the details of each',
    matters: '`doctor` tells by them why an event did not arrive',
    ask: {
      does: 'reads the newest deliveries of a service hook that setup has made',
      makes: [],
      ask: askForDetails,
    },
  },
  {
    id: 'approval-sequence',
    claim: 'Where approvers decide in sequence, `approval-pending` comes for each',
    matters: 'whom the entity of an approval waits for',
    ask: { why: 'it takes an environment with approvers in sequence, and a run that waits for them' },
  },
  {
    id: 'approver-group',
    claim: 'A member of a group that approves may approve by the API',
    matters: 'whose token the buttons of [Approve in Port](service-hooks.md#approve-in-port) need',
    ask: { why: 'it takes an environment that a group approves, and a run that waits for it' },
  },
];

import { isDeepStrictEqual } from 'node:util';
import { UnexpectedAnswerError } from '../../../tasks/common/errors.ts';
import { triggerOutput } from '../../../tasks/common/port/runs/start-workflow-run.ts';
import { parseWorkflowRun, workflowRunIn } from '../../../tasks/common/port/runs/workflow-run.ts';
import { recordsOf, textOf } from '../../json.ts';
import type { Lab } from '../lab.ts';
import { codeOf } from '../port-direct.ts';
import { type Question, compared, differs, holds, notAsked } from '../question.ts';
import { entityMade, mappingTo, text } from './event-fixtures.ts';
import { makeBlueprint, makeWebhook, writeEntity } from './fixtures.ts';
import {
  calling,
  inputs,
  makeWaiting,
  makeWorkflow,
  namesIn,
  nodeRunPath,
  rawRun,
  readWorkflowRun,
  start,
  startRunOf,
  startWaiting,
  waitBecomes,
  waitIn,
  workflowRunPath,
} from './workflow-fixtures.ts';

const makes = ['workflow', 'webhook'] as const;
const execute = '`workflow` of [PortExecuteAction](../tasks/PortExecuteAction/README.md)';
const nodes = 'runs with an id `wfnr_…`';
const ended = { status: 'COMPLETED', result: 'SUCCESS' } as const;

/** A node that hands a value to a webhook, which makes an entity with it as its identifier. */
async function tellingNode(
  lab: Lab,
  value: string,
): Promise<{ node: ReturnType<typeof calling>; blueprint: string }> {
  const blueprint = await makeBlueprint(lab, 'told', { first: text });
  const url = await makeWebhook(lab, 'told', { mappings: [mappingTo(blueprint)] });
  return { node: calling('tell', url, { entity: value }, true), blueprint };
}

/** Questions about workflows, their runs and those of their nodes, which Port's API description does not have. */
export const workflowQuestions: readonly Question[] = [
  {
    id: 'workflow-start',
    claim:
      'The start of a workflow is answered with its run as `workflowRun` or `run`, with an identifier `wfr_…` and a status',
    matters: execute,
    ask: {
      does: 'starts a workflow',
      makes,
      ask: async (lab) => {
        const answer = await start(lab, await makeWaiting(lab));
        const expected = '2xx with a run';
        if (answer.status >= 300) return differs(expected, codeOf(answer));
        try {
          parseWorkflowRun(workflowRunIn(answer.body), 'start the workflow');
          return holds(`${answer.status} with ${namesIn(answer.body)}`);
        } catch (error) {
          if (!(error instanceof UnexpectedAnswerError)) throw error;
          return differs(expected, `${answer.status} with ${namesIn(answer.body)}, and no run in it`);
        }
      },
    },
  },
  {
    id: 'workflow-nodes',
    claim: 'The run of a workflow tells of the runs of its nodes: identifier `wfnr_…`, node and status',
    matters: `${execute} shows them; a cancel in Port reaches a pipeline through them`,
    ask: {
      does: 'starts a workflow, and reads its run',
      makes,
      ask: async (lab) => {
        const run = await startRunOf(lab, await makeWaiting(lab));
        const wait = await lab.until(async () => waitIn(await readWorkflowRun(lab, run)), 5);
        const expected = 'the node with wfnr_…, IN_PROGRESS';
        if (wait === undefined) return differs(expected, 'no run of the node');
        return compared(
          expected,
          `the node with ${/^wfnr_\w+$/.test(wait.id) ? 'wfnr_…' : 'another identifier'}, ${wait.status}`,
        );
      },
    },
  },
  {
    id: 'workflow-inputs',
    claim: "The run of a workflow tells the inputs of its trigger, as the trigger's output",
    matters: `${execute}: where they cannot be seen, a lost start is not looked for`,
    ask: {
      does: 'starts a workflow with an input, and reads its run',
      makes,
      ask: async (lab) => {
        const { run } = await startWaiting(lab);
        const shown = triggerOutput(await rawRun(lab, run), 'form');
        if (isDeepStrictEqual(shown, inputs)) return holds('the input as it was given');
        return differs('the input as it was given', shown === undefined ? 'none' : 'other values');
      },
    },
  },
  {
    id: 'workflow-list',
    claim:
      'The list of runs takes `workflowIdentifiers` and `limit`, and tells identifier, status and time of each',
    matters: `${execute} looks there for a run whose start was not answered`,
    ask: {
      does: 'starts a workflow twice, and asks for one of its runs',
      makes,
      ask: async (lab) => {
        const workflow = await makeWaiting(lab);
        const runs = [await startRunOf(lab, workflow), await startRunOf(lab, workflow)];
        const path = `/v1/workflows/runs?workflowIdentifiers=${workflow}&limit=1`;
        const body = await lab.port.require('GET', path);
        const listed = recordsOf(body.workflowRuns ?? body.runs);
        const [first] = listed;
        if (first === undefined) return differs('one run', `none, in ${namesIn(body)}`);
        const isOurs = runs.includes(textOf(first.identifier));
        const isWhole = textOf(first.status) !== '' && !Number.isNaN(Date.parse(textOf(first.createdAt)));
        return compared(
          '1, of this workflow, with status and time',
          `${listed.length}, of ${isOurs ? 'this' : 'another'} workflow, ${isWhole ? 'with' : 'without'} status and time`,
        );
      },
    },
  },
  {
    id: 'node-label',
    claim: "A node's run takes a label without a status, and the run of the workflow tells it",
    matters: `\`statusLabel\` of PortRunStatus for ${nodes}, and the net; ${execute} shows it`,
    ask: {
      does: 'gives the run of a node that waits a label',
      makes,
      ask: async (lab) => {
        const { run, nodeRun } = await startWaiting(lab);
        const statusLabel = 'Deploy: running';
        const answer = await lab.port.ask('PATCH', nodeRunPath(nodeRun), { statusLabel });
        if (answer.status >= 300) return differs('2xx, and it is told', codeOf(answer));
        const node = await waitBecomes(lab, run, (each) => each.statusLabel === statusLabel);
        const isTold = node?.statusLabel === statusLabel && node.status === 'IN_PROGRESS';
        return isTold
          ? holds(`${answer.status}, and it is told`)
          : differs('2xx, and it is told', `${answer.status}, and it is not told`);
      },
    },
  },
  {
    id: 'node-label-end',
    claim: "A node's run takes a label with its end",
    matters: `\`statusLabel\` of PortRunStatus for ${nodes}`,
    ask: {
      does: 'ends the run of a node that waits, with a label',
      makes,
      ask: async (lab) => {
        const { run, nodeRun } = await startWaiting(lab);
        const answer = await lab.port.ask('PATCH', nodeRunPath(nodeRun), { ...ended, statusLabel: 'Done' });
        if (answer.status >= 300) return differs('SUCCESS, Done', codeOf(answer));
        const node = await waitBecomes(lab, run, ({ status }) => status === 'SUCCESS');
        return compared(
          'SUCCESS, Done',
          `${node?.status ?? 'no status'}, ${node?.statusLabel ?? 'no label'}`,
        );
      },
    },
  },
  {
    id: 'node-link',
    claim: "A node's run takes links and an external id without a status",
    matters: `${nodes}: PortRunStatus and [progress](service-hooks.md#progress-without-a-step) send them first`,
    ask: {
      does: 'gives the run of a node that waits a link and an external id',
      makes,
      ask: async (lab) => {
        const { nodeRun } = await startWaiting(lab);
        const change = { links: ['https://port.io'], externalRunId: lab.name('extern') };
        return compared('200', codeOf(await lab.port.ask('PATCH', nodeRunPath(nodeRun), change)));
      },
    },
  },
  {
    id: 'node-log',
    claim:
      "A node's run takes log lines with the levels INFO and WARN, and the run of the workflow tells them",
    matters: `the log of PortRunStatus for ${nodes}; ${execute} shows it`,
    ask: {
      does: 'sends two log lines to the run of a node that waits',
      makes,
      ask: async (lab) => {
        const { run, nodeRun } = await startWaiting(lab);
        const logs = ['INFO', 'WARN'].map((level) => ({ level, message: `a line of ${level}` }));
        const answer = await lab.port.ask('POST', `${nodeRunPath(nodeRun)}/logs`, { logs });
        if (answer.status >= 300) return differs('2xx, and they are told', codeOf(answer));
        const isTold = (told: readonly { readonly message: string }[]): boolean =>
          logs.every(({ message }) => told.some((line) => line.message === message));
        const node = await waitBecomes(lab, run, (each) => isTold(each.logs));
        return isTold(node?.logs ?? [])
          ? holds(`${answer.status}, and they are told`)
          : differs('2xx, and they are told', `${answer.status}, and they are not told`);
      },
    },
  },
  {
    id: 'node-output',
    claim: 'The next node reads the `output` of a node as `.outputs.<node>`',
    matters: `\`output\` of PortRunStatus for ${nodes}`,
    ask: {
      does: 'ends the run of a node that waits, with an output that the next node sends to a webhook',
      makes: [...makes, 'blueprint'],
      ask: async (lab) => {
        const { node, blueprint } = await tellingNode(lab, '{{ .outputs.wait.image }}');
        const { nodeRun } = await startWaiting(lab, node);
        const change = { ...ended, output: { image: 'image-1' } };
        const answer = await lab.port.ask('PATCH', nodeRunPath(nodeRun), change);
        if (answer.status >= 300) return differs('it is read', codeOf(answer));
        const told = await entityMade(lab, blueprint, 'image-1');
        return compared('it is read', told === undefined ? 'it is not read' : 'it is read');
      },
    },
  },
  {
    id: 'node-second-end',
    claim: "Port refuses a second end of a node's run with 422",
    matters: `${nodes}: an end whose answer was lost is sent again, and the refusal says that it arrived`,
    ask: {
      does: 'ends the run of a node twice',
      makes,
      ask: async (lab) => {
        const { nodeRun } = await startWaiting(lab);
        await lab.port.require('PATCH', nodeRunPath(nodeRun), ended);
        const again = await lab.port.ask('PATCH', nodeRunPath(nodeRun), ended);
        return again.status === 422 ? holds(codeOf(again)) : differs('422', codeOf(again));
      },
    },
  },
  {
    id: 'workflow-cancel',
    claim:
      'A cancelled run of a workflow is CANCELLING and its node goes on, until somebody tells of its end; then the run is CANCELLED',
    matters: `a cancel of the job with ${execute}; \`cancelWithPort\` of PortRunStatus`,
    ask: {
      does: 'cancels the run of a workflow whose node waits, and ends the node afterwards',
      makes,
      ask: async (lab) => {
        const { run, nodeRun } = await startWaiting(lab);
        const cancel = await lab.port.ask('POST', `${workflowRunPath(run)}/cancel`);
        if (cancel.status >= 300) return differs('2xx', codeOf(cancel));
        const meanwhile = await readWorkflowRun(lab, run);
        const end = await lab.port.ask('PATCH', nodeRunPath(nodeRun), ended);
        const isOver = async (): Promise<string | undefined> => {
          const { isFinished, status } = await readWorkflowRun(lab, run);
          return isFinished ? status : undefined;
        };
        const last = (await lab.until(isOver)) ?? 'no end';
        return compared(
          'CANCELLING, its node IN_PROGRESS; end 200; CANCELLED',
          `${meanwhile.status}, its node ${waitIn(meanwhile)?.status ?? 'gone'}; end ${codeOf(end)}; ${last}`,
        );
      },
    },
  },
  {
    id: 'workflow-cancel-ended',
    claim: 'Port refuses to cancel a run of a workflow that has ended with 422',
    matters: `a cancel of the job with ${execute}: the log says that the run had ended before`,
    ask: {
      does: 'ends the run of a workflow, and cancels it',
      makes,
      ask: async (lab) => {
        const { run, nodeRun } = await startWaiting(lab);
        await lab.port.require('PATCH', nodeRunPath(nodeRun), ended);
        const isOver = await lab.until(async () => (await readWorkflowRun(lab, run)).isFinished || undefined);
        if (isOver === undefined) return notAsked('the run does not end with its only node');
        const answer = await lab.port.ask('POST', `${workflowRunPath(run)}/cancel`);
        return answer.status === 422 ? holds(codeOf(answer)) : differs('422', codeOf(answer));
      },
    },
  },
  {
    id: 'workflow-event',
    claim:
      'A new entity starts a workflow with an EVENT_TRIGGER, and its nodes read the entity as `.outputs.<trigger>.diff.after`',
    matters: 'the example [failure-to-workflow](../examples/failure-to-workflow/README.md)',
    ask: {
      does: 'writes an entity that a workflow waits for, which sends a property of it to a webhook',
      makes: [...makes, 'blueprint'],
      ask: async (lab) => {
        const told = await tellingNode(lab, '{{ .outputs.trigger.diff.after.properties.first }}');
        const blueprintIdentifier = await makeBlueprint(lab, 'cause', { first: text });
        const event = { type: 'ENTITY_CREATED', blueprintIdentifier };
        const trigger = { identifier: 'trigger', title: 'Trigger', config: { type: 'EVENT_TRIGGER', event } };
        await makeWorkflow(lab, [trigger, told.node]);
        await writeEntity(lab, blueprintIdentifier, { identifier: 'one', properties: { first: 'a' } });
        const made = await entityMade(lab, told.blueprint, 'a');
        return compared('it is told', made === undefined ? 'it is not told within 20 s' : 'it is told');
      },
    },
  },
  {
    id: 'workflow-page',
    claim: 'The page of a run of a workflow is `organization/workflow-run?runId=`',
    matters: 'output `runUrl` of PortExecuteAction with `workflow`',
    ask: {
      why: 'Port answers any address of its pages with the same page; only a browser shows what is there',
    },
  },
];

import {
  type WorkflowNodeRun,
  type WorkflowRun,
  parseWorkflowRun,
  workflowRunIn,
} from '../../../tasks/common/port/runs/workflow-run.ts';
import { SetupError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { Lab } from '../lab.ts';
import type { PortAnswer } from '../port-direct.ts';
import { makeWebhook } from './fixtures.ts';

const part = encodeURIComponent;

export const nodeRunPath = (nodeRun: string): string => `/v1/workflows/nodes/runs/${part(nodeRun)}`;
export const workflowRunPath = (run: string): string => `/v1/workflows/runs/${part(run)}`;

/** The node that a start by API begins with, and what it is given. */
export const form: Json = {
  identifier: 'form',
  title: 'Form',
  config: {
    type: 'SELF_SERVE_TRIGGER',
    userInputs: { properties: { text: { type: 'string', title: 'Text' } }, required: [], order: ['text'] },
  },
};
export const inputs = { text: 'Deploy' } as const;

/** A node that calls a webhook in Port and, as a pipeline is waited for, waits until somebody tells of its end. */
export const calling = (identifier: string, url: string, body: Json, synchronized = false): Json => ({
  identifier,
  title: identifier,
  config: { type: 'WEBHOOK', url, method: 'POST', synchronized, headers: {}, body },
});

/** Makes a workflow of nodes that follow each other. @returns its identifier */
export async function makeWorkflow(lab: Lab, nodes: readonly Json[]): Promise<string> {
  const identifier = lab.name('flow');
  const connections = nodes.slice(1).map((node, index) => ({
    sourceIdentifier: nodes[index]?.identifier,
    targetIdentifier: node.identifier,
  }));
  await lab.port.require('POST', '/v1/workflows', { identifier, title: identifier, nodes, connections });
  return identifier;
}

/** Makes a workflow with a form and a node `wait`, which waits to be reported on. */
export async function makeWaiting(lab: Lab, ...then: readonly Json[]): Promise<string> {
  const url = await makeWebhook(lab, 'deaf');
  return makeWorkflow(lab, [
    form,
    calling('wait', url, { nodeRun: '{{ .workflowNodeRun.identifier }}' }),
    ...then,
  ]);
}

export const start = (lab: Lab, workflow: string): Promise<PortAnswer> =>
  lab.port.ask('POST', `/v1/workflows/${part(workflow)}/runs`, { inputs });

/** Starts a run. @returns its id. @throws UnexpectedAnswerError, SetupError */
export async function startRunOf(lab: Lab, workflow: string): Promise<string> {
  const answer = await lab.port.require('POST', `/v1/workflows/${part(workflow)}/runs`, { inputs });
  return parseWorkflowRun(workflowRunIn(answer), 'start the workflow').id;
}

/** The run as it is answered. */
export const rawRun = async (lab: Lab, run: string): Promise<unknown> =>
  workflowRunIn(await lab.port.require('GET', workflowRunPath(run)));

/** The run as the tasks read it. */
export const readWorkflowRun = async (lab: Lab, run: string): Promise<WorkflowRun> =>
  parseWorkflowRun(await rawRun(lab, run), 'read the workflow run');

/** What the run tells of its node `wait`. */
export const waitIn = ({ nodeRuns }: WorkflowRun): WorkflowNodeRun | undefined =>
  nodeRuns.find(({ node }) => node === 'wait');

/** A run of a workflow whose node waits to be reported on. */
export interface Waiting {
  readonly run: string;
  readonly nodeRun: string;
}

/** Makes a workflow and starts a run whose node `wait` waits. @throws SetupError where the run does not tell of its node */
export async function startWaiting(lab: Lab, ...then: readonly Json[]): Promise<Waiting> {
  const run = await startRunOf(lab, await makeWaiting(lab, ...then));
  const node = await lab.until(async () => waitIn(await readWorkflowRun(lab, run)));
  if (node === undefined) throw new SetupError('The run of a workflow does not tell of its node.');
  return { run, nodeRun: node.id };
}

/** What the run tells of its node `wait`, as soon as this is so; what it tells in the end where it does not get so. */
export async function waitBecomes(
  lab: Lab,
  run: string,
  isSo: (node: WorkflowNodeRun) => boolean,
): Promise<WorkflowNodeRun | undefined> {
  let last: WorkflowNodeRun | undefined;
  await lab.until(async () => {
    last = waitIn(await readWorkflowRun(lab, run));
    return last !== undefined && isSo(last) ? true : undefined;
  }, 5);
  return last;
}

/** The names in an answer, for evidence. */
export const namesIn = (body: Json): string => Object.keys(body).join(', ') || 'nothing';

import { runIdInText } from '../../../tasks/common/inputs/run-id.ts';
import { isRecord } from '../../../tasks/common/json.ts';
import { pathOf } from '../../azure/projects.ts';
import { type PipelineRun, newestRuns } from '../../azure/runs.ts';
import { SetupError } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import { grantOf, isOfProject, readDefinition } from '../../parts/pipelines/stop-builds.ts';
import type { Lab } from '../lab.ts';
import { type Answer, type Question, compared, differs, holds, notAsked } from '../question.ts';

const mostRuns = 200;

/** Below `_apis/build` of the project. */
async function readBuild(lab: Lab, path: string, does: string): Promise<Json> {
  const [azure, project] = [await lab.azure(), await lab.project()];
  return azure.call('GET', pathOf(project, `build/${path}`), { does });
}

/** The newest runs of the file's first pipeline. @throws SetupError where none is kept */
async function runsOf(lab: Lab): Promise<PipelineRun[]> {
  const [azure, project, { id }] = [await lab.azure(), await lab.project(), await lab.pipeline()];
  const runs = await newestRuns(azure, project, { pipelines: [id], atMost: mostRuns });
  if (runs.length === 0) throw new SetupError('the pipeline has no run that is kept');
  return runs;
}

const timelineOf = async (lab: Lab, { id }: PipelineRun): Promise<Json[]> =>
  recordsOf(
    (await readBuild(lab, `builds/${id}/timeline?api-version=7.1`, 'read the timeline of a run')).records,
  );

/** Those that carry the id of a run of Port in their number. @throws SetupError where there is none */
async function tracedRuns(lab: Lab): Promise<PipelineRun[]> {
  const traced = (await runsOf(lab)).filter(({ number }) => runIdInText(number) !== undefined);
  if (traced.length === 0) throw new SetupError("no run of the pipeline has a Port run's id in its number");
  return traced;
}

async function askForReason(lab: Lab): Promise<Answer> {
  const reasons = new Set((await tracedRuns(lab)).map(({ reason }) => reason));
  return reasons.has('resourceTrigger')
    ? holds('resourceTrigger')
    : differs('resourceTrigger', [...reasons].join(', '));
}

/** The members, by their paths, whose text holds a word. */
function holdersOf(word: string, value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.includes(word) ? [path] : [];
  if (!isRecord(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    holdersOf(word, each, path === '' ? key : `${path}.${key}`),
  );
}

/** By the id of Port's run, which the payload holds. */
async function askForPayload(lab: Lab): Promise<Answer> {
  const run = (await tracedRuns(lab)).find(({ reason }) => reason === 'resourceTrigger');
  if (run === undefined) return notAsked('no run of the pipeline has the reason resourceTrigger');
  const [azure, project, { id }] = [await lab.azure(), await lab.project(), await lab.pipeline()];
  const build = await readBuild(lab, `builds/${run.id}?api-version=7.1`, 'read a run');
  const path = pathOf(project, `pipelines/${id}/runs/${run.id}?api-version=7.1`);
  const twin = await azure.call('GET', path, { does: 'read a run' });
  const word = runIdInText(run.number) ?? '';
  const holders = [...new Set([...holdersOf(word, build), ...holdersOf(word, twin)])].filter(
    (member) => !['buildNumber', 'name'].includes(member),
  );
  return holders.length === 0
    ? holds('its number alone holds the id that the payload has')
    : differs('the number alone', holders.join(', '));
}

/** A run without a job that an agent had. */
async function askForNumber(lab: Lab): Promise<Answer> {
  await tracedRuns(lab);
  const canceled = (await runsOf(lab)).filter(
    ({ reason, result }) => reason === 'resourceTrigger' && result === 'canceled',
  );
  for (const run of canceled.slice(0, 10)) {
    const records = await timelineOf(lab, run);
    if (records.some(({ type, workerName }) => type === 'Job' && textOf(workerName) !== '')) continue;
    return runIdInText(run.number) === undefined
      ? differs("the number with Port's run id", 'a number without it')
      : holds("the number has Port's run id");
  }
  return notAsked('no run by webhook was canceled before an agent had it');
}

const changesIn = async (lab: Lab, from: PipelineRun, to: PipelineRun): Promise<number> => {
  const path = `changes?fromBuildId=${from.id}&toBuildId=${to.id}&$top=251&api-version=5.0-preview.2`;
  return recordsOf((await readBuild(lab, path, 'read the changes between two runs')).value).length;
};

/** Whether an answer is cut: then it tells less than the answers about its two halves. */
async function askForChanges(lab: Lab): Promise<Answer> {
  const over = (await runsOf(lab)).filter(({ status }) => status === 'completed');
  const [to, middle, from] = [over[0], over[Math.floor(over.length / 2)], over.at(-1)];
  if (to === undefined || middle === undefined || from === undefined || over.length < 3)
    return notAsked('the pipeline has fewer than three runs that are over');
  const all = await changesIn(lab, from, to);
  if (all >= 251) return holds('251');
  const halves = (await changesIn(lab, from, middle)) + (await changesIn(lab, middle, to));
  return halves > all
    ? differs('251 where there are as many', `${all}, and ${halves} in two halves`)
    : notAsked(`there are only ${all} changes between the runs that are kept`);
}

/** A step with a log, of the newest run that is over. @throws SetupError where there is none */
async function stepWithLog(lab: Lab, isWanted: (record: Json) => boolean): Promise<[PipelineRun, Json]> {
  for (const run of (await runsOf(lab)).filter(({ status }) => status === 'completed').slice(0, 10)) {
    const step = (await timelineOf(lab, run)).find((each) => each.type === 'Task' && isWanted(each));
    if (step !== undefined) return [run, step];
  }
  throw new SetupError('no such step is in the ten newest runs that are over');
}

async function linesOf(lab: Lab, path: string): Promise<unknown[]> {
  const { value } = await readBuild(lab, path, 'read a log');
  return Array.isArray(value) ? (value as unknown[]) : [];
}

async function askForFailedLog(lab: Lab): Promise<Answer> {
  const [{ id }, step] = await stepWithLog(lab, ({ result }) => result === 'failed');
  const { id: log } = recordOf(step.log);
  if (typeof log !== 'number') return differs('log.id', 'a failed step without a log');
  const logs = await readBuild(lab, `builds/${id}/logs?api-version=7.1`, 'read the logs of a run');
  const { lineCount } = recordsOf(logs.value).find((each) => each.id === log) ?? {};
  const lines = await linesOf(lab, `builds/${id}/logs/${log}?api-version=7.1`);
  return compared(`lineCount ${lines.length}`, `lineCount ${String(lineCount)}`);
}

async function askForFirstLine(lab: Lab): Promise<Answer> {
  const [{ id }, { log }] = await stepWithLog(lab, (each) => typeof recordOf(each.log).id === 'number');
  const path = `builds/${id}/logs/${Number(recordOf(log).id)}`;
  const all = await linesOf(lab, `${path}?api-version=7.1`);
  const [first] = await linesOf(lab, `${path}?startLine=2&api-version=7.1`);
  const number = all.indexOf(first);
  if (all.length < 3 || new Set(all).size < all.length)
    return notAsked('the log of that step has fewer than three lines, or two that are alike');
  return compared('counted from 1', number < 0 ? 'another line' : `counted from ${2 - number}`);
}

/** What the tasks rely on in a timeline, by what is told where it is not so. */
function faultsOf(records: readonly Json[]): string[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const ofType = (type: string): Json[] => records.filter((each) => each.type === type);
  const hasParent = (type: string) => (record: Json) => byId.get(record.parentId)?.type === type;
  const isBelow = (record: Json): boolean =>
    textOf(record.identifier).startsWith(`${textOf(byId.get(record.parentId)?.identifier)}.`);
  const [phases, jobs, tasks] = [ofType('Phase'), ofType('Job'), ofType('Task')];
  const steps = tasks.filter(({ task }) => textOf(recordOf(task).name) !== '');
  const own = tasks.filter(({ task }) => !isRecord(task));
  const isFirst = ({ parentId, order }: Json): boolean =>
    tasks.every((other) => other.parentId !== parentId || Number(other.order) >= Number(order));
  const checks: readonly (readonly [string, boolean])[] = [
    ['a phase is not below a stage', phases.every(hasParent('Stage'))],
    ['a job is not below a phase', jobs.every(hasParent('Phase'))],
    ['a step is not below a job', tasks.every(hasParent('Job'))],
    ['an identifier does not begin with that above it', [...phases, ...jobs].every(isBelow)],
    [
      'no step has a task with name and version',
      steps.some(({ task }) => textOf(recordOf(task).version) !== ''),
    ],
    ['a step has no refName', steps.every(({ refName }) => textOf(refName) !== '')],
    ['the first part of a job has a task', own.some(isFirst)],
  ];
  return checks.filter(([, isSo]) => !isSo).map(([fault]) => fault);
}

async function askForRecords(lab: Lab): Promise<Answer> {
  for (const run of (await runsOf(lab)).filter(({ status }) => status === 'completed').slice(0, 10)) {
    const records = await timelineOf(lab, run);
    if (!records.some(({ type }) => type === 'Job')) continue;
    const faults = faultsOf(records);
    return faults.length === 0
      ? holds(`so in a timeline of ${records.length} records`)
      : differs('stage, phase, job, step, with identifiers, refName and task', faults.join('; '));
  }
  return notAsked('none of the ten newest runs that are over had a job');
}

async function askForGrant(lab: Lab): Promise<Answer> {
  const project = await lab.project();
  const definition = await readDefinition(lab, project, await lab.pipeline());
  if (!(await isOfProject(lab, project, definition)))
    return notAsked('the jobs act as Project Collection Build Service, whose permissions are not read');
  const grant = await grantOf(lab, project, definition);
  return grant === undefined
    ? differs('extendedInfo of the account', 'nothing of the account')
    : holds(`extendedInfo with ${Object.keys(grant).join(', ') || 'no members'}`);
}

const does = 'reads the newest runs of the pipeline';

function question(
  id: string,
  { claim, matters }: { claim: string; matters: string },
  ask: (lab: Lab) => Promise<Answer>,
): Question {
  return { id, claim, matters, ask: { does, makes: [], ask } };
}

/** Questions about runs as they are kept, and what no program asks of Azure DevOps. */
export const azureRunQuestions: readonly Question[] = [
  question(
    'webhook-reason',
    {
      claim: 'The reason of a run that a webhook started is `resourceTrigger`',
      matters: '`doctor`, which looks for the last run that Port started',
    },
    askForReason,
  ),
  question(
    'webhook-payload',
    {
      claim: 'Azure DevOps tells nothing of the payload in a run that a webhook started',
      matters: 'who may read runs would read payloads ([security](security.md)); no code relies on it',
    },
    askForPayload,
  ),
  question(
    'number-without-agent',
    {
      claim: 'The number of a run that no agent ever had carries the variable',
      matters: 'the [net](service-hooks.md), which ends such runs too',
    },
    askForNumber,
  ),
  question(
    'changes',
    {
      claim: 'Azure DevOps tells 251 changes between two builds in one answer where it is asked for as many',
      matters: 'PortDeployment says what it left out',
    },
    askForChanges,
  ),
  question(
    'failed-log',
    {
      claim: 'The record of a failed step names its log, and the list of logs tells how many lines that has',
      matters: '`failureBlueprint`: the end of the log in the entity of a failure',
    },
    askForFailedLog,
  ),
  question(
    'log-lines',
    {
      claim: 'The lines of a log are counted from 1',
      matters: 'none: the step reads one line more than it needs',
    },
    askForFirstLine,
  ),
  question(
    'timeline-records',
    {
      claim:
        'A timeline holds stages, phases, jobs and steps, with identifiers that begin with that above, and a task for each step of the pipeline alone',
      matters: '`scope: pipeline`, and where a pipeline failed',
    },
    askForRecords,
  ),
  question(
    'stop-builds',
    {
      claim: "Azure DevOps tells the permissions of the project's build identity for a pipeline",
      matters: '`doctor` tells by them whether `cancelWithPort` can cancel',
    },
    askForGrant,
  ),
  {
    id: 'push-branch',
    claim: 'One push makes a branch and its commit',
    matters: 'the example [terraform-pull-request](../examples/terraform-pull-request/README.md)',
    ask: { why: 'it would write to a repository' },
  },
  {
    id: 'refusals',
    claim: 'Azure DevOps refuses in the words that its documents and others show',
    matters: 'none: they are passed on as they come',
    ask: { why: 'the words are no part of the interface' },
  },
  {
    id: 'marketplace-links',
    claim: "Links within the Marketplace page lead to its headings, and it shows the package's links",
    matters: '[overview.md](../overview.md), `--repository`',
    ask: { why: 'only the page in a browser shows it' },
  },
];

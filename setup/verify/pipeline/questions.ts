import { type Json, recordOf, textOf } from '../../json.ts';
import { type Answer, type Question, compared, differs, holds, notAsked } from '../question.ts';
import { type ProbeRun, watchProbe } from './watch.ts';
import { names } from './yaml.ts';

/** Runs of a record's result, as one word: `none` where it has none. */
const resultOf = (record: Json | undefined): string =>
  record === undefined ? 'no record' : textOf(record.result) || textOf(record.state) || 'none';

/** The phase of a job of the YAML. */
const phaseOf = ({ records }: ProbeRun, job: string): Json | undefined =>
  records.find(({ type, refName, name }) => type === 'Phase' && [refName, name].includes(job));

const jobsOf = ({ records }: ProbeRun, phase: Json | undefined): Json[] =>
  records.filter(({ type, parentId }) => type === 'Job' && phase !== undefined && parentId === phase.id);

/** A question that a run of the probe pipeline answers. */
function question(
  id: string,
  { claim, matters, does }: { claim: string; matters: string; does: string },
  judge: (run: ProbeRun) => Answer | Promise<Answer>,
): Question {
  return {
    id,
    claim,
    matters,
    ask: { does, makes: [], isOfPipeline: true, ask: async (lab) => judge(await watchProbe(lab)) },
  };
}

/** The Node that a task of ours names in its log, with System.Debug. */
async function nodeOf({ records, logOf }: ProbeRun): Promise<Answer> {
  const step = records.find(({ type, name }) => type === 'Task' && name === names.report);
  if (step === undefined) return notAsked('the run has no step "verify reports"');
  for (const line of await logOf(step)) {
    const [, version] = /, Node v(\d+)\.\d+\.\d+/.exec(line) ?? [];
    if (version !== undefined) return compared('Node 24', `Node ${version}`);
  }
  return notAsked('its log names no Node: is the extension of this version, and System.Debug true?');
}

function postJobOf({ records }: ProbeRun): Answer {
  const main = records.find(({ type, name }) => type === 'Task' && name === names.report);
  if (main === undefined) return notAsked('the run has no step "verify reports"');
  const others = records.filter(
    ({ parentId, refName, id }) => parentId === main.parentId && refName === main.refName && id !== main.id,
  );
  const [post] = others;
  if (post === undefined || textOf(main.refName) === '')
    return differs('a second record with the refName of the step', 'none');
  if (!(Number(post.order) > Number(main.order))) return differs('a later order', 'an earlier one');
  return holds(
    `the second record ${recordOf(post.task).name === undefined ? 'has no task' : 'names the task'}`,
  );
}

/** Questions that need a run. */
export const pipelineQuestions: readonly Question[] = [
  question(
    'node-of-task',
    {
      claim: 'A task that offers Node 20 and Node 24 is run on Node 24',
      matters: 'none: the same file runs on both Nodes, and the tests run it on both',
      does: 'reads the log of a step of this extension',
    },
    nodeOf,
  ),
  question(
    'log-before-end',
    {
      claim: 'The log of a failed step can be read before its job has ended',
      matters: '`failureBlueprint`: the step looks again for 3 s, and writes the failure without it',
      does: 'reads the log of a failed step while the job goes on',
    },
    ({ early }) => {
      if (early === undefined)
        return notAsked('the job was over before: start this command before the run, or while it begins');
      return 'why' in early
        ? differs('lines', early.why)
        : early.lines > 0
          ? holds(`${early.lines} lines`)
          : differs('lines', 'an empty log');
    },
  ),
  question(
    'post-job-record',
    {
      claim:
        'The post-job part of a step has a record of its own, with the `refName` of the step and a later `order`',
      matters: '[how a tracked job ends](track.md): whether a job is over that has only such parts left',
      does: 'reads the timeline of the run',
    },
    postJobOf,
  ),
  question(
    'job-continues',
    {
      claim: 'A job with `continueOnError` that failed is `succeededWithIssues` in its phase',
      matters: '`scope: pipeline`, which counts other jobs by their phases',
      does: 'reads the timeline of the run',
    },
    (run) => compared('succeededWithIssues', resultOf(phaseOf(run, names.jobs.failing))),
  ),
  question(
    'job-skipped',
    {
      claim: 'A job that a condition skips has a phase that is `skipped`, and no record of a job',
      matters: '`scope: pipeline`, which waits for phases that have no job yet',
      does: 'reads the timeline of the run',
    },
    (run) => {
      const phase = phaseOf(run, names.jobs.skipped);
      return compared('skipped, 0 jobs', `${resultOf(phase)}, ${jobsOf(run, phase).length} jobs`);
    },
  ),
  question(
    'job-identifier',
    {
      claim: 'The identifier of a job without a matrix ends in `__default`',
      matters: '`scope: pipeline`: that a phase has no further jobs to come',
      does: 'reads the timeline of the run',
    },
    (run) => {
      const [job] = jobsOf(run, phaseOf(run, names.jobs.steps));
      if (job === undefined) return notAsked('the run has no job "steps"');
      const end = textOf(job.identifier).split('.').at(-1) ?? '';
      return compared('__default', end);
    },
  ),
  question(
    'hook-jobs',
    {
      claim: 'Each hook of a deployment job is a record of a job below one phase',
      matters: '`track` in a deployment job: each hook is an end of its own',
      does: 'reads the timeline of the run',
    },
    (run) => {
      const jobs = jobsOf(run, phaseOf(run, names.jobs.hooks));
      return compared('2 jobs', `${jobs.length} jobs`);
    },
  ),
  question(
    'hook-names',
    {
      claim:
        'The identifiers of those jobs end in the names of the hooks, `PreDeploy` and `Deploy`, in any case',
      matters: '`track` in a hook: its warning, and the failure from `on: failure`',
      does: 'reads the timeline of the run',
    },
    (run) => {
      const jobs = jobsOf(run, phaseOf(run, names.jobs.hooks));
      if (jobs.length === 0) return notAsked(`the run has no job of "${names.jobs.hooks}"`);
      const ends = jobs.map(({ identifier }) => textOf(identifier).split('.').at(-1)?.toLowerCase());
      return compared('deploy, predeploy', ends.sort().join(', '));
    },
  ),
];

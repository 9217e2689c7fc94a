import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../tasks/PortRunStatus/run.ts';
import { FakeHost, runTask } from '../../support/fake-host.ts';
import { inParallel } from '../../support/in-parallel.ts';
import { type Reply, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { swiftClock } from '../../support/task-setting.ts';
import { refused, startPickyPort } from './picky-port.ts';

/** What adorns a report, and the parts of it that bear it: a part is refused whole. */
interface Decoration {
  readonly name: string;
  /** Text by which it is found in what is sent, and in what Port holds. */
  readonly mark: string;
  readonly parts: readonly Part[];
  readonly onFailureOnly?: boolean;
}

type Part = 'log' | 'links' | 'summary' | 'externalRunId' | 'label' | 'output';

const decorations: readonly Decoration[] = [
  { name: 'logMessage', mark: 'mark-of-message', parts: ['log'] },
  { name: 'logFile', mark: 'mark-of-log-file', parts: ['log'] },
  { name: 'failure details', mark: 'markOfError', parts: ['log', 'summary'], onFailureOnly: true },
  { name: 'link', mark: 'https://example.com/mark', parts: ['links'] },
  { name: 'linkToPipeline', mark: 'buildId=42"', parts: ['links'] },
  { name: 'summary', mark: 'mark-of-summary', parts: ['summary'] },
  { name: 'summaryFile', mark: 'mark-of-summary-file', parts: ['summary'] },
  { name: 'statusLabel', mark: 'mark-of-label', parts: ['label'] },
  { name: 'externalRunId', mark: 'mark-of-external-id', parts: ['externalRunId'] },
];

const output: Decoration = { name: 'output', mark: 'mark-of-output', parts: ['output'] };

/** What warnings call a part; a workflow node's run has no summary, and the label of its end is in its log too. */
const names: Readonly<Record<'action' | 'node', Readonly<Record<Part, readonly string[]>>>> = {
  action: {
    log: ['the log lines'],
    links: ['the links'],
    summary: ['the summary'],
    externalRunId: ['the external run id'],
    label: ['the label "mark-of-label"'],
    output: [],
  },
  node: {
    log: ['the log lines'],
    links: ['the links'],
    summary: ['the log lines'],
    externalRunId: ['the external run id'],
    label: ['the log lines', 'the label'],
    output: ['the output'],
  },
};

/** That a Port knows no labels of nodes is a note. */
function namesOf(kind: 'action' | 'node', part: Part, refusal: string): readonly string[] {
  const isNote = kind === 'node' && part === 'label' && refusal.startsWith('422');
  return isNote ? ['the log lines'] : names[kind][part];
}

const page = '<!DOCTYPE html><h1>no</h1>';
const naming = (decoration: Decoration): Reply => ({
  status: 422,
  body: {
    ok: false,
    error: 'invalid_request',
    message: `body/${decoration.name} must NOT be "${decoration.mark}"`,
    details: { instancePath: `/${decoration.name}` },
  },
});

/** What becomes of each request that bears the decoration, as often as it is sent. */
const refusals: Readonly<Record<string, Reply | ((decoration: Decoration) => Reply)>> = {
  '400': { status: 400, body: { ok: false, error: 'bad_request', message: 'no' } },
  '401': { status: 401 },
  '403': { status: 403, body: page },
  '404': { status: 404 },
  '413': { status: 413, body: page },
  '422 that names the field': naming,
  '422 that names nothing': refused,
  '429 until the time is up': { status: 429 },
  '500': { status: 500 },
  '503': { status: 503 },
  'no answer': 'silence',
  'a reset connection': 'reset',
  'half an answer': 'cut',
  'a page': { status: 200, body: page },
};

/** Which decorations a report has. */
interface Form {
  readonly name: string;
  readonly kind: 'action' | 'node';
  readonly runId: string;
  readonly decorations: readonly Decoration[];
  /** The run of a job that failed is FAILURE. */
  readonly jobs: readonly ('Succeeded' | 'Failed')[];
}

const forms: readonly Form[] = [
  { name: 'a run', kind: 'action', runId: 'r_abc123def456ghi7', decorations, jobs: ['Succeeded', 'Failed'] },
  {
    name: 'a run that its last log entry could end',
    kind: 'action',
    runId: 'r_abc123def456ghi7',
    decorations: decorations.filter(({ name }) => name === 'logMessage' || name === 'statusLabel'),
    jobs: ['Succeeded'],
  },
  {
    name: "a workflow node's run",
    kind: 'node',
    runId: 'wfnr_abc123def456ghi7',
    decorations: [...decorations, output],
    jobs: ['Succeeded', 'Failed'],
  },
];

interface Case {
  readonly form: Form;
  readonly decoration: Decoration;
  readonly refusal: string;
  readonly job: 'Succeeded' | 'Failed';
}

const cases: readonly Case[] = forms.flatMap((form) =>
  form.jobs.flatMap((job) =>
    form.decorations
      .filter(({ onFailureOnly }) => onFailureOnly !== true || job === 'Failed')
      .flatMap((decoration) => Object.keys(refusals).map((refusal) => ({ form, decoration, refusal, job }))),
  ),
);

interface Ended {
  readonly held: Readonly<Record<string, unknown>>;
  /** All that Port holds. */
  readonly text: string;
  readonly warnings: readonly string[];
  readonly result: string;
  readonly message: string;
}

describe('The end of a run is in Port, whatever becomes of what adorns its report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'decorations-'));
  const results = new Map<Case, Ended>();
  let azure: ScriptedServer | undefined;

  before(async function () {
    this.timeout(60_000);
    writeFileSync(join(folder, 'a.log'), 'mark-of-log-file');
    writeFileSync(join(folder, 'a.md'), 'mark-of-summary-file');
    azure = await startScriptedServer([{ status: 200, body: timeline }]);
    const { url } = azure;
    const play = (each: Case) => async () => void results.set(each, await report(each, { url, folder }));
    // What waits in earnest is not kept waiting by what computes.
    const isWaiting = ({ refusal }: Case) => refusals[refusal] === 'silence';
    await inParallel(cases.filter((each) => !isWaiting(each)).map(play), 8);
    await inParallel(cases.filter(isWaiting).map(play), 50);
  });
  after(async () => {
    await azure?.close();
    rmSync(folder, { recursive: true });
  });

  for (const each of cases) {
    const { form, decoration, refusal, job } = each;
    it(`${form.name} in a job that ${job.toLowerCase()}, where ${decoration.name} gets ${refusal}`, () => {
      const ended = results.get(each);
      assert.ok(ended !== undefined);
      const { held, text, warnings, result, message } = ended;
      assert.equal(result, 'Succeeded', message);
      const word = job === 'Succeeded' ? 'SUCCESS' : 'FAILURE';
      const end = form.kind === 'action' ? held.status : `${String(held.status)} ${String(held.result)}`;
      assert.equal(end, form.kind === 'action' ? word : `COMPLETED ${word.replace('FAILURE', 'FAILED')}`);
      const isIn = ({ mark }: Decoration) => text.includes(mark);
      const others = form.decorations.filter(
        ({ parts, onFailureOnly }) =>
          !parts.some((part) => decoration.parts.includes(part)) &&
          (onFailureOnly !== true || job === 'Failed'),
      );
      assert.deepEqual(
        others.filter((other) => !isIn(other)).map(({ name }) => name),
        [],
        'did not arrive',
      );
      assert.equal(isIn(decoration), false);
      const told = new Set(decoration.parts.flatMap((part) => namesOf(form.kind, part, refusal)));
      assert.deepEqual(warnings.map(partOf).sort(), [...told].sort(), warnings.join('\n'));
    });
  }
});

/** What a warning says to be missing. */
function partOf(warning: string): string {
  const [, refused, lost = ''] =
    /^Port refused (.*?); everything else|^(.*?) may not have reached Port; everything else/.exec(warning) ??
    [];
  return refused ?? lost.replace(/^The/, 'the');
}

/** A step that failed in this job, as Azure DevOps tells it. */
const timeline = {
  records: [
    { id: 'job', type: 'Job', name: 'Deploy', identifier: 'deploy', attempt: 1, state: 'inProgress' },
    {
      ...{ id: 'task', parentId: 'job', type: 'Task', name: 'terraform apply', attempt: 1 },
      ...{ state: 'completed', result: 'failed', startTime: '2026-01-01T00:00:00Z' },
      issues: [{ type: 'error', message: 'markOfError' }],
    },
  ],
};

async function report(
  { form, decoration, refusal, job }: Case,
  { url, folder }: { url: string; folder: string },
): Promise<Ended> {
  const reply = refusals[refusal];
  const port = await startPickyPort(
    (_method, body) => {
      if (!JSON.stringify(body).includes(decoration.mark)) return undefined;
      return typeof reply === 'function' ? reply(decoration) : reply;
    },
    { id: form.runId },
  );
  const has = (name: string) => form.decorations.some((each) => each.name === name);
  const inputs = {
    logMessage: 'mark-of-message',
    logFile: join(folder, 'a.log'),
    link: 'https://example.com/mark',
    linkToPipeline: 'true',
    summary: 'mark-of-summary',
    summaryFile: join(folder, 'a.md'),
    statusLabel: 'mark-of-label',
    externalRunId: 'mark-of-external-id',
    output: 'value: mark-of-output',
  };
  const host = new FakeHost({
    inputs: {
      ...{ baseUrl: port.url, clientId: 'id', clientSecret: 'secret-of-the-client' },
      ...{ runId: form.runId, status: 'auto', summaryTab: 'false' },
      timeoutSeconds: reply === 'silence' ? '6' : '60',
      ...Object.fromEntries(Object.entries(inputs).filter(([name]) => has(name))),
      ...(!has('linkToPipeline') && { linkToPipeline: 'false' }),
    },
    variables: {
      'Agent.JobStatus': job,
      'System.JobId': 'job',
      'System.CollectionUri': `${url}/`,
      'System.AccessToken': 'token',
      'System.TeamProject': 'project',
      'System.TeamProjectId': 'project',
      'Build.BuildId': '42',
    },
  });
  try {
    const { result, message } = await runTask(run, host, { clock: swiftClock() });
    const text = JSON.stringify([port.run, port.logs]);
    return { held: port.run, text, warnings: host.warnings, result, message };
  } finally {
    await port.close();
  }
}

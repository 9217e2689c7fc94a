import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalAzureDevOps, RecordedRequest } from '../../local/azure-devops/index.ts';
import { askAll } from '../../setup/verify/ask.ts';
import { connectionQuestions } from '../../setup/verify/azure/connections.ts';
import { eventQuestions } from '../../setup/verify/azure/events.ts';
import { hookQuestions } from '../../setup/verify/azure/hooks.ts';
import { previewQuestions } from '../../setup/verify/azure/previews.ts';
import { azureRunQuestions } from '../../setup/verify/azure/runs.ts';
import { isAsked } from '../../setup/verify/question.ts';
import { sweep, traceKinds } from '../../setup/verify/traces.ts';
import { fakeRunner } from '../local/azure-devops/fake-runner.ts';
import { closeAll, file, start, startReceiver } from '../local/azure-devops/fixture.ts';
import { startApprovals, startWaiting } from './approvals/approvals-fixture.ts';
import { hooks } from './command-line.ts';
import { closeLoops, startLoop } from './loop-fixture.ts';
import { failing, makeHooks, runByWebhook } from './verify/history-fixture.ts';
import { inLabs } from './verify/verify-fixture.ts';

/**
 * The scope that a call needs, as Microsoft's specification of the interface has it (vsts-rest-api-specs, 7.1, member
 * `security`). Service hooks take any one of vso.work, vso.build and vso.code; for inputValuesQuery it says nothing.
 * Undefined: any token may, for the call is made before a client knows anything.
 */
const scopes: readonly (readonly [RegExp, string | undefined])[] = [
  [/^OPTIONS /i, undefined],
  [/^GET \/_apis\/(connectionData|resourceAreas)/i, undefined],
  [/^GET \/_apis\/projects\b/i, 'vso.project'],
  [/^\w+ \/_apis\/hooks\//i, 'vso.build'],
  [/^GET \/\{project\}\/_apis\/build\/(builds|definitions|changes)\b/i, 'vso.build'],
  // For reading a pipeline's permissions the specification names none.
  [/^GET \/_apis\/accesscontrollists\//i, undefined],
  [/^POST \/\{project\}\/_apis\/pipelines\/\d+\/preview\b/i, 'vso.build'],
  [/^GET \/\{project\}\/_apis\/pipelines\/\d+\/runs\/\d+$/i, 'vso.build'],
  // Whoever knows the address may call it: the body is signed.
  [/^POST \/_apis\/public\/distributedtask\/webhooks\//i, undefined],
  [/^GET \/\{project\}\/_apis\/serviceendpoint\/endpoints\b/i, 'vso.serviceendpoint'],
  [/^(POST|PUT|DELETE) \/_apis\/serviceendpoint\/endpoints\b/i, 'vso.serviceendpoint_manage'],
  [/^GET \/\{project\}\/_apis\/pipelines\/pipelinePermissions\//i, 'vso.build'],
  [/^PATCH \/\{project\}\/_apis\/pipelines\/pipelinePermissions\//i, 'vso.pipelineresources_manage'],
  [/^GET \/\{project\}\/_apis\/distributedtask\/environments\b/i, 'vso.environment_manage'],
  [/^GET \/\{project\}\/_apis\/pipelines\/(checks\/configurations|approvals)\b/i, 'vso.build'],
];

/** A managing scope holds the reading one. */
const held: Readonly<Record<string, string>> = { 'vso.serviceendpoint_manage': 'vso.serviceendpoint' };

function scopesOf(ado: LocalAzureDevOps, requests: readonly RecordedRequest[]): string[] {
  const needed = new Set<string>();
  for (const { method, path } of requests) {
    const route = `${method} ${path
      .slice(ado.store.collectionPath.length)
      .replace(new RegExp(`^/(${ado.project.id}|${ado.project.name})(?=/)`), '/{project}')}`;
    const row = scopes.find(([pattern]) => pattern.test(route));
    assert.ok(row, `${route}: no scope is known for it`);
    if (row[1] !== undefined) needed.add(row[1]);
  }
  const spare = [...needed].map((scope) => held[scope]);
  return [...needed].filter((scope) => !spare.includes(scope)).sort();
}

/** What each command of the loop calls, on an empty organization, a complete one, and with all secrets to be written. */
async function loopScopes(): Promise<Record<string, string[]>> {
  const loop = await startLoop({ runner: fakeRunner() });
  const seen: Record<string, RecordedRequest[]> = {};
  for (const [command, ...args] of [
    ['setup plan'],
    ['setup apply'],
    ['setup apply', '--rewrite-secrets'],
    ['setup plan'],
    ['doctor'],
    ['setup destroy', '--yes'],
  ] as const) {
    const before = loop.ado.requests.length;
    const { code, stderr } = await loop.run(...command.split(' '), ...args);
    assert.equal(code, 0, stderr);
    (seen[command] ??= []).push(...loop.ado.requests.slice(before));
  }
  const before = loop.ado.requests.length;
  const step = '  - task: PortRunStatus@1\n    inputs: { portConnection: port, cancelWithPort: true }\n';
  await writeFile(join(loop.folder, 'deploy.yml'), `steps:\n${step}`);
  await loop.run('doctor');
  const further = loop.ado.requests.slice(before);
  assert.ok(further.some(({ path }) => path.includes('/accesscontrollists/')));
  seen.doctor?.push(...further);
  return Object.fromEntries(
    Object.entries(seen).map(([command, requests]) => [command, scopesOf(loop.ado, requests)]),
  );
}

async function hooksScopes(): Promise<Record<string, string[]>> {
  const ado = await start();
  ado.createPipeline({ name: 'deploy', ...file });
  const { url } = await startReceiver();
  const project = ['--project', 'my-project'];
  const request = [
    ...[...project, '--event', 'build.complete', '--filter', 'definitionName=deploy'],
    ...['--consumer', 'webHooks/httpRequest', '--input', `url=${url}`, '--allow-http'],
  ];
  const seen: Record<string, string[]> = {};
  const run = async (command: string, ...args: string[]): Promise<void> => {
    const before = ado.requests.length;
    const { code, stderr } = await hooks(ado, command, ...args);
    assert.equal(code, 0, stderr);
    const called = scopesOf(ado, ado.requests.slice(before));
    seen[`hooks ${command}`] = [...new Set([...(seen[`hooks ${command}`] ?? []), ...called])].sort();
  };
  await run('events');
  await run('create', ...request);
  await run('create', ...request, '--rewrite');
  await run('test', ...request);
  await run('list', ...project);
  await run('delete', [...ado.store.subscriptions.keys()][0] ?? '');
  return seen;
}

/** What the questions call that only read and preview, and those that make something for a while. */
async function verifyScopes(): Promise<Record<string, string[]>> {
  const loop = await startLoop({ runner: failing() });
  await makeHooks(loop);
  await runByWebhook(loop);
  const before = loop.ado.requests.length;
  const answers = await inLabs(loop, async ({ asking, cleaning, stamps }) => {
    const asked = [...connectionQuestions, ...eventQuestions, ...hookQuestions, ...previewQuestions];
    const all = await askAll([...asked, ...azureRunQuestions].filter(isAsked), asking, () => undefined);
    await sweep(cleaning, new Set(traceKinds), (each) => stamps.has(each));
    return all;
  });
  assert.ok(answers.some(({ answer }) => answer.answer === 'holds'));
  return { verify: scopesOf(loop.ado, loop.ado.requests.slice(before)) };
}

/** The rows of the page's table: commands, and the scopes beside them. */
async function documented(): Promise<Record<string, string[]>> {
  const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'setup.md'), 'utf8');
  const [, section = ''] = page.split('### Scopes');
  const rows =
    section.split('\n#')[0]?.matchAll(/^\| (`(?:setup|doctor|verify|hooks)[^|]*) \| ([^|]*) \|$/gm) ?? [];
  const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  return Object.fromEntries(
    [...rows].flatMap(([, commands = '', needed = '']) =>
      quoted(commands).map((command) => [command, quoted(needed).sort()]),
    ),
  );
}

describe('the scopes of a personal access token', function () {
  this.timeout(60_000);
  afterEach(async () => {
    await closeLoops();
    await closeAll();
  });

  it('are, for approvals in Port, one more for doctor alone, which the page names', async () => {
    const loop = await startApprovals('false');
    const beforePlan = loop.ado.requests.length;
    await loop.run('setup', 'plan');
    const before = loop.ado.requests.length;
    await startWaiting(loop);
    await loop.run('doctor');
    const { 'setup plan': usual = [] } = await documented();
    assert.deepEqual(scopesOf(loop.ado, loop.ado.requests.slice(beforePlan, before)), usual);
    const called = loop.ado.requests.slice(before).filter(({ path }) => !path.includes('/webhooks/'));
    assert.deepEqual(scopesOf(loop.ado, called), [...usual, 'vso.environment_manage'].sort());
    const page = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'setup.md'), 'utf8');
    assert.match(page, /For a file with `approvals`, `doctor` also .* `vso\.environment_manage`/);
  });

  it('stand in the page as the calls of each command need them', async () => {
    assert.deepEqual(await documented(), {
      ...(await loopScopes()),
      ...(await verifyScopes()),
      ...(await hooksScopes()),
    });
  });
});

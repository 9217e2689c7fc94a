import assert from 'node:assert/strict';
import { text as readText } from 'node:stream/consumers';
import * as azdev from 'azure-devops-node-api';
import {
  BuildResult,
  BuildStatus,
  TimelineRecordState,
} from 'azure-devops-node-api/interfaces/BuildInterfaces.js';
import { GitPullRequestQueryType } from 'azure-devops-node-api/interfaces/GitInterfaces.js';
import { RunState } from 'azure-devops-node-api/interfaces/PipelinesInterfaces.js';
import { WorkItemErrorPolicy } from 'azure-devops-node-api/interfaces/WorkItemTrackingInterfaces.js';
import type { LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { fakeRunner, record } from './fake-runner.ts';
import { call, closeAll, file, start, subscription } from './fixture.ts';

const connect = (ado: LocalAzureDevOps): azdev.WebApi =>
  new azdev.WebApi(ado.organizationUrl, azdev.getPersonalAccessTokenHandler('pat'));

/** An organization with a pipeline and a commit, whose runs have a job with two lines and a tag. */
async function startWithRun() {
  const ado = await start(
    fakeRunner((_request, observer) => {
      const job = record({ log: { id: 1 } });
      observer.record(job);
      observer.log(job.id, 'one');
      observer.log(job.id, 'two');
      observer.tag?.('nightly');
      observer.record({ ...job, state: 'completed', result: 'succeeded' });
      return { result: 'succeeded', buildNumber: '20260101.1' };
    }),
    { preview: () => 'steps: []\n' },
  );
  ado.createPipeline({ name: 'deploy', ...file });
  const item = ado.addWorkItem({ title: 'Pay by card', type: 'Bug' });
  const commit = ado.addCommit({ message: 'Take cards', workItems: [item.id] });
  const { id } = await ado.queue({ definitionId: 1 });
  await ado.idle();
  return { ado, id, item, commit, client: connect(ado), project: ado.project.name };
}

describe('the typed clients of Microsoft', () => {
  afterEach(closeAll);

  it('find every place that OPTIONS lists, and nothing there is unknown', async () => {
    const { ado } = await startWithRun();
    const { body } = await call(ado, 'OPTIONS', '/_apis');
    const { value } = body as { value: Record<string, string>[] };
    assert.ok(value.length > 20);
    for (const { area = '', resourceName = '', routeTemplate = '' } of value) {
      const path = routeTemplate
        .replace('{area}', area)
        .replace('{resource}', resourceName)
        .replace('{project}', ado.project.name)
        .replace('{publisherId}', 'tfs')
        .replace('{repositoryId}', ado.project.name)
        .replaceAll(/\{\*?\w+\}/g, '1');
      const whole = path.replace(/\/1$/, '');
      const answers = await Promise.all(
        [path, whole].flatMap((each) =>
          ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
            call(ado, method, `/${each}`, method === 'GET' ? {} : { body: {} }),
          ),
        ),
      );
      const isServed = answers.some(({ text }) => !text.includes('does not implement IController'));
      assert.ok(isServed, routeTemplate);
    }
  });

  it('are told the newest version of an older server, which refuses newer ones', async () => {
    const ado = await start(undefined, { newestVersion: '6.0' });
    const { body } = await call(ado, 'OPTIONS', '/_apis?api-version=6.0');
    const { value } = body as { value: { maxVersion: string; releasedVersion: string }[] };
    assert.ok(value.every((each) => each.maxVersion === '6.0' && each.releasedVersion === '6.0'));
    const refused = await call(ado, 'GET', '/_apis/connectionData?api-version=7.0-preview.1');
    assert.equal(refused.status, 400);
    assert.match(refused.text, /VssVersionOutOfRangeException/);
    assert.equal((await (await connect(ado).getCoreApi()).getProjects()).length, 1);
  });

  it('read a build, its timeline, its logs and its tags', async () => {
    const { client, project, id } = await startWithRun();
    const builds = await client.getBuildApi();

    const build = await builds.getBuild(project, id);
    const timeline = await builds.getBuildTimeline(project, id);
    const logs = await builds.getBuildLogs(project, id);

    assert.deepEqual([build.status, build.result], [BuildStatus.Completed, BuildResult.Succeeded]);
    assert.equal(timeline.records?.[0]?.state, TimelineRecordState.Completed);
    assert.equal(logs[0]?.lineCount, 2);
    assert.deepEqual(await builds.getBuildLogLines(project, id, 1), ['one', 'two']);
    assert.equal(await readText(await builds.getBuildLog(project, id, 1)), 'one\ntwo\n');
    await builds.addBuildTag(project, id, 'released');
    assert.deepEqual(await builds.getBuildTags(project, id), ['nightly', 'released']);
  });

  it('push a new branch with a file, and open a pull request for it', async () => {
    const { ado, client, project, commit } = await startWithRun();
    const git = await client.getGitApi();
    const change = { changeType: 1, item: { path: '/a.tf' }, newContent: { content: 'x', contentType: 0 } };
    const push = {
      refUpdates: [{ name: 'refs/heads/a', oldObjectId: '0'.repeat(40) }],
      commits: [{ comment: 'Add a', parents: [commit.id], changes: [change] }],
    };
    const made = await git.createPush(push, project, project);
    const request = { sourceRefName: 'refs/heads/a', targetRefName: 'refs/heads/main', title: 'Add a' };
    const { pullRequestId } = await git.createPullRequest(request, project, project);
    const branch = ado.store.branches.get('refs/heads/a');
    assert.equal(branch?.commit.id, made.commits?.[0]?.commitId);
    assert.deepEqual([branch?.commit.parents, branch?.files], [[commit.id], { '/a.tf': 'x' }]);
    assert.deepEqual(
      ado.store.pullRequests.map(({ id, status }) => [id, status]),
      [[pullRequestId, 'active']],
    );
    await assert.rejects(git.createPush(push, project, project), /TF401028/);
    const elsewhere = { ...request, sourceRefName: 'refs/heads/b' };
    await assert.rejects(git.createPullRequest(elsewhere, project, project), /TF401398/);
  });

  it('list builds by definition, status, result and branch, a page at a time', async () => {
    const { ado, client, project } = await startWithRun();
    const builds = await client.getBuildApi();
    const second = await builds.queueBuild({ definition: { id: 1 }, sourceBranch: 'refs/heads/x' }, project);
    await ado.idle();
    // Positions of the typed method: definitions, …, statusFilter, resultFilter, …, $top, …, branchName.
    const find = async (status: BuildStatus, result: BuildResult, branch?: string) => {
      const skipped = [undefined, undefined, undefined, undefined, undefined, undefined] as const;
      const found = await builds.getBuilds(
        project,
        [1],
        ...skipped,
        status,
        result,
        undefined,
        undefined,
        10,
        undefined,
        undefined,
        undefined,
        undefined,
        branch,
      );
      return found.map((build) => build.id);
    };

    assert.deepEqual(await find(BuildStatus.Completed, BuildResult.Succeeded), [second.id, 1]);
    assert.deepEqual(await find(BuildStatus.All, BuildResult.Succeeded, 'refs/heads/x'), [second.id]);
    assert.deepEqual(await find(BuildStatus.Completed, BuildResult.Failed), []);
    const page = await call(ado, 'GET', '/my-project/_apis/build/builds?$top=1&continuationToken=1');
    assert.match(page.text, /"count":1,.*"id":1,/);
    const unknown = await call(ado, 'GET', '/my-project/_apis/build/builds?reasonFilter=manual');
    assert.match(unknown.text, /does not know the filter reasonFilter/);
  });

  it('cancel a build and start its failed stages again', async () => {
    const results = ['failed', 'succeeded'] as const;
    const ado = await start(
      fakeRunner(({ rerun }) => ({
        result: results[(rerun?.attempt ?? 1) - 1] ?? 'failed',
        buildNumber: 'n',
      })),
    );
    ado.createPipeline({ name: 'deploy', ...file });
    const builds = await connect(ado).getBuildApi();
    const failed = await builds.queueBuild({ definition: { id: 1 } }, 'my-project');
    await ado.idle();

    await builds.updateBuild({}, 'my-project', failed.id ?? 0, true);
    await ado.idle();
    ado.pauseQueue();
    const waiting = await builds.queueBuild({ definition: { id: 1 } }, 'my-project');
    const stopped = await builds.updateBuild(
      { status: BuildStatus.Cancelling },
      'my-project',
      waiting.id ?? 0,
    );

    assert.equal((await builds.getBuild('my-project', failed.id ?? 0)).result, BuildResult.Succeeded);
    assert.equal(stopped.result, BuildResult.Canceled);
  });

  it('read changes and work items of a build, and between builds', async () => {
    const { ado, client, project, id, item, commit } = await startWithRun();
    const next = ado.addCommit({ message: 'Refund', workItems: [item.id] });
    await ado.queue({ definitionId: 1 });
    await ado.idle();
    const builds = await client.getBuildApi();
    const ids = (changes: readonly { id?: string }[]) => changes.map((each) => each.id);

    assert.deepEqual(ids(await builds.getBuildChanges(project, id)), [commit.id]);
    assert.deepEqual(ids(await builds.getBuildChanges(project, 2)), [next.id]);
    assert.deepEqual(ids(await builds.getChangesBetweenBuilds(project, 1, 2)), [next.id]);
    const [change] = await builds.getBuildChanges(project, id);
    assert.deepEqual([change?.message, change?.type], ['Take cards', 'TfsGit']);
    assert.equal(change?.author?.displayName, 'Dev');
    assert.ok(change.timestamp instanceof Date);
    const refs = await builds.getBuildWorkItemsRefs(project, id);
    assert.deepEqual(ids(refs), [String(item.id)]);
    assert.deepEqual(ids(await builds.getWorkItemsBetweenBuilds(project, 1, 2)), [String(item.id)]);
    const wit = await client.getWorkItemTrackingApi();
    const [read] = await wit.getWorkItems([item.id], undefined, undefined, undefined, undefined, project);
    assert.equal(read?.fields?.['System.Title'], 'Pay by card');
    assert.equal(read.fields['System.WorkItemType'], 'Bug');
    const batch = { ids: [9, item.id], fields: ['System.Title'], errorPolicy: WorkItemErrorPolicy.Omit };
    const [none, one] = await wit.getWorkItemsBatch(batch);
    assert.deepEqual([none, one?.fields], [null, { 'System.Title': 'Pay by card' }]);
  });

  it('find pull requests by a commit and by the commit of their merge', async () => {
    const { ado, client, project, commit } = await startWithRun();
    const merge = ado.addCommit({ message: 'Merged PR 1' });
    ado.addPullRequest({ title: 'Cards', commits: [commit.id], mergeCommit: merge.id });
    const git = await client.getGitApi();
    const build = await (await client.getBuildApi()).getBuild(project, 1);
    const ask = async (type: GitPullRequestQueryType, sha: string) => {
      const queries = [{ type, items: [sha] }];
      const { results } = await git.getPullRequestQuery({ queries }, build.repository?.id ?? '', project);
      return results;
    };

    const [byCommit] = (await ask(GitPullRequestQueryType.Commit, commit.id)) ?? [];
    assert.equal(byCommit?.[commit.id]?.[0]?.title, 'Cards');
    const [byMerge] = (await ask(GitPullRequestQueryType.LastMergeCommit, merge.id)) ?? [];
    assert.equal(byMerge?.[merge.id]?.[0]?.pullRequestId, 1);
    assert.deepEqual(await ask(GitPullRequestQueryType.Commit, merge.id), [{}]);
  });

  it('list pipelines and runs, start a run, and preview one', async () => {
    const { client, project, id } = await startWithRun();
    const pipelines = await client.getPipelinesApi();

    const [pipeline] = await pipelines.listPipelines(project);
    assert.equal(pipeline?.name, 'deploy');
    const made = await pipelines.runPipeline({ variables: { a: { value: '1' } } }, project, 1);
    assert.equal(made.variables?.a?.value, '1');
    const runs = await pipelines.listRuns(project, 1);
    assert.deepEqual(
      runs.map((run) => run.id),
      [made.id, id],
    );
    assert.equal((await pipelines.getRun(project, 1, id)).state, RunState.Completed);
    const { finalYaml } = await pipelines.preview({ previewRun: true }, project, 1);
    assert.equal(finalYaml, 'steps: []\n');
  });

  it('say who they are, and list projects, definitions and service connections', async () => {
    const { ado, client, project } = await startWithRun();
    const parameters = { username: 'id', password: 'secret' };
    const { id } = ado.createServiceConnection({ name: 'port', type: 'port-api', parameters });

    const { authenticatedUser } = await client.connect();
    assert.equal(authenticatedUser?.providerDisplayName, 'Dev');
    const core = await client.getCoreApi();
    assert.equal((await core.getProject(project)).id, ado.project.id);
    assert.equal((await core.getProjects())[0]?.name, project);
    const builds = await client.getBuildApi();
    const [definition] = await builds.getDefinitions(project, 'deploy');
    assert.equal((await builds.getDefinition(project, definition?.id ?? 0)).name, 'deploy');
    const services = await client.getServiceEndpointApi();
    const details = await services.getServiceEndpointDetails(project, id);
    await services.updateServiceEndpoint({ ...details, url: 'https://port.example.com/' }, id);
    assert.equal(ado.store.endpoints.get(id)?.url, 'https://port.example.com/');
    const endpoints = await services.getServiceEndpoints(project);
    assert.deepEqual(
      endpoints.map(({ name }) => name),
      ['port'],
    );
  });

  it('reach the service hooks, which have no client of their own, through the general one', async () => {
    const { ado, client } = await startWithRun();
    const { requestUrl, apiVersion } = await client.vsoClient.getVersioningData(
      '7.1-preview.1',
      'hooks',
      'fc50d02a-849f-41fb-8af1-0a5216103269',
      {},
    );
    const acceptHeader = `application/json;api-version=${apiVersion ?? ''}`;
    const body = subscription('https://example.com');
    const { result } = await client.rest.create<{ id: string }>(requestUrl ?? '', body, {
      acceptHeader,
    });
    assert.ok(ado.store.subscriptions.has(result?.id ?? ''));
  });
});

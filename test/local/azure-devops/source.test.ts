import assert from 'node:assert/strict';
import type { AzureDevOpsOptions, LocalAzureDevOps } from '../../../local/azure-devops/index.ts';
import { type FakeRunner, fakeRunner } from './fake-runner.ts';
import { basic, call, closeAll, file, start } from './fixture.ts';

/** An organization with one pipeline, and what a job of it asks the project. */
async function startProject(options: Partial<AzureDevOpsOptions> = {}) {
  const runner: FakeRunner = fakeRunner();
  const ado: LocalAzureDevOps = await start(runner, options);
  ado.createPipeline({ name: 'deploy', ...file });
  const build = async (sourceVersion?: string): Promise<number> => {
    const { id } = await ado.queue({
      definitionId: 1,
      ...(sourceVersion !== undefined && { sourceVersion }),
    });
    await ado.idle();
    return id;
  };
  const ask = (path: string, body?: unknown) => {
    const token = runner.seen.at(-1)?.accessToken ?? '';
    const method = body === undefined ? 'GET' : 'POST';
    return call(ado, method, path, { authorization: `Bearer ${token}`, body });
  };
  const list = async (path: string, body?: unknown): Promise<readonly Listed[]> => {
    const { status, body: answer, text } = await ask(path, body);
    assert.equal(status, 200, text);
    return (answer as { value: Listed[] }).value;
  };
  return { ado, runner, build, ask, list };
}

type Listed = Readonly<Record<string, unknown>> & { readonly id: string | number; readonly message?: string };

const changes = '/my-project/_apis/build/changes';
const messages = (listed: readonly Listed[]): string => listed.map(({ message }) => message).join(' ');
const ids = (listed: readonly Listed[]): string => listed.map(({ id }) => id).join(' ');

describe('the changes between two builds', () => {
  afterEach(closeAll);

  it('are the commits that the later build has and the earlier has not, the newest first', async () => {
    const { ado, build, list } = await startProject();
    const one = ado.addCommit({ message: 'one' });
    await build();
    ado.addCommit({ message: 'two' });
    ado.addCommit({ message: 'three' });
    await build();
    ado.addCommit({ message: 'hotfix', parents: [one.id] });
    await build();
    const between = async (from: number, to: number) =>
      messages(await list(`${changes}?fromBuildId=${from}&toBuildId=${to}`));

    assert.equal(await between(1, 2), 'three two');
    assert.equal(await between(1, 3), 'hotfix');
    assert.equal(await between(2, 3), 'hotfix');
    assert.equal(await between(2, 2), '');
    assert.equal(await between(2, 1), '', 'a rollback brings nothing');
  });

  it('include both sides of a merge', async () => {
    const { ado, build, list } = await startProject();
    const base = ado.addCommit({ message: 'base' });
    await build();
    const left = ado.addCommit({ message: 'left' });
    const right = ado.addCommit({ message: 'right', parents: [base.id] });
    ado.addCommit({ message: 'merge', parents: [left.id, right.id] });
    await build();
    assert.equal(messages(await list(`${changes}?fromBuildId=1&toBuildId=2`)), 'merge right left');
  });

  it('are 50 without $top, as many as it says with it, and on one page', async () => {
    const { ado, build, ask, list } = await startProject();
    ado.addCommit({ message: '0' });
    await build();
    for (let index = 1; index <= 260; index += 1) ado.addCommit({ message: String(index) });
    await build();
    const path = `${changes}?fromBuildId=1&toBuildId=2`;
    assert.equal((await list(path)).length, 50);
    assert.equal((await list(`${path}&$top=250`)).at(-1)?.message, '11');
    assert.equal((await list(`${path}&$top=250&continuationToken=250`)).length, 250);
    const unknown = await ask(`${changes}?fromBuildId=1&toBuildId=9`);
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /The requested build 9 could not be found/);
  });

  it('tell the first line of a message, and that there is more', async () => {
    const { ado, runner, build, list } = await startProject();
    ado.addCommit({ message: 'Merged PR 7: Cards\n\nRelated work items: #1' });
    await build();
    const [change] = await list(`${changes}?toBuildId=1`);
    assert.deepEqual([change?.message, change?.messageTruncated], ['Merged PR 7: Cards', true]);
    assert.equal(runner.seen[0]?.sourceVersionMessage, 'Merged PR 7: Cards');
  });
});

describe('the changes of one build', () => {
  afterEach(closeAll);

  it('are those since the last success, 50 on a page, and no more than 200 on all of them', async () => {
    const { ado, build } = await startProject();
    ado.addCommit({ message: 'first' });
    await build();
    for (let index = 1; index <= 230; index += 1) ado.addCommit({ message: String(index) });
    await build();
    const path = `${ado.organizationUrl}/my-project/_apis/build/builds/2/changes?api-version=7.1`;
    const read = async (query: string) => {
      const response = await fetch(`${path}${query}`, { headers: { authorization: basic('pat') } });
      const { value } = (await response.json()) as { value: Listed[] };
      return [value[0]?.message, value.length, response.headers.get('x-ms-continuationtoken')];
    };
    assert.deepEqual(await read(''), ['230', 50, '50']);
    assert.deepEqual(await read('&$top=150&continuationToken=50'), ['180', 150, null]);
    assert.deepEqual(await read('&$top=1000&includeSourceChange=true'), ['230', 200, null]);
  });
});

describe('work items', () => {
  afterEach(closeAll);

  /** Three of them, the first two named by the commits of a build. */
  async function startWithItems() {
    const project = await startProject();
    for (const title of ['Cards', 'Refunds', 'Vouchers']) project.ado.addWorkItem({ title, type: 'Bug' });
    project.ado.addCommit({ message: 'one', workItems: [1, 2] });
    project.ado.addCommit({ message: 'two', workItems: [2] });
    await project.build();
    return project;
  }

  it('of a build are referred to once each, and read by their addresses', async () => {
    const { ado, list, ask } = await startWithItems();
    const refs = await list('/my-project/_apis/build/builds/1/workitems');
    assert.equal(ids(refs), '2 1');
    assert.equal(refs[1]?.url, `${ado.organizationUrl}/_apis/wit/workItems/1`);
    const { body } = await ask('/_apis/wit/workItems/1');
    assert.deepEqual((body as Record<string, unknown>)._links, {
      html: { href: `${ado.organizationUrl}/my-project/_workitems/edit/1` },
    });
  });

  const named = ['System.Title', 'System.State'];
  const ways: [route: string, body?: object][] = [
    [`workitems?ids=3,9&fields=${named.join()}&errorPolicy=omit`],
    ['workitemsbatch', { ids: [3, 9], fields: named, errorPolicy: 'omit' }],
  ];
  for (const [route, body] of ways)
    it(`are read together by ${route}: the fields that are named, and null for one that is not there`, async () => {
      const { ado, list } = await startWithItems();
      assert.deepEqual(await list(`/my-project/_apis/wit/${route}`, body), [
        {
          ...{ id: 3, rev: 1, fields: { 'System.State': 'Active', 'System.Title': 'Vouchers' } },
          url: `${ado.organizationUrl}/_apis/wit/workItems/3`,
        },
        null,
      ]);
    });

  it('are refused where one is not there, and where more than 200 are asked for', async () => {
    const { ask } = await startWithItems();
    const missing = await ask('/my-project/_apis/wit/workitems?ids=1,9');
    assert.deepEqual([missing.status, missing.text.includes('TF401232: Work item 9')], [404, true]);
    const many = await ask('/my-project/_apis/wit/workitemsbatch', { ids: Array(201).fill(1) });
    assert.equal(many.status, 400);
    assert.match(many.text, /VS403474: You requested 201 work items which exceeds the limit of 200/);
  });
});

describe('a query of pull requests', () => {
  afterEach(closeAll);
  const repositories = '/my-project/_apis/git/repositories';

  it('answers in the order of its queries, and with what is still open', async () => {
    const { ado, build, ask } = await startProject();
    const [one, two] = [ado.addCommit({ message: 'one' }), ado.addCommit({ message: 'two' })];
    ado.addPullRequest({ title: 'Cards', commits: [one.id], mergeCommit: two.id });
    ado.addPullRequest({
      ...{ title: 'Refunds', commits: [one.id], mergeCommit: 'preview' },
      ...{ status: 'active', mergeStatus: 'conflicts' },
    });
    await build();
    const queries = [
      { type: 'lastMergeCommit', items: [two.id] },
      { type: 'commit', items: [one.id, 'nobodys'] },
    ];
    const { body } = await ask(`${repositories}/my-project/pullrequestquery`, { queries });
    const { results } = body as { results: Record<string, Record<string, unknown>[]>[] };
    const shown = results.map((result) =>
      Object.entries(result).map(([sha, requests]) => [
        sha,
        ...requests.map(({ title, status, mergeStatus }) => [title, status, mergeStatus]),
      ]),
    );
    assert.deepEqual(shown, [
      [[two.id, ['Cards', 'completed', 'succeeded']]],
      [[one.id, ['Cards', 'completed', 'succeeded'], ['Refunds', 'active', 'conflicts']]],
    ]);
    assert.ok('closedDate' in (results[0]?.[two.id]?.[0] ?? {}));
    assert.ok(!('closedDate' in (results[1]?.[one.id]?.[1] ?? {})));
  });

  it('finds no repository that is at GitHub, whose changes are told all the same', async () => {
    const { ado, runner, build, ask, list } = await startProject({ gitHubRepository: 'contoso/shop' });
    const { id } = ado.addCommit({ message: 'one' });
    await build();

    assert.deepEqual(runner.seen[0]?.repository, {
      ...{ id: 'contoso/shop', name: 'contoso/shop', type: 'GitHub' },
      url: 'https://github.com/contoso/shop',
    });
    const [change] = await list(`${changes}?toBuildId=1`);
    assert.deepEqual(change, {
      ...{ id, message: 'one', type: 'GitHub', timestamp: change?.timestamp },
      author: { id: 'dev@example.com', displayName: 'Dev' },
      location: `https://api.github.com/repos/contoso/shop/commits/${id}`,
      displayUri: `https://github.com/contoso/shop/commit/${id}`,
    });
    for (const name of ['contoso%2Fshop', 'my-project']) {
      const { status, text } = await ask(`${repositories}/${name}/pullrequestquery`, { queries: [] });
      assert.deepEqual([status, text.includes('GitRepositoryNotFoundException')], [404, true]);
    }
  });
});

describe('the token of a job', () => {
  afterEach(closeAll);

  it('reads what the project knows of its sources but what it is denied, and nobody reads it without one', async () => {
    const { ado, build, ask } = await startProject();
    ado.addWorkItem({ title: 'Cards' });
    await build();
    const routes: [resource: string, path: string, body?: object][] = [
      ['Builds', `${changes}?toBuildId=1`],
      ['Builds', '/my-project/_apis/build/builds/1/changes'],
      ['Builds', '/my-project/_apis/build/workitems?fromBuildId=1&toBuildId=1'],
      ['Builds', '/my-project/_apis/build/builds/1/workitems'],
      ['WorkItems', '/_apis/wit/workitems?ids=1'],
      ['WorkItems', '/my-project/_apis/wit/workitemsbatch', { ids: [] }],
      ['Repositories', '/my-project/_apis/git/repositories/my-project/pullrequestquery', { queries: [] }],
    ];
    for (const [resource, path, body] of routes) {
      const method = body === undefined ? 'GET' : 'POST';
      assert.equal((await call(ado, method, path, { authorization: null, body })).status, 401, path);
      ado.store.faults.signInPage = true;
      assert.equal((await call(ado, method, path, { authorization: null, body })).status, 203, path);
      ado.store.faults.signInPage = false;
      assert.equal((await ask(path, body)).status, 200, path);
      ado.store.faults.deniedToJobs.add(resource);
      const denied = await ask(path, body);
      ado.store.faults.deniedToJobs.clear();
      assert.equal(denied.status, 403, path);
      assert.ok(denied.text.includes(`on the resource ${resource} to perform`), denied.text);
    }
  });
});

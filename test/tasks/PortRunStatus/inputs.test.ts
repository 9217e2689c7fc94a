import assert from 'node:assert/strict';
import { isUnreachableForFork, readInputs } from '../../../tasks/PortRunStatus/inputs.ts';
import { FakeHost } from '../../support/fake-host.ts';

type Inputs = Readonly<Record<string, string>>;

const credentials = { clientId: 'id', clientSecret: 's3cret' };
const read = (inputs: Inputs, variables: Inputs = {}, address?: string) =>
  readInputs(new FakeHost({ inputs: { ...credentials, ...inputs }, variables }), address);

describe('The inputs of PortRunStatus', () => {
  it('have defaults', () => {
    const { connection, hasInput, output, ...others } = read({});
    assert.equal(connection.apiUrl, 'https://api.port.io');
    assert.equal(typeof output, 'function');
    assert.deepEqual([hasInput('clientId'), hasInput('output')], [true, false]);
    assert.deepEqual(others, {
      ...{ runId: undefined, budget: 120_000, ifNoRunId: 'skip', requested: { kind: 'track' }, scope: 'job' },
      ...{ partialSuccess: 'success', isSummaryWanted: true, statusLabel: undefined, links: [] },
      ...{ isPipelineLinked: true, summary: undefined, summaryFile: undefined, logMessage: undefined },
      ...{ logFile: undefined, logTailLines: 200, externalRunId: undefined, areFailureDetailsWanted: true },
      ...{ failureBlueprint: undefined, isProgressLive: false, isCanceledWithPort: false },
      ...{ mistakes: [], leftOut: [] },
    });
  });

  it('are read as they are written', () => {
    const { connection, hasInput, output, ...others } = read({
      ...{
        baseUrl: 'https://port.example.com',
        runId: 'wfnr_abc123',
        timeoutSeconds: '30',
        ifNoRunId: 'fail',
      },
      ...{ status: 'track', scope: 'pipeline', partialSuccess: 'failure', summaryTab: 'false' },
      ...{ statusLabel: 'Deploying', link: 'https://a\nhttps://b', linkToPipeline: 'false', summary: '# S' },
      ...{ summaryFile: 's.md', logMessage: 'hello', logFile: 'l.txt', logTailLines: '5' },
      ...{ externalRunId: 'ado_1', reportFailureDetails: 'false', failureBlueprint: 'failure' },
      ...{ liveProgress: 'true', cancelWithPort: 'true' },
    });
    assert.equal(connection.apiUrl, 'https://port.example.com');
    assert.equal(typeof output, 'function');
    assert.deepEqual(
      ['runId', 'clientId', 'scope', 'link', 'payload'].map((name) => hasInput(name)),
      [true, true, true, true, false],
    );
    assert.deepEqual(others, {
      ...{ runId: { kind: 'workflowNode', id: 'wfnr_abc123' }, budget: 30_000, ifNoRunId: 'fail' },
      ...{ requested: { kind: 'track' }, scope: 'pipeline', partialSuccess: 'failure' },
      ...{ isSummaryWanted: false, statusLabel: 'Deploying', links: ['https://a', 'https://b'] },
      ...{ isPipelineLinked: false, summary: '# S', summaryFile: 's.md', logMessage: 'hello' },
      ...{ logFile: 'l.txt', logTailLines: 5, externalRunId: 'ado_1', areFailureDetailsWanted: false },
      ...{ failureBlueprint: 'failure', isProgressLive: true, isCanceledWithPort: true },
      ...{ mistakes: [], leftOut: [] },
    });
  });

  it('lead to the address that is given in place of all others', () => {
    const inputs = { baseUrl: 'https://port.example.com' };
    assert.equal(
      read(inputs, {}, 'https://first.example.com').connection.apiUrl,
      'https://first.example.com',
    );
  });

  const useless =
    'Input cancelWithPort has no effect: it is for status: track with liveProgress: true, whose process watches the run.';
  const leftOut: readonly (readonly [inputs: Inputs, problems: readonly string[]])[] = [
    [{ cancelWithPort: 'true' }, [useless]],
    [{ cancelWithPort: 'true', liveProgress: 'true' }, []],
    [{ cancelWithPort: 'true', liveProgress: 'true', status: 'auto' }, [useless]],
    [{ cancelWithPort: 'false', status: 'auto' }, []],
    [
      { link: 'my-app\nhttps://a\nhttps://$(host)' },
      [
        'Input link has the line "my-app", which is not a web address. Use one http:// or https:// URL a line.',
        'Input link has the line "https://$(host)", which nothing replaced: is the variable defined?',
      ],
    ],
  ];
  for (const [inputs, problems] of leftOut)
    it(`with ${JSON.stringify(inputs)} leave out what is wrong`, () => {
      const { leftOut: told, mistakes, links } = read(inputs);
      assert.deepEqual([told, mistakes], [problems, []]);
      assert.deepEqual(links, 'link' in inputs ? ['https://a'] : []);
    });

  it('have no live progress to cancel by where the status is a word that nobody knows', () => {
    const { leftOut: told, requested } = read({
      ...{ cancelWithPort: 'true', liveProgress: 'true', status: 'x'.repeat(70) },
    });
    assert.deepEqual([told, requested], [[useless], undefined]);
  });

  it('leave out a blueprint that cannot be, and a variable that nothing replaced', () => {
    const {
      failureBlueprint,
      leftOut: told,
      externalRunId,
    } = read({
      ...{ failureBlueprint: 'pipeline failure', externalRunId: '$(id)' },
    });
    assert.deepEqual([failureBlueprint, told.length, externalRunId], [undefined, 1, undefined]);
  });

  it('take a misspelled scope for the one that ends nothing too early', () => {
    const { scope, mistakes } = read({ scope: 'pipline' });
    assert.deepEqual([scope, mistakes.length], ['pipeline', 1]);
  });

  it('name a status that nobody knows, and the words that are known', () => {
    assert.deepEqual(read({ status: 'trak' }).mistakes, [
      'Input status is "trak". Use track, inProgress, success, failure or auto, or Azure\'s own words (Succeeded, SucceededWithIssues, Failed, Canceled).',
    ]);
  });

  it('name the words of a choice', () => {
    const { mistakes } = read({ ifNoRunId: 'ignore', partialSuccess: 'maybe' });
    assert.match(mistakes.join('\n'), /ignore.*skip.*fail[^]*maybe.*success.*failure/);
  });

  it('take a payload that is no JSON for a mistake where the run is found elsewhere', () => {
    const { runId, mistakes } = read({ payload: '{', runId: 'r_abc123', pick: 'a = b' });
    assert.deepEqual([runId?.id, mistakes.length], ['r_abc123', 1]);
    assert.match(mistakes[0] ?? '', /^Input payload is not JSON/);
  });

  it('do not read a payload that nobody needs', () => {
    assert.deepEqual(read({ payload: '{', runId: 'r_abc123' }).mistakes, []);
  });

  it('are an error with all that is wrong where the way to Port or to the run is', () => {
    assert.throws(
      () => read({ payload: '{', status: 'trak' }),
      (error: Error) => {
        assert.match(error.message, /^2 problems:\n- Input payload is not JSON.*\n- Input status is "trak"/);
        return true;
      },
    );
  });
});

describe('A step that has no credentials', () => {
  it('has nothing to report in a pull request of a fork, unless a run id is there', () => {
    const isUnreachable = (variables: Inputs) => isUnreachableForFork(new FakeHost({ variables }));
    assert.equal(isUnreachable({ 'System.PullRequest.IsFork': 'True' }), true);
    assert.equal(isUnreachable({ 'System.PullRequest.IsFork': 'True', PORT_RUN_ID: 'r_1' }), false);
    assert.equal(isUnreachable({ 'System.PullRequest.IsFork': 'False' }), false);
    assert.equal(isUnreachable({}), false);
  });
});

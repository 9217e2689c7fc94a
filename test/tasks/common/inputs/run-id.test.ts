import assert from 'node:assert/strict';
import { InputError } from '../../../../tasks/common/errors.ts';
import { InputReader } from '../../../../tasks/common/inputs/input-reader.ts';
import { type RunId, readRunId } from '../../../../tasks/common/inputs/run-id.ts';
import { FakeHost, type FakeHostOptions } from '../../../support/fake-host.ts';

function read(options: FakeHostOptions): RunId | string | undefined {
  const host = new FakeHost(options);
  const reader = new InputReader(host);
  const runId = readRunId(reader, host);
  try {
    reader.finish();
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.message;
  }
  return runId;
}

function problemOf(options: FakeHostOptions): string {
  const answer = read(options);
  assert.ok(typeof answer === 'string');
  return answer;
}

const action = (id: string): RunId => ({ kind: 'action', id });

describe('The run id', () => {
  const places: [where: string, options: FakeHostOptions][] = [
    ['input runId', { inputs: { runId: ' r_abc123def456ghi7 ' } }],
    [
      'port_context.runId of the payload',
      { inputs: { payload: '{"port_context":{"runId":"r_abc123def456ghi7"}}' } },
    ],
    ['port_context.run_id', { inputs: { payload: '{"port_context":{"run_id":"r_abc123def456ghi7"}}' } }],
    ['context.runId', { inputs: { payload: '{"context":{"runId":"r_abc123def456ghi7"}}' } }],
    ['run.id', { inputs: { payload: '{"run":{"id":"r_abc123def456ghi7"}}' } }],
    ['runId at the top', { inputs: { payload: '{"runId":"r_abc123def456ghi7"}' } }],
    ['the variable PORT_RUN_ID', { variables: { PORT_RUN_ID: 'r_abc123def456ghi7' } }],
    ['the run number', { variables: { 'Build.BuildNumber': '20261122.1 r_abc123def456ghi7' } }],
    [
      'the run number with other signs',
      { variables: { 'Build.BuildNumber': 'r_abc123def456ghi7-20261122.1' } },
    ],
    ['the name of a release', { variables: { 'Release.ReleaseName': 'Release-7 r_abc123def456ghi7' } }],
    [
      'the first place that has one',
      { inputs: { runId: 'r_abc123def456ghi7', payload: '{"runId":"r_other1"}' } },
    ],
    [
      'the next place after text that nothing replaced',
      { inputs: { runId: '$(RUN)', payload: '${{ x }}' }, variables: { PORT_RUN_ID: 'r_abc123def456ghi7' } },
    ],
    [
      'the next place after an empty payload',
      { inputs: { payload: 'null' }, variables: { PORT_RUN_ID: 'r_abc123def456ghi7' } },
    ],
    [
      'the next place after a payload that is a list',
      { inputs: { payload: '[1]' }, variables: { PORT_RUN_ID: 'r_abc123def456ghi7' } },
    ],
    [
      'the next place after a payload without one',
      { inputs: { payload: '{"runId":5}' }, variables: { PORT_RUN_ID: 'r_abc123def456ghi7' } },
    ],
  ];
  for (const [where, options] of places) {
    it(`is found in ${where}`, () => assert.deepEqual(read(options), action('r_abc123def456ghi7')));
  }

  it("is that of a workflow node's run by its beginning", () => {
    assert.deepEqual(read({ inputs: { runId: 'wfnr_abc123def456ghi7' } }), {
      kind: 'workflowNode',
      id: 'wfnr_abc123def456ghi7',
    });
    assert.deepEqual(read({ variables: { 'Build.BuildNumber': '1 wfnr_abc123def456ghi7' } }), {
      kind: 'workflowNode',
      id: 'wfnr_abc123def456ghi7',
    });
  });

  const number = { 'Build.BuildNumber': '1-r_abc123def456ghi7' };
  const named: Record<string, string>[] = [
    { 'Build.Reason': 'PullRequest' },
    { 'Build.SourceBranchName': 'r_abc123def456ghi7' },
    { 'Build.SourceBranch': 'refs/heads/fix-r/abc123def456ghi7' },
    { 'System.PullRequest.SourceBranch': 'refs/heads/r_abc123def456ghi7' },
  ];
  for (const variables of named) {
    it(`is not taken from the run number with ${JSON.stringify(variables)}`, () => {
      assert.equal(read({ variables: { ...number, ...variables } }), undefined);
      assert.deepEqual(
        read({ variables: { ...number, ...variables, PORT_RUN_ID: 'r_own0123456789abc' } }),
        action('r_own0123456789abc'),
      );
    });
  }

  it('is taken from the run number on a branch that does not hold it', () =>
    assert.deepEqual(
      read({ variables: { ...number, 'Build.Reason': 'Manual', 'Build.SourceBranch': 'refs/heads/main' } }),
      action('r_abc123def456ghi7'),
    ));

  const none: FakeHostOptions[] = [
    {},
    { inputs: { runId: '' } },
    { variables: { PORT_RUN_ID: ' ' } },
    { variables: { PORT_RUN_ID: '$(PORT_RUN_ID)' } },
    { variables: { 'Build.BuildNumber': '20261122.1 $(PORT_RUN_ID)' } },
    { variables: { 'Build.BuildNumber': 'super_release 2026 for_everyone r_ab' } },
    {
      inputs: {
        payload: '{"__proto__":{"runId":"r_abc123def456ghi7"},"constructor":{"runId":"r_abc123def456ghi7"}}',
      },
    },
  ];
  for (const options of none) {
    it(`is absent with ${JSON.stringify(options)}`, () => assert.equal(read(options), undefined));
  }

  const wrong: [options: FakeHostOptions, problem: RegExp][] = [
    [
      { inputs: { runId: 'wfr_abc123def456ghi7' } },
      /is the id of a whole workflow run\. Pass the id of the node's run instead/,
    ],
    [{ inputs: { runId: 'abc123' } }, /^Input runId is "abc123", which is not a Port run id/],
    [{ inputs: { runId: 'r_a/../b' } }, /is not a Port run id/],
    [{ inputs: { runId: 'r_a\n##vso[task.complete]' } }, /is not a Port run id/],
    [{ inputs: { payload: "{'runId': 'r_abc123def456ghi7'}" } }, /^Input payload is not JSON/],
  ];
  for (const [options, problem] of wrong) {
    it(`is refused as ${JSON.stringify(options.inputs)}`, () => assert.match(problemOf(options), problem));
  }

  it('is the next one where one is wrong, and that is a problem all the same', () => {
    const reader = new InputReader(new FakeHost({ inputs: { runId: '5' } }));
    const host = new FakeHost({ inputs: { runId: '5' }, variables: { PORT_RUN_ID: 'r_abc123def456ghi7' } });
    assert.deepEqual(readRunId(reader, host), { kind: 'action', id: 'r_abc123def456ghi7' });
    assert.match(reader.problems.join(), /^Input runId is "5"/);
  });

  it('is looked for in a payload whose text never reaches the message', () => {
    for (const payload of ['{"password":"hunter2"', 'hunter2', '{"a": hunter2}', '["hunter2",]'])
      assert.doesNotMatch(problemOf({ inputs: { payload } }), /hunter2/);
  });
});

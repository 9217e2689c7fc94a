import assert from 'node:assert/strict';
import { rememberEnd, rememberedEnd, trackState } from '../../../tasks/PortRunStatus/track-state.ts';
import type { RunId } from '../../../tasks/common/inputs/run-id.ts';
import { FakeHost } from '../../support/fake-host.ts';

const connection = { apiUrl: 'https://api', appUrl: 'https://app', clientId: 'id', clientSecret: 's3cret' };
const runId: RunId = { kind: 'action', id: 'r_1' };
const nodeRunId: RunId = { kind: 'workflowNode', id: 'wfnr_1' };

describe('What the main step leaves for its post-job part', () => {
  it('is there again', () => {
    for (const state of ['armed', 'unreadable', 'disarmed'] as const)
      for (const id of [runId, nodeRunId]) {
        const host = new FakeHost();
        const track = trackState(host);
        track.mark(state);
        track.remember(id);
        track.rememberAddress('https://api');
        track.rememberSettled(['log', 'links']);
        const { address, settled, ...left } = trackState(new FakeHost({ taskVariables: host.taskVariables }));
        assert.deepEqual([left.state, left.runId, address], [state, id, 'https://api']);
        assert.deepEqual([...settled], ['log', 'links']);
      }
  });

  it('is nothing where the main step did not come so far', () => {
    for (const taskVariables of [
      {},
      { PORT_TRACK: 'on', PORT_TRACK_ADDRESS: '', PORT_TRACK_RUN: 'action' },
    ]) {
      const { state, runId: left, address, settled } = trackState(new FakeHost({ taskVariables }));
      assert.deepEqual([state, left, address, settled.size], ['unseen', undefined, undefined, 0]);
    }
  });
});

describe('The word of a step that has ended the run', () => {
  const sealed = () => {
    const host = new FakeHost();
    rememberEnd(host, connection, { runId, status: 'SUCCESS' });
    return host.variables.PORT_RUN_ENDED ?? '';
  };
  const read = (word: string | undefined, id = runId, known = connection) =>
    rememberedEnd(new FakeHost({ variables: word === undefined ? {} : { PORT_RUN_ENDED: word } }), known, id);

  it('is read by the steps of the same job', () => {
    assert.match(sealed(), /^r_1 SUCCESS [0-9a-f]{64}$/);
    assert.equal(read(sealed()), 'SUCCESS');
  });

  it('is believed for its run, status and credentials alone', () => {
    const word = sealed();
    const seal = word.split(' ')[2] ?? '';
    const foreign = [
      undefined,
      '',
      'r_1',
      'r_1 SUCCESS',
      `r_1 FAILURE ${seal}`,
      `r_1 SUCCESS ${seal}0`,
      ` ${seal}`,
    ];
    for (const other of foreign) assert.equal(read(other), undefined);
    assert.equal(read(word, { ...runId, id: 'r_2' }), undefined);
    assert.equal(read(word, runId, { ...connection, clientSecret: 'another' }), undefined);
  });

  it('takes the place of another word of ours, and of nobody else', () => {
    for (const [held, isReplaced] of [
      [sealed(), true],
      ['given at queue time', false],
      ['', false],
    ] as const) {
      const host = new FakeHost({ variables: { PORT_RUN_ENDED: held } });
      rememberEnd(host, connection, { runId: nodeRunId, status: 'FAILED' });
      assert.equal(host.variables.PORT_RUN_ENDED?.startsWith('wfnr_1 FAILED '), isReplaced);
      assert.equal(host.variables.PORT_RUN_ENDED === held, !isReplaced);
    }
  });
});

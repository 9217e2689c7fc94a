import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepOutputs, announce, leaveRunId, showSummary } from '../../../tasks/PortRunStatus/outputs.ts';
import type { Report, Reported } from '../../../tasks/PortRunStatus/report/report.ts';
import type { RunId } from '../../../tasks/common/inputs/run-id.ts';
import { FakeHost } from '../../support/fake-host.ts';

const connection = { apiUrl: 'https://api', appUrl: 'https://app', clientId: 'id', clientSecret: 's3cret' };
const runId: RunId = { kind: 'action', id: 'r_1' };
const report: Report = {
  ...{ log: 'one\ntwo', label: 'Done', links: [], summary: undefined },
  ...{ externalRunId: undefined, verdict: undefined },
};
const plain: Reported = {
  ...{ status: 'SUCCESS', label: undefined, links: [], taken: [], refused: [] },
  ...{ notes: [], warnings: [] },
};
const full: Reported = {
  ...{ ...plain, label: 'Done | all', links: ['https://a', 'https://b'], taken: ['links', 'log'] },
  ...{ notes: ['A note.'], warnings: ['A warning.'] },
};
const nothing: Reported = { ...plain, status: undefined };
const page = 'https://app/organization/run?runId=r_1';

describe('What Port holds after a report', () => {
  const told = (reported: Reported) => {
    const host = new FakeHost();
    const outcome = announce({ host, connection, runId, report, reported });
    return { outcome, lines: host.lines, warnings: host.warnings };
  };

  for (const [reported, message] of [
    [full, `Port run r_1 is SUCCESS "Done | all": ${page}`],
    [plain, `Port run r_1 is SUCCESS: ${page}`],
    [{ ...plain, label: '' }, `Port run r_1 is SUCCESS: ${page}`],
    [nothing, `Port run r_1 was not changed: ${page}`],
  ] as const)
    it(`is told as: ${message}`, () => {
      const { notes, warnings } = reported;
      const outcome = { result: 'Succeeded', message };
      assert.deepEqual(told(reported), { outcome, lines: notes, warnings });
    });
});

describe('The summary page', () => {
  let folder: string;
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'summary-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const shown = (reported: Reported, isSummaryWanted = true) => {
    const host = new FakeHost({ variables: { 'Agent.TempDirectory': folder } });
    showSummary({ host, connection, runId, report, reported }, { isSummaryWanted });
    return host.summaries.map((file) => readFileSync(file, 'utf8'));
  };
  const head = `| Run | [r\\_1](<${page}>) |\n| --- | --- |\n`;

  it('shows all that Port took, and what is to be said of it', () => {
    const links = '[https:&#47;&#47;a](<https://a/>)<br>[https:&#47;&#47;b](<https://b/>)';
    assert.deepEqual(shown(full), [
      `${head}| Status | SUCCESS |\n| Label | Done \\| all |\n| Log | 2 lines |\n| Links | ${links} |\n\n> A note.\n\n> A warning.\n`,
    ]);
  });

  it('shows nothing that Port did not take', () => {
    assert.deepEqual(shown(plain), [`${head}| Status | SUCCESS |\n`]);
    assert.deepEqual(shown({ ...nothing, label: '' }), [`${head}| Status | not changed |\n`]);
  });

  it('shows a long remark up to 600 characters', () => {
    const [text = ''] = shown({ ...plain, notes: ['x'.repeat(700)] });
    assert.match(text, /\n> x{599}…\n$/);
  });

  it('is left alone where it is not wanted', () => {
    assert.deepEqual(shown(full, false), []);
  });
});

describe('The outputs of a step', () => {
  it('are empty until something is known', () => {
    const host = new FakeHost();
    const outputs = new StepOutputs();
    outputs.set(host);
    assert.deepEqual(host.outputs, { runId: '', runUrl: '', reportedStatus: '' });
    Object.assign(outputs, { runId: 'r_1', runUrl: page, reportedStatus: 'SUCCESS' });
    outputs.set(host);
    assert.deepEqual(host.outputs, { runId: 'r_1', runUrl: page, reportedStatus: 'SUCCESS' });
    assert.deepEqual(host.lines, []);
  });

  it('that are picked of a payload are empty without one, and that is told', () => {
    const host = new FakeHost({ inputs: { pick: 'one = a.b\ntwo = c' } });
    new StepOutputs().set(host);
    assert.deepEqual([host.outputs.one, host.outputs.two], ['', '']);
    assert.equal(
      host.lines[0],
      'There is no payload to pick from (input payload), so these outputs are empty: one, two.',
    );
    const given = new FakeHost({ inputs: { pick: 'one = a.b', payload: '{"a": {"b": "c"}}' } });
    new StepOutputs().set(given);
    assert.deepEqual([given.outputs.one, given.lines], ['c', []]);
  });

  it('leave the run id to later steps, where nobody else has', () => {
    const host = new FakeHost();
    leaveRunId(host, runId);
    leaveRunId(host, { ...runId, id: 'r_2' });
    assert.equal(host.variables.PORT_RUN_ID, 'r_1');
  });
});

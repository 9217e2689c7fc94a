import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInputs } from '../../../../tasks/PortRunStatus/inputs.ts';
import type { Failure } from '../../../../tasks/PortRunStatus/pipeline/failure-details.ts';
import { type Composition, composeReport } from '../../../../tasks/PortRunStatus/report/compose.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { swiftClock } from '../../../support/task-setting.ts';
import { record } from '../record.ts';

type Texts = Readonly<Record<string, string>>;

const plain: Composition = {
  ...{ verdict: undefined, label: undefined, failures: [], areFilesSent: true, output: undefined },
  settled: new Set(),
};
const failure: Failure = {
  ...{ place: 'Deploy › apply', errors: ['no quota'], url: 'https://ado/log' },
  line: [record({ id: 'step', type: 'Task' })],
};
const failureLines = 'Failed: Deploy › apply\n  no quota\n  Log: https://ado/log';
const failureText = '**Failed at [Deploy › apply](<https://ado/log>)**\n\n- no quota';

describe('What a report is put together of', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'compose-'));
    writeFileSync(join(folder, 'some.txt'), 'three\nfour');
    writeFileSync(join(folder, 'blank.txt'), ' \n\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const compose = (inputs: Texts, composition: Partial<Composition> = {}, variables: Texts = {}) => {
    const host = new FakeHost({
      inputs: { clientId: 'id', clientSecret: 's3cret', ...inputs },
      variables: { 'Build.SourcesDirectory': folder, ...variables },
    });
    const context = { host, clock: swiftClock(), signal: new AbortController().signal, environment: {} };
    const clean = (text: string) => text.replaceAll('hunter2', '***');
    return composeReport(context, readInputs(host), clean, { ...plain, ...composition });
  };

  it('is nothing where nothing is given', () => {
    assert.deepEqual(compose({}), {
      ...{ log: '', label: undefined, isLabelRefused: false, links: [], summary: undefined },
      ...{ externalRunId: undefined, output: undefined, verdict: undefined },
    });
  });

  it('is in the log the message, the end of the file and what failed, each on its own lines', () => {
    const inputs = { logMessage: 'one\ntwo', logFile: 'some.txt', logTailLines: '1' };
    assert.equal(compose(inputs, { failures: [failure] }).log, `one\ntwo\nfour\n${failureLines}`);
  });

  it('is in the summary the text, the file and what failed, each as a paragraph', () => {
    const inputs = { summary: '# One', summaryFile: 'some.txt' };
    assert.equal(compose(inputs, { failures: [failure] }).summary, `# One\n\nthree\nfour\n\n${failureText}`);
    assert.equal(compose({}, { failures: [failure] }).summary, failureText);
  });

  it('has no gap for a file that holds blanks alone', () => {
    const { log, summary } = compose({
      ...{ logMessage: 'one', logFile: 'blank.txt', summary: '# One', summaryFile: 'blank.txt' },
    });
    assert.deepEqual([log, summary], ['one', '# One']);
    assert.equal(compose({ summaryFile: 'blank.txt' }).summary, undefined);
  });

  it('is without its files where the job may still write them', () => {
    const inputs = { logFile: 'some.txt', summaryFile: 'some.txt' };
    const { log, summary } = compose(inputs, { areFilesSent: false });
    assert.deepEqual([log, summary], ['', undefined]);
  });

  it('has the links that are given, then that of the pipeline run, each once', () => {
    const run = 'https://ado/shop/_build/results?buildId=42';
    const variables = {
      ...{ 'System.CollectionUri': 'https://ado/', 'System.TeamProject': 'shop', 'Build.BuildId': '42' },
    };
    assert.deepEqual(compose({ link: 'https://a' }, {}, variables).links, ['https://a', run]);
    assert.deepEqual(compose({ link: run }, {}, variables).links, [run]);
    assert.deepEqual(compose({ linkToPipeline: 'false' }, {}, variables).links, []);
  });

  it('has no secret in it', () => {
    const report = compose(
      { logMessage: 'hunter2', link: 'https://hunter2', summary: 'hunter2', summaryFile: 'some.txt' },
      { label: 'hunter2', output: { a: 'hunter2' } },
    );
    assert.doesNotMatch(JSON.stringify(report), /hunter2/);
  });

  describe('leaves out what Port has already', () => {
    const inputs = {
      ...{ logMessage: 'one', link: 'https://a', summary: '# One', externalRunId: 'ado_1' },
    };
    const settled: Composition['settled'] = new Set(['log', 'links', 'summary', 'externalRunId', 'output']);
    const more = { label: 'Done', output: { a: 'b' } };

    it('but for the label of the end', () => {
      const { isLabelRefused, ...all } = compose(inputs, more);
      assert.deepEqual(all, {
        ...{ log: 'one', label: 'Done', links: ['https://a'], summary: '# One', externalRunId: 'ado_1' },
        ...{ output: { a: 'b' }, verdict: undefined },
      });
      assert.deepEqual(compose(inputs, { ...more, settled }), {
        ...{ log: '', label: 'Done', isLabelRefused, links: [], summary: undefined },
        ...{ externalRunId: undefined, output: undefined, verdict: undefined },
      });
      assert.equal(compose(inputs, { ...more, settled: new Set(['label']) }).isLabelRefused, true);
    });

    it('and brings it along where the summary, which replaces the one before, has more to say', () => {
      assert.equal(compose(inputs, { settled, failures: [failure] }).summary, `# One\n\n${failureText}`);
    });
  });
});

import assert from 'node:assert/strict';
import type { Report, Reported } from '../../../../tasks/PortRunStatus/report/report.ts';
import { CanceledError } from '../../../../tasks/common/errors.ts';
import { down, notFound, refusal, sendTo, testRows, unreached } from './send-to.ts';

const success = { result: 'success', label: 'Succeeded' } as const;
const failure = { result: 'failure', label: 'Failed' } as const;
const canceled = { result: 'canceled', label: 'Canceled' } as const;

/** Of the first step of a run: nobody else can have given it links. */
const start: Partial<Report> = {
  ...{ log: 'hello', label: 'Done', links: ['https://a'], isFirst: true },
  ...{ summary: '# S', externalRunId: 'ado_1' },
};
const end: Partial<Report> = { ...start, verdict: success };
const later: Partial<Report> = { ...end, isFirst: false };
const logEnd: Partial<Report> = { log: 'hello', label: 'Done', verdict: success };

const run = (more: object = {}) => ({ run: { id: 'r_1', status: 'IN_PROGRESS', ...more } });
const over = run({ status: 'FAILURE', statusLabel: 'by hand', link: 'https://b' });
const own = run({ status: 'SUCCESS', statusLabel: 'Done' });
const synchronized = run({ payload: { synchronized: true }, statusLabel: 'Running', link: ['https://b'] });

const hello = 'addRunLog 15000 {"message":"hello"}';
const helloAndEnd = 'addRunLog 15000 {"message":"hello","terminationStatus":"SUCCESS","statusLabel":"Done"}';
const details = '"link":["https://a"],"summary":"# S","externalRunId":"ado_1"';
const allOfStart = `updateRun 15000 {"statusLabel":"Done",${details}}`;
const allOfEnd = `updateRun 15000 {"status":"SUCCESS","statusLabel":"Done",${details}}`;
const read = 'getRun 30000';
const parts = [
  'updateRun 10000 {"link":["https://a"]}',
  'updateRun 15000 {"summary":"# S"}',
  'updateRun 30000 {"externalRunId":"ado_1"}',
];
const bareEnd = 'updateRun 40000 {"status":"SUCCESS","statusLabel":"Done"}';
const statusAlone = 'updateRun all {"status":"SUCCESS"}';

const done: Partial<Reported> = { status: 'SUCCESS', label: 'Done' };
const allDone: Partial<Reported> = {
  ...{ ...done, links: ['https://a'] },
  taken: ['links', 'summary', 'externalRunId', 'log'],
};
const endedByHand: Partial<Reported> = {
  ...{ status: 'FAILURE', label: 'by hand', links: ['https://b'] },
  warnings: [
    'The run is finished already, as FAILURE ("by hand"); this step would have reported SUCCESS. Port keeps the first.',
  ],
};
const linksLeftOut =
  'The links were left out: they would replace those of the run, which cannot be read. Port is down.';
const synchronizedWarning =
  'The run is synchronized: Port ends it by itself when its call to Azure DevOps is answered, so SUCCESS was not reported. Port shows IN_PROGRESS ("Running"), whatever the pipeline does. To let the pipeline report, set "synchronized": false in the action\'s backend (invocationMethod).';
const refusedLog = 'Port refused the log lines; everything else is reported. Port says no.';
const refusedLabel = 'Port refused the label "Done"; everything else is reported. Port says no.';

const long = 'x'.repeat(400_000);
const entry = (message: string) => ({
  runLogs: [{ id: 'rl_1', message, createdAt: '2026-01-01T00:00:00Z' }],
});

testRows('action', {
  'A report to the run of an action': {
    'that says nothing calls nobody': { report: {}, calls: [] },
    'of an end is the log, and then everything else at once': {
      report: end,
      calls: [hello, allOfEnd],
      reported: allDone,
    },
    'of a start leaves the status alone': {
      report: { ...start, log: '' },
      calls: [allOfStart],
      reported: { ...allDone, status: 'IN_PROGRESS', taken: ['links', 'summary', 'externalRunId'] },
    },
    'of log and label is ended by the log entry, which saves a call': {
      report: { ...logEnd, verdict: failure },
      calls: ['addRunLog 15000 {"message":"hello","terminationStatus":"FAILURE","statusLabel":"Done"}'],
      reported: { status: 'FAILURE', label: 'Done', taken: ['log'] },
    },
    'of a cancellation is that of a failure': {
      report: { log: 'hello', verdict: canceled },
      calls: ['addRunLog 15000 {"message":"hello","terminationStatus":"FAILURE"}'],
      reported: { status: 'FAILURE', taken: ['log'] },
    },
    'is not ended by a log that holds nothing': {
      report: { ...logEnd, log: '' },
      calls: [bareEnd],
      reported: done,
    },
    'is ended by the last of several entries': {
      report: { ...logEnd, log: `${'x'.repeat(600)}\n`.repeat(1000) },
      calls: [
        'addRunLog 15000 {"message":"521667 characters"}',
        'addRunLog 15000 {"message":"79331 characters","terminationStatus":"SUCCESS","statusLabel":"Done"}',
      ],
      reported: { ...done, taken: ['log'] },
    },
    'of lines alone leaves the run open': {
      report: { log: 'hello' },
      calls: [hello],
      reported: { taken: ['log'] },
    },
    'cuts a summary that is longer than Port takes': {
      report: { summary: 'ä'.repeat(200_000) },
      calls: ['updateRun 15000 {"summary":"131064 characters"}'],
      reported: { taken: ['summary'] },
    },
    'counts an entry that stands there as sent only where it is one more than before': {
      report: { log: `${long}\n${long}` },
      answers: {
        addRunLog: [{}, async ({ findDone }) => ((await findDone?.()) === undefined ? unreached : {})],
        getRunLogs: [entry(long)],
      },
      calls: [
        'addRunLog 15000 {"message":"400000 characters"}',
        'addRunLog 15000 {"message":"400000 characters"}',
        'getRunLogs 15000',
      ],
      failed: 'Port cannot be reached.',
    },
    'counts an entry that stands there as sent whatever other entries came before': {
      report: { log: `${long}y\n${long}` },
      answers: {
        addRunLog: [{}, async ({ findDone }) => ((await findDone?.()) === undefined ? unreached : {})],
        getRunLogs: [entry(long)],
      },
      calls: [
        'addRunLog 15000 {"message":"400001 characters"}',
        'addRunLog 15000 {"message":"400000 characters"}',
        'getRunLogs 15000',
      ],
      reported: { taken: ['log'] },
    },
    'that a defect of the task breaks is not sent in parts': {
      report: end,
      answers: { updateRun: [new TypeError('a defect')] },
      calls: [hello, allOfEnd],
      failed: 'a defect',
    },
  },

  'The links of a report': {
    'are added once to those of the run': {
      report: { links: ['https://a', 'https://b'] },
      answers: { getRun: [run({ link: ['https://0', 'https://b'] })] },
      calls: ['getRun 15000', 'updateRun 15000 {"link":["https://0","https://b","https://a"]}'],
      reported: { links: ['https://0', 'https://b', 'https://a'], taken: ['links'] },
    },
    'show that the run is over, so that nothing is sent': {
      report: later,
      answers: { getRun: [over] },
      calls: ['getRun 15000'],
      reported: endedByHand,
    },
    'are left out where the run cannot be read': {
      report: later,
      answers: { getRun: [down] },
      calls: [
        'getRun 15000',
        hello,
        'updateRun 15000 {"status":"SUCCESS","statusLabel":"Done","summary":"# S","externalRunId":"ado_1"}',
      ],
      reported: { ...done, taken: ['summary', 'externalRunId', 'log'], warnings: [linksLeftOut] },
    },
    'are left out beside lines of the log': {
      report: { links: ['https://a'], log: 'hello' },
      answers: { getRun: [down] },
      calls: ['getRun 15000', hello],
      reported: { taken: ['log'], warnings: [linksLeftOut] },
    },
    'are an error where they are all that there is to report': {
      report: { links: ['https://a'] },
      answers: { getRun: [down] },
      calls: ['getRun 15000'],
      failed: 'Port is down.',
    },
    'show that there is no such run': {
      report: later,
      answers: { getRun: [notFound] },
      calls: ['getRun 15000'],
      failed: 'There is no such run.',
    },
    'are the last thing that a stopped step does': {
      report: later,
      answers: { getRun: [new CanceledError()] },
      calls: ['getRun 15000'],
      failed: 'Canceled: the agent asked this step to stop.',
    },
  },

  'A log entry that should have ended the run': {
    'stands there where its answer was lost, and the end follows': {
      report: logEnd,
      answers: { addRunLog: [down], getRunLogs: [entry('hello')] },
      calls: [helloAndEnd, 'getRunLogs 30000', bareEnd],
      reported: { ...done, taken: ['log'] },
    },
    'is sent again without the end where it does not': {
      report: logEnd,
      answers: { addRunLog: [down], getRunLogs: [{ runLogs: [] }] },
      calls: [helloAndEnd, 'getRunLogs 30000', 'addRunLog 30000 {"message":"hello"}', bareEnd],
      reported: { ...done, taken: ['log'] },
    },
    'is sent again without the end where Port refuses it, and not looked for': {
      report: logEnd,
      answers: { addRunLog: [refusal] },
      calls: [helloAndEnd, 'addRunLog 30000 {"message":"hello"}', bareEnd],
      reported: { ...done, taken: ['log'] },
    },
    'is given up where Port refuses it without the end too': {
      report: logEnd,
      answers: { addRunLog: [refusal, refusal], getRun: [run()] },
      calls: [helloAndEnd, 'addRunLog 30000 {"message":"hello"}', read, bareEnd],
      reported: { ...done, refused: ['log'], warnings: [refusedLog] },
    },
    'is no reason to leave the run open where it cannot be read': {
      report: logEnd,
      answers: { addRunLog: [refusal, refusal], getRun: [down] },
      calls: [helloAndEnd, 'addRunLog 30000 {"message":"hello"}', read, bareEnd],
      reported: { ...done, refused: ['log'], warnings: [refusedLog] },
    },
    'shows that the run is over': {
      report: logEnd,
      answers: { addRunLog: [refusal, refusal], getRun: [over] },
      calls: [helloAndEnd, 'addRunLog 30000 {"message":"hello"}', read],
      reported: endedByHand,
    },
    'shows that Port ends the run by itself': {
      report: logEnd,
      answers: { addRunLog: [refusal, refusal], getRun: [synchronized] },
      calls: [
        ...[helloAndEnd, 'addRunLog 30000 {"message":"hello"}', read],
        'updateRun 40000 {"statusLabel":"Done"}',
      ],
      reported: {
        ...{ label: 'Done', links: ['https://b'], taken: ['links'], refused: ['log'] },
        warnings: [refusedLog, synchronizedWarning],
      },
    },
    'is not tried after one that was lost': {
      report: { ...logEnd, log: `${'x'.repeat(600)}\n`.repeat(1000) },
      answers: { addRunLog: [down] },
      calls: ['addRunLog 15000 {"message":"521667 characters"}', bareEnd],
      reported: {
        ...done,
        warnings: ['The log lines may not have reached Port; everything else is reported. Port is down.'],
      },
    },
  },

  'A report of which a part does not arrive': {
    'goes on without the log where Port refuses it': {
      report: end,
      answers: { addRunLog: [refusal], getRun: [run()] },
      calls: [hello, read, allOfEnd],
      reported: {
        ...{ ...allDone, taken: ['links', 'summary', 'externalRunId'], refused: ['log'] },
        warnings: [refusedLog],
      },
    },
    'goes on without the log where it is lost': {
      report: end,
      answers: { addRunLog: [unreached] },
      calls: [hello, allOfEnd],
      reported: {
        ...{ ...allDone, taken: ['links', 'summary', 'externalRunId'] },
        warnings: [
          'The log lines may not have reached Port; everything else is reported. Port cannot be reached.',
        ],
      },
    },
    'fails where the log is all of it, though the run is open': {
      report: { log: 'hello' },
      answers: { addRunLog: [refusal], getRun: [run()] },
      calls: [hello, read],
      failed: 'Port says no.',
    },
    'fails where the log is all of it and is lost': {
      report: { log: 'hello' },
      answers: { addRunLog: [unreached] },
      calls: [hello],
      failed: 'Port cannot be reached.',
    },
    'is sent in parts, each with its share of the time': {
      report: end,
      answers: { updateRun: [refusal], getRun: [run({ status: 'WAITING_FOR_APPROVAL' })] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd],
      reported: allDone,
    },
    'lacks the summary that Port refuses, also at a later time': {
      report: end,
      answers: { updateRun: [refusal, {}, refusal], getRun: [run()] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd],
      reported: {
        ...{ ...allDone, taken: ['links', 'externalRunId', 'log'], refused: ['summary'] },
        warnings: ['Port refused the summary; everything else is reported. Port says no.'],
      },
    },
    'lacks the links and the external run id that are lost, but not for ever': {
      report: end,
      answers: { updateRun: [down, down, {}, down], getRun: [run()] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd],
      reported: {
        ...{ ...done, taken: ['summary', 'log'] },
        warnings: [
          'The links may not have reached Port; everything else is reported. Port is down.',
          'The external run id may not have reached Port; everything else is reported. Port is down.',
        ],
      },
    },
    'has its end without the label that Port refuses': {
      report: end,
      answers: { updateRun: [refusal, {}, {}, {}, refusal], getRun: [run()] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd, statusAlone],
      reported: { ...allDone, label: undefined, warnings: [refusedLabel] },
    },
    'of status and label tries both no second time': {
      report: { verdict: success, label: 'Done' },
      answers: { updateRun: [refusal], getRun: [run()] },
      calls: [bareEnd, read, statusAlone],
      reported: { status: 'SUCCESS', warnings: [refusedLabel] },
    },
    'of a status alone is tried once': {
      report: { verdict: success },
      answers: { updateRun: [refusal], getRun: [run(), run()] },
      calls: [statusAlone, read, read],
      failed: 'Port says no.',
    },
    'of a start lacks the label that Port refuses': {
      report: start,
      answers: { updateRun: [refusal, {}, {}, {}, refusal], getRun: [run()] },
      calls: [hello, allOfStart, read, ...parts, 'updateRun all {"statusLabel":"Done"}'],
      reported: { ...allDone, status: 'IN_PROGRESS', label: undefined, warnings: [refusedLabel] },
    },
    'of details alone sends no end': {
      report: { links: ['https://a'], summary: '# S', isFirst: true },
      answers: { updateRun: [refusal, refusal], getRun: [run()] },
      calls: [
        'updateRun 15000 {"link":["https://a"],"summary":"# S"}',
        read,
        'updateRun 15000 {"link":["https://a"]}',
        'updateRun 30000 {"summary":"# S"}',
      ],
      reported: {
        ...{ taken: ['summary'], refused: ['links'] },
        warnings: ['Port refused the links; everything else is reported. Port says no.'],
      },
    },
    'of a label alone fails where Port refuses it': {
      report: { label: 'Done' },
      answers: { updateRun: [refusal], getRun: [run()] },
      calls: ['updateRun 40000 {"statusLabel":"Done"}', read],
      failed: 'Port says no.',
    },
    'of a start fails where nothing of it arrives': {
      report: start,
      answers: {
        ...{ addRunLog: [refusal], updateRun: [refusal, refusal, refusal, refusal, refusal] },
        getRun: [run(), run()],
      },
      calls: [hello, read, allOfStart, read, ...parts, 'updateRun all {"statusLabel":"Done"}'],
      failed: 'Port says no.',
    },
  },

  'A run that took no end': {
    'fails the report in the words of the last refusal': {
      report: end,
      answers: { updateRun: [refusal, {}, {}, {}, refusal, down], getRun: [run(), run()] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd, statusAlone, read],
      failed: 'Port is down.',
    },
    'fails it also where nobody knows how it stands': {
      report: end,
      answers: { updateRun: [refusal, {}, {}, {}, refusal, refusal], getRun: [run(), down] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd, statusAlone, read],
      failed: 'Port says no.',
    },
    'was ended by somebody meanwhile': {
      report: end,
      answers: { updateRun: [refusal, {}, {}, {}, refusal, refusal], getRun: [run(), over] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd, statusAlone, read],
      reported: endedByHand,
    },
    'has it from the try whose answer was lost': {
      report: end,
      answers: { updateRun: [refusal, {}, {}, {}, down, refusal], getRun: [run(), own] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd, statusAlone, read],
      reported: allDone,
    },
    'has it from the last try, whose answer was lost': {
      report: end,
      answers: { updateRun: [refusal, {}, {}, {}, refusal, down], getRun: [run(), own] },
      calls: [hello, allOfEnd, read, ...parts, bareEnd, statusAlone, read],
      reported: allDone,
    },
    'has it by somebody else where no answer was lost': {
      report: { verdict: success },
      answers: { updateRun: [refusal], getRun: [run(), own] },
      calls: [statusAlone, read, read],
      reported: {
        ...done,
        notes: ['The run is finished already, as SUCCESS ("Done"): that is what this step reports.'],
      },
    },
    'has it from the only try, whose answer was lost': {
      report: { verdict: success },
      answers: { updateRun: [down], getRun: [run(), own] },
      calls: [statusAlone, read, read],
      reported: { status: 'SUCCESS' },
    },
  },

  'An end that finds the run finished': {
    'is that of this step where the answer to it was lost': {
      report: end,
      answers: { updateRun: [down], getRun: [own] },
      calls: [hello, allOfEnd, read],
      reported: allDone,
    },
    'is that of this step whatever the label, where it sent none': {
      report: { verdict: success, summary: '# S' },
      answers: { updateRun: [down], getRun: [run({ status: 'SUCCESS', statusLabel: 'before' })] },
      calls: ['updateRun 15000 {"status":"SUCCESS","summary":"# S"}', read],
      reported: { status: 'SUCCESS', taken: ['summary'] },
    },
    'is that of somebody else where the request did not leave': {
      report: end,
      answers: { updateRun: [unreached], getRun: [own] },
      calls: [hello, allOfEnd, read],
      reported: {
        ...done,
        notes: ['The run is finished already, as SUCCESS ("Done"): that is what this step reports.'],
      },
    },
    'is that of somebody else where the label is another': {
      report: end,
      answers: { updateRun: [down], getRun: [run({ status: 'SUCCESS', statusLabel: 'by hand' })] },
      calls: [hello, allOfEnd, read],
      reported: {
        ...{ status: 'SUCCESS', label: 'by hand' },
        notes: ['The run is finished already, as SUCCESS ("by hand"): that is what this step reports.'],
      },
    },
    'is that of somebody else where the status is another': {
      report: end,
      answers: { updateRun: [down], getRun: [run({ status: 'FAILURE', statusLabel: 'Done' })] },
      calls: [hello, allOfEnd, read],
      reported: {
        ...{ status: 'FAILURE', label: 'Done' },
        warnings: [
          'The run is finished already, as FAILURE ("Done"); this step would have reported SUCCESS. Port keeps the first.',
        ],
      },
    },
    'is named without a label where it has none': {
      report: { ...later, verdict: failure },
      answers: { getRun: [run({ status: 'SUCCESS' })] },
      calls: ['getRun 15000'],
      reported: {
        status: 'SUCCESS',
        warnings: [
          'The run is finished already, as SUCCESS; this step would have reported FAILURE. Port keeps the first.',
        ],
      },
    },
    'is a warning to a start, which says who may have ended it': {
      report: { ...start, isFirst: false },
      answers: { getRun: [run({ status: 'SUCCESS' })] },
      calls: ['getRun 15000'],
      reported: {
        status: 'SUCCESS',
        warnings: [
          'The run is finished already, as SUCCESS; Port takes no more changes for it. An earlier job or attempt, another pipeline on the same webhook, or a user may have ended it.',
        ],
      },
    },
  },

  'A run that Port ends by itself': {
    'takes everything but the status': {
      report: end,
      answers: { updateRun: [refusal], getRun: [synchronized] },
      calls: [hello, allOfEnd, read, allOfStart],
      reported: { ...allDone, status: 'IN_PROGRESS', warnings: [synchronizedWarning] },
    },
    'keeps its own label where the report has none': {
      report: { summary: '# S', verdict: success },
      answers: { updateRun: [refusal], getRun: [synchronized] },
      calls: [
        ...['updateRun 15000 {"status":"SUCCESS","summary":"# S"}', read],
        'updateRun 15000 {"summary":"# S"}',
      ],
      reported: {
        ...{ label: 'Running', links: ['https://b'], taken: ['links', 'summary'] },
        warnings: [synchronizedWarning],
      },
    },
    'takes it in parts where it refuses one': {
      report: end,
      answers: { updateRun: [refusal, refusal, {}, refusal], getRun: [synchronized, run()] },
      calls: [hello, allOfEnd, read, allOfStart, read, ...parts, 'updateRun all {"statusLabel":"Done"}'],
      reported: {
        ...{ ...allDone, status: 'IN_PROGRESS', taken: ['links', 'externalRunId', 'log'] },
        refused: ['summary'],
        warnings: [
          synchronizedWarning,
          'Port refused the summary; everything else is reported. Port says no.',
        ],
      },
    },
    'is over before it takes any': {
      report: end,
      answers: { updateRun: [refusal, refusal], getRun: [synchronized, over] },
      calls: [hello, allOfEnd, read, allOfStart, read],
      reported: endedByHand,
    },
    'is named so where it was over before': {
      report: { ...later, verdict: failure },
      answers: { getRun: [run({ status: 'SUCCESS', payload: { synchronized: true } })] },
      calls: ['getRun 15000'],
      reported: {
        status: 'SUCCESS',
        warnings: [
          synchronizedWarning
            .replace('so SUCCESS was', 'so FAILURE was')
            .replace('IN_PROGRESS ("Running")', 'SUCCESS'),
        ],
      },
    },
    'is named so to a start, which has no end to report': {
      report: { ...start, isFirst: false },
      answers: { getRun: [run({ status: 'SUCCESS', payload: { synchronized: true } })] },
      calls: ['getRun 15000'],
      reported: {
        status: 'SUCCESS',
        warnings: [
          synchronizedWarning
            .replace(', so SUCCESS was not reported', '')
            .replace('IN_PROGRESS ("Running")', 'SUCCESS'),
        ],
      },
    },
    'is asked for nothing else where the report has only an end': {
      report: { verdict: success },
      answers: { updateRun: [refusal], getRun: [run({ payload: { synchronized: true } })] },
      calls: [statusAlone, read],
      reported: {
        ...{ label: '', taken: ['links'] },
        warnings: [synchronizedWarning.replace('IN_PROGRESS ("Running")', 'IN_PROGRESS')],
      },
    },
    'takes a start of which it refuses the log': {
      report: start,
      answers: { addRunLog: [refusal], getRun: [synchronized] },
      calls: [hello, read, allOfStart],
      reported: {
        ...{ ...allDone, status: 'IN_PROGRESS', taken: ['links', 'summary', 'externalRunId'] },
        ...{ refused: ['log'], warnings: [refusedLog] },
      },
    },
    'shows what a start sends, as any other': {
      report: start,
      answers: { updateRun: [refusal], getRun: [synchronized] },
      calls: [hello, allOfStart, read, ...parts, 'updateRun all {"statusLabel":"Done"}'],
      reported: { ...allDone, status: 'IN_PROGRESS' },
    },
  },
});

describe('The time of a report', () => {
  it('is for the end alone once that of the details is used up', async () => {
    const answers = { addRunLog: [refusal], updateRun: [refusal, {}, {}, {}, down], getRun: [down] };
    const { calls } = await sendTo('action', end, answers, { timeLeft: () => 8000, detailsTime: () => 0 });
    assert.deepEqual(
      calls.map((call) => call.split(' ').slice(0, 2).join(' ')),
      [
        ...['addRunLog 0', 'getRun 4000', 'updateRun 2000', 'getRun 4000'],
        ...['updateRun 0', 'updateRun 0', 'updateRun 0'],
        ...[`updateRun ${(8000 * 2) / 3}`, 'updateRun all'],
      ],
    );
  });

  it('is that of the details for a look at the run, while there is any', async () => {
    const { calls } = await sendTo('action', end, { updateRun: [refusal] }, { detailsTime: () => 10 });
    assert.equal(calls[2], 'getRun 10');
  });

  it('is halved for the details when the report begins', async () => {
    const left = [100_000, 90_000, 90_000, 80_000];
    const { calls } = await sendTo('action', end, {}, { timeLeft: () => left.shift() ?? 0 });
    assert.deepEqual([calls[0], calls[1]?.split(' ')[1]], ['addRunLog 20000 {"message":"hello"}', '20000']);
  });
});

import type { Report, Reported } from '../../../../tasks/PortRunStatus/report/report.ts';
import { CanceledError, PortApiError } from '../../../../tasks/common/errors.ts';
import type { PortCall } from '../../../../tasks/common/port/client/client.ts';
import { type Row, down, notFound, refusal, testRows, unreached } from './send-to.ts';

const success = { result: 'success', label: 'Succeeded' } as const;
const failure = { result: 'failure', label: 'Failed' } as const;
const canceled = { result: 'canceled', label: 'Canceled' } as const;

const start: Partial<Report> = {
  ...{ log: 'hello', label: 'Deploying', links: ['https://a'], externalRunId: 'ado_1' },
  output: { a: 'b' },
};
const end: Partial<Report> = { ...start, label: 'Done', summary: '# S', verdict: success };
const manyLinks: Partial<Report> = { links: [1, 2, 3, 4, 5].map((number) => `https://${number}`) };

const log = (level: string, message: string, time = 15_000) =>
  `addNodeRunLogs ${time} {"logs":[{"level":"${level}","message":"${message}"}]}`;
const hello = log('INFO', 'hello');
const helloAndMore = [log('INFO', 'hello', 7500), log('INFO', '# S', 10_000), log('INFO', 'Done')];
const bareEnd = 'updateNodeRun all {"status":"COMPLETED","result":"SUCCESS"}';
const endAndOutput = 'updateNodeRun all {"status":"COMPLETED","result":"SUCCESS","output":{"a":"b"}}';
const allOf = (status: string, label?: string) =>
  `updateNodeRun 15000 {${status},"links":["https://a"],"externalRunId":"ado_1"${label === undefined ? '' : `,"statusLabel":"${label}"`},"output":{"a":"b"}}`;
const allOfStart = allOf('"status":"IN_PROGRESS"', 'Deploying');
const startUnlabelled = allOf('"status":"IN_PROGRESS"');
const allOfEnd = allOf('"status":"COMPLETED","result":"SUCCESS"', 'Done');
const endUnlabelled = allOf('"status":"COMPLETED","result":"SUCCESS"');
const parts = (label: string) => [
  'updateNodeRun 7500 {"links":["https://a"]}',
  'updateNodeRun 10000 {"externalRunId":"ado_1"}',
  `updateNodeRun 15000 {"statusLabel":"${label}"}`,
  'updateNodeRun 30000 {"output":{"a":"b"}}',
];
const endInParts = [...helloAndMore, allOfEnd, endUnlabelled, ...parts('Done'), endAndOutput];

const taken: Partial<Reported> = { links: ['https://a'], taken: ['links', 'externalRunId', 'log'] };
const allDone: Partial<Reported> = { ...taken, status: 'SUCCESS', label: 'Done' };
const noLabel = "Port takes no label for this workflow node's run";
const labelInLog = `${noLabel}; it is in the run's log.`;
const unlabelled: Partial<Reported> = {
  ...{ label: undefined, refused: ['label'] },
  notes: [labelInLog],
};
const unchanged = "The workflow node's run was not changed; it may be finished already. Port says no.";
const refusedPart = (name: string) => `Port refused ${name}; everything else is reported. Port says no.`;

const denied = (status: number) =>
  new PortApiError({ code: 'PORT_CREDENTIALS', message: 'Port forbids it.', status, portCode: '' });
const lostThen = (error: Error) => async (call: PortCall) => {
  call.onLost?.();
  return Promise.resolve(error);
};

testRows('workflowNode', {
  "A report to a workflow node's run": {
    'that says nothing says that the node is at work': {
      report: {},
      calls: ['updateNodeRun all {"status":"IN_PROGRESS"}'],
    },
    'of a start is the log, and then everything else at once': {
      report: start,
      calls: [hello, allOfStart],
      reported: { ...taken, label: 'Deploying' },
    },
    'of an end has the summary and the label in the log': {
      report: end,
      calls: [...helloAndMore, allOfEnd],
      reported: allDone,
    },
    'of a failure has its log as errors': {
      report: { verdict: failure, label: 'Failed at x', log: 'bad\u001b[31m luck' },
      calls: [
        log('ERROR', 'bad luck', 10_000),
        log('ERROR', 'Failed at x'),
        'updateNodeRun 15000 {"status":"COMPLETED","result":"FAILED","statusLabel":"Failed at x"}',
      ],
      reported: { status: 'FAILED', label: 'Failed at x', taken: ['log'] },
    },
    'of a cancellation has its label as a warning': {
      report: { verdict: canceled, label: 'Canceled', log: 'x' },
      calls: [
        log('INFO', 'x', 10_000),
        log('WARN', 'Canceled'),
        'updateNodeRun 15000 {"status":"COMPLETED","result":"CANCELLED","statusLabel":"Canceled"}',
      ],
      reported: { status: 'CANCELLED', label: 'Canceled', taken: ['log'] },
    },
    'has the links that are too many in the log': {
      report: manyLinks,
      calls: [
        log('INFO', String.raw`Link: https://4\nLink: https://5`),
        'updateNodeRun 15000 {"status":"IN_PROGRESS","links":["https://1","https://2","https://3"]}',
      ],
      reported: {
        ...{ links: ['https://1', 'https://2', 'https://3'], taken: ['links'] },
        notes: ["A workflow node's run takes 3 links; 2 more went into its log."],
      },
    },
    'takes as many links as Port does': {
      report: { links: ['https://1', 'https://2', 'https://3'] },
      calls: ['updateNodeRun 15000 {"status":"IN_PROGRESS","links":["https://1","https://2","https://3"]}'],
      reported: { links: ['https://1', 'https://2', 'https://3'], taken: ['links'] },
    },
    'says nothing of too many links where it changed nothing': {
      report: { ...manyLinks, verdict: success },
      answers: { updateNodeRun: [refusal, refusal, refusal] },
      calls: [
        log('INFO', String.raw`Link: https://4\nLink: https://5`),
        'updateNodeRun 15000 {"status":"COMPLETED","result":"SUCCESS","links":["https://1","https://2","https://3"]}',
        'updateNodeRun 30000 {"links":["https://1","https://2","https://3"]}',
        bareEnd,
      ],
      reported: { status: undefined, warnings: [unchanged] },
    },
    'has its label in the log alone where Port has refused it before': {
      report: { label: 'Deploying', isLabelRefused: true },
      calls: [log('INFO', 'Deploying'), 'updateNodeRun all {"status":"IN_PROGRESS"}'],
    },
    'of an end, too': {
      report: { label: 'Failed', isLabelRefused: true, verdict: failure },
      calls: [log('ERROR', 'Failed'), 'updateNodeRun all {"status":"COMPLETED","result":"FAILED"}'],
      reported: { status: 'FAILED' },
    },
  },

  "A label that Port takes for no workflow node's run": {
    'goes into the log': {
      report: start,
      answers: { updateNodeRun: [refusal] },
      calls: [hello, allOfStart, startUnlabelled, log('INFO', 'Deploying')],
      reported: { ...taken, ...unlabelled },
    },
    'is lost where the log does not take it either': {
      report: { log: 'hello', label: 'Deploying' },
      answers: { updateNodeRun: [refusal], addNodeRunLogs: [{}, down] },
      calls: [
        hello,
        'updateNodeRun 15000 {"status":"IN_PROGRESS","statusLabel":"Deploying"}',
        'updateNodeRun all {"status":"IN_PROGRESS"}',
        log('INFO', 'Deploying'),
      ],
      reported: { taken: ['log'], refused: ['label'], notes: [`${noLabel}.`] },
    },
    'is in the log of an end already': {
      report: end,
      answers: { updateNodeRun: [refusal] },
      calls: [...helloAndMore, allOfEnd, endUnlabelled],
      reported: { ...allDone, ...unlabelled },
    },
    'is lost where the log of an end was': {
      report: end,
      answers: { updateNodeRun: [refusal], addNodeRunLogs: [down] },
      calls: [...helloAndMore, allOfEnd, endUnlabelled],
      reported: {
        ...{ ...allDone, ...unlabelled, taken: ['links', 'externalRunId'], notes: [`${noLabel}.`] },
        warnings: ['The log lines may not have reached Port; everything else is reported. Port is down.'],
      },
    },
    'is not taken for the cause of an outage': {
      report: end,
      answers: { updateNodeRun: [down, {}, {}, refusal] },
      calls: [...helloAndMore, allOfEnd, ...parts('Done'), endAndOutput],
      reported: { ...allDone, ...unlabelled, warnings: [refusedPart('the label')] },
    },
    'is not taken for the cause of a run that is not there': {
      report: { ...start, log: '' },
      answers: { updateNodeRun: [notFound] },
      calls: [
        allOfStart,
        ...parts('Deploying'),
        'updateNodeRun all {"status":"IN_PROGRESS","output":{"a":"b"}}',
      ],
      reported: { ...taken, label: 'Deploying', taken: ['links', 'externalRunId'] },
    },
  },

  "A report of which a workflow node's run lacks a part": {
    'goes on without its log, which Port refuses for ever': {
      report: end,
      answers: { addNodeRunLogs: [{}, refusal, down] },
      calls: [...helloAndMore, allOfEnd],
      reported: {
        ...{ ...allDone, taken: ['links', 'externalRunId'], refused: ['log'] },
        warnings: [refusedPart('the log lines')],
      },
    },
    'ends where the step is stopped': {
      report: end,
      answers: { addNodeRunLogs: [new CanceledError()] },
      calls: [log('INFO', 'hello', 7500)],
      failed: 'Canceled: the agent asked this step to stop.',
    },
    'is sent in parts, the output with the end again': {
      report: end,
      answers: { updateNodeRun: [refusal, refusal] },
      calls: endInParts,
      reported: allDone,
    },
    'lacks the links that Port refuses': {
      report: end,
      answers: { updateNodeRun: [refusal, refusal, refusal] },
      calls: endInParts,
      reported: {
        ...{ ...allDone, links: [], taken: ['externalRunId', 'log'], refused: ['links'] },
        warnings: [refusedPart('the links')],
      },
    },
    'lacks the external run id that is lost, and not the end': {
      report: end,
      answers: { updateNodeRun: [refusal, refusal, {}, down] },
      calls: endInParts,
      reported: {
        ...{ ...allDone, taken: ['links', 'log'] },
        warnings: [
          'The external run id may not have reached Port; everything else is reported. Port is down.',
        ],
      },
    },
    'has an end without the output that Port refuses': {
      report: end,
      answers: { updateNodeRun: [refusal, refusal, {}, {}, {}, refusal] },
      calls: [...endInParts.slice(0, -1), bareEnd],
      reported: { ...allDone, refused: ['output'], warnings: [refusedPart('the output')] },
    },
    'of a bare end is tried once': {
      report: { verdict: success },
      answers: { updateNodeRun: [refusal] },
      calls: [bareEnd],
      reported: { status: undefined, warnings: [unchanged] },
    },
    'has what the log took, where the run is not changed': {
      report: { log: 'hello', verdict: success },
      answers: { updateNodeRun: [refusal] },
      calls: [hello, bareEnd],
      reported: { status: undefined, taken: ['log'], warnings: [unchanged] },
    },
    'fails where Port cannot be reached': {
      report: { label: 'Done', verdict: success },
      answers: { updateNodeRun: [unreached, unreached, unreached], addNodeRunLogs: [unreached] },
      calls: [
        log('INFO', 'Done'),
        'updateNodeRun 15000 {"status":"COMPLETED","result":"SUCCESS","statusLabel":"Done"}',
        'updateNodeRun 30000 {"statusLabel":"Done"}',
        bareEnd,
      ],
      failed: 'Port cannot be reached.',
    },
  },

  "The end of a workflow node's run that is refused": {
    'was done by the first try, whose answer was lost': {
      report: end,
      answers: { updateNodeRun: [down, {}, {}, {}, {}, refusal] },
      calls: [...helloAndMore, allOfEnd, ...parts('Done'), endAndOutput],
      reported: allDone,
    },
    'was done by a try of the first call, whose answer was lost': {
      report: end,
      answers: { updateNodeRun: [lostThen(refusal), refusal, refusal, refusal, refusal, refusal, refusal] },
      calls: [...endInParts.slice(0, -1), bareEnd],
      reported: allDone,
    },
    'was done by a try of the last call, whose answer was lost': {
      report: end,
      answers: { updateNodeRun: [refusal, refusal, {}, refusal, {}, {}, lostThen(refusal)] },
      calls: endInParts,
      reported: {
        ...{ ...allDone, taken: ['links', 'log'], refused: ['externalRunId'] },
        warnings: [refusedPart('the external run id')],
      },
    },
    'was not done, and nothing else counts as done': {
      report: end,
      answers: { updateNodeRun: [refusal, refusal, {}, {}, {}, {}, refusal] },
      calls: endInParts,
      reported: { status: undefined, taken: ['log'], warnings: [unchanged] },
    },
    ...Object.fromEntries(
      [down, denied(401), denied(403), notFound].map((error): [string, Row] => [
        `is an error where Port answers ${error.status}`,
        {
          report: end,
          answers: { updateNodeRun: [refusal, refusal, {}, {}, {}, {}, error] },
          calls: endInParts,
          failed: error.message,
        },
      ]),
    ),
  },
});

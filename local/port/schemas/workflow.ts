import { anyObject, flag, mapOf, only, open, text, texts, word } from './common.ts';

const links = { ...texts, maxItems: 3 };
const button = only({ 'identifier*': text, label: text, variant: text });

/** There is no published schema of workflows: these are the nodes that the local Port knows, and what it reads of them. */
const config = open({
  'type*': word(
    ...['SELF_SERVE_TRIGGER', 'EVENT_TRIGGER', 'WEBHOOK', 'INPUT', 'KAFKA', 'INTEGRATION_ACTION'],
  ),
  url: text,
  method: text,
  headers: mapOf(text),
  synchronized: flag,
  onFailure: word('terminate', 'continue'),
  published: flag,
  event: only({
    'type*': word('ENTITY_CREATED', 'ENTITY_UPDATED', 'ENTITY_DELETED', 'ANY_ENTITY_CHANGE'),
    'blueprintIdentifier*': text,
  }),
  condition: only({ 'type*': word('JQ'), 'expressions*': texts, combinator: word('and', 'or') }),
  userInputs: open({
    'properties*': mapOf(open({ 'type*': text })),
    required: texts,
    buttons: { type: 'array', items: button },
  }),
});

export const workflowBody = only({
  'identifier*': { type: 'string', maxLength: 60, pattern: '^[A-Za-z0-9@_:-]+$' },
  ...{ title: text, icon: text, description: text, category: text, allowAnyoneToViewRuns: flag },
  'nodes*': {
    type: 'array',
    items: only({
      'identifier*': text,
      'config*': config,
      ...{ title: text, icon: text, description: text, links, verbose: flag },
    }),
  },
  'connections*': {
    type: 'array',
    items: only({ 'sourceIdentifier*': text, 'targetIdentifier*': text, sourceOutletIdentifier: text }),
  },
});

export const startBody = only({ inputs: anyObject });
export const workflowRunsQuery = open({
  workflowIdentifiers: texts,
  limit: { type: 'integer', maximum: 1000 },
});
export const cancelQuery = open({ force: flag });

const logs = {
  type: 'array',
  items: only({ 'level*': word('INFO', 'WARN', 'ERROR', 'DEBUG'), 'message*': text }),
};

export const patchNodeRunBody = {
  ...only({
    status: word('IN_PROGRESS', 'COMPLETED'),
    result: word('SUCCESS', 'FAILED', 'CANCELLED'),
    statusLabel: text,
    output: anyObject,
    externalRunId: text,
    links,
    logs,
  }),
  if: { properties: { status: { const: 'COMPLETED' } }, required: ['status'] },
  then: { required: ['result'] },
};
export const nodeLogsBody = only({ 'logs*': logs });

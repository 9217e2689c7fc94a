import { anyObject, only, open, text, texts, word } from './common.ts';

export const tokenBody = only({ 'clientId*': text, 'clientSecret*': text });

export const createRunBody = only({ 'properties*': anyObject, entity: text });
export const createRunQuery = open({ run_as: { type: 'string', format: 'email' } });

/** There is no IN_PROGRESS here: Port refuses it. */
export const patchRunBody = only({
  status: word('SUCCESS', 'FAILURE'),
  statusLabel: text,
  link: { oneOf: [text, texts] },
  summary: text,
  externalRunId: text,
  message: anyObject,
});
export const versionQuery = open({ version: word('v2') });
export const approvalBody = only({ 'status*': word('APPROVE', 'DECLINE'), description: text });
export const logBody = only({
  'message*': text,
  terminationStatus: word('SUCCESS', 'FAILURE'),
  statusLabel: text,
});
export const logsQuery = open({
  limit: { type: 'number', minimum: 1, maximum: 50 },
  offset: { type: 'number', minimum: 0 },
});
export const runsQuery = only({
  ...{ action: text, external_run_id: text, version: word('v2') },
  source: { type: 'array', items: word('UI', 'API', 'AUTOMATION') },
  limit: { type: 'number', minimum: 1, maximum: 1000 },
});
export const auditQuery = open({ 'run_id*': text, 'resources*': { type: 'array', items: word('entity') } });

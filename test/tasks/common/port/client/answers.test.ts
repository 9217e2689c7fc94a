import assert from 'node:assert/strict';
import {
  type NetworkFault,
  PortApiError,
  UnexpectedAnswerError,
} from '../../../../../tasks/common/errors.ts';
import {
  ProxyError,
  connectionFaultOf,
  networkErrorOf,
} from '../../../../../tasks/common/network/network-errors.ts';
import type { HttpResponse } from '../../../../../tasks/common/network/transport.ts';
import { documentedAdvice, networkAdvice } from '../../../../../tasks/common/port/client/advice.ts';
import { apiError, requestLine } from '../../../../../tasks/common/port/client/answers.ts';
import { type Route, routes } from '../../../../../tasks/common/port/client/routes.ts';

const request = { method: 'PATCH', path: '/v1/actions/runs/r_1?version=v2', headers: {} } as const;
const errorOf = (route: Route, response: HttpResponse, inputs: readonly string[] = []) =>
  apiError(route, { request, response, hasInput: (name) => inputs.includes(name) });
const errorFor = (status: number, body: unknown = '', headers: Record<string, string> = {}) =>
  errorOf(routes.updateRun, {
    status,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const line = 'Cannot update the run: PATCH /v1/actions/runs/r_1 ->';

describe('The message for an answer', () => {
  const cases: [status: number, body: unknown, headers: Record<string, string>, message: string][] = [
    [
      422,
      { ok: false, error: 'run_synchronized_error', message: 'Cannot manually change status' },
      { 'x-trace-id': 'abc' },
      `${line} 422; Port says "Cannot manually change status" (run_synchronized_error, trace id abc). Port finishes this run by itself. Set "synchronized": false in the action's backend, so that the pipeline can report.`,
    ],
    [
      404,
      { error: 'not_found' },
      {},
      `${line} 404 (not_found). Check the spelling, and that it exists in the Port organization of these credentials.`,
    ],
    [500, 'Internal', {}, `${line} 500. Port has a problem; see its status page, and run the step again.`],
    [418, { message: 'a\nb' }, {}, `${line} 418; Port says "a b". Its words above say why.`],
    [413, {}, {}, `${line} 413. It is larger than Port's limit of 1 MiB for a request. Send less at a time.`],
    [
      200,
      '',
      {},
      `${line} 200 with an empty answer. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
    [
      200,
      ' \n',
      { location: 'https://login.example.com/' },
      `${line} 200 with an empty answer. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
    [
      200,
      '['.repeat(501),
      {},
      `${line} 200 with an answer nested deeper than any that Port gives. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
    [
      200,
      '<html>',
      {},
      `${line} 200 with an answer that is not JSON. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
    [
      304,
      '',
      {},
      `${line} 304 with an empty answer. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
    [
      300,
      '',
      { location: 'http://proxy:3128/' },
      `${line} 300 with a redirect to proxy:3128. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
    [
      302,
      '',
      { location: 'https://login.example.com/x?token=1' },
      `${line} 302 with a redirect to login.example.com. Is baseUrl the address of Port's API, and does a proxy answer in its place?`,
    ],
  ];
  for (const [status, body, headers, message] of cases) {
    it(`${status} with ${JSON.stringify(body).slice(0, 40)} says what failed, where, why and what to do`, () => {
      assert.equal(errorFor(status, body, headers).message, message);
    });
  }

  const byInput: [status: number, code: string, input: string][] = [
    [404, '', 'createMissingRelatedEntities'],
    [422, 'identifier_taken', 'mode'],
    [422, 'has_dependents', 'deleteDependents'],
    [429, '', 'timeoutSeconds'],
  ];
  for (const [status, error, input] of byInput) {
    it(`${status} ${error} names input ${input} where the task has it, and only there`, () => {
      const response = { status, headers: {}, body: JSON.stringify({ error }) };
      assert.ok(errorOf(routes.upsertEntity, response, [input]).message.includes(input));
      const lacking = errorOf(routes.upsertEntity, response).message;
      assert.ok(!lacking.includes(input) && lacking.endsWith('.'), lacking);
    });
  }

  it('has the advice of the code also where the sign-in is refused, or the token', () => {
    const body = JSON.stringify({ error: 'run_exhausted' });
    for (const [route, status] of [
      [routes.updateRun, 401],
      [routes.createToken, 401],
      [routes.createToken, 422],
    ] as const) {
      const error = errorOf(route, { status, headers: {}, body });
      assert.match(error.message, /The run is finished already/);
      assert.ok(error instanceof PortApiError && error.code === 'PORT_CREDENTIALS');
    }
  });

  it('blames the credentials for no 408, 429 or 500 of the sign-in', () => {
    for (const status of [408, 429, 500]) {
      const error = errorOf(routes.createToken, { status, headers: {}, body: '' });
      assert.ok(error instanceof PortApiError && error.code === 'PORT_REQUEST');
      assert.doesNotMatch(error.message, /client secret/);
    }
  });

  it('stands in the documentation for each code and status, with what any input can do', () => {
    const { codes, statuses } = documentedAdvice();
    assert.match(codes.identifier_taken ?? '', /^This identifier is taken\. Use mode /);
    assert.equal(codes.run_exhausted, 'The run is finished already; nothing can be added to it.');
    assert.deepEqual(Object.keys(statuses), ['400', '403', '404', '409', '413', '422', '429']);
    assert.match(statuses[429] ?? '', /Or raise timeoutSeconds\.$/);
  });

  it('is the one of the status for a code that is the name of something every object has', () => {
    for (const error of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      assert.match(
        errorFor(422, { error }).message,
        /\. Port does not accept these values; its words above say which\.$/,
      );
  });

  it('keeps the status and the code for callers', () => {
    const error = errorFor(422, { error: 'run_exhausted', message: 'x' });
    assert.ok(error instanceof PortApiError);
    assert.deepEqual([error.status, error.portCode, error.code], [422, 'run_exhausted', 'PORT_REQUEST']);
    assert.ok(errorFor(204) instanceof UnexpectedAnswerError);
  });

  it('takes only texts out of an answer, in one line, and not without end', () => {
    for (const body of [null, [], 'text', { message: { a: 1 }, error: ['x'] }, { message: 5 }])
      assert.match(errorFor(400, JSON.stringify(body)).message, /-> 400\. Port does not accept/);
    const long = errorFor(400, { message: `\u001b[31m##vso[task.complete]\n${'x'.repeat(100_000)}` }).message;
    assert.ok(long.length < 1000);
    assert.doesNotMatch(long, /[\n\u001b]/);
  });

  it('names a request without its query', () => {
    assert.equal(requestLine({ method: 'GET', path: '/v1/x?secret=1' }), 'GET /v1/x');
  });
});

describe('The message for a lost request', () => {
  const cases: [code: string, fault: NetworkFault, advice: RegExp][] = [
    ['ENOTFOUND', 'unknownHost', /host name/],
    ['ECONNABORTED', 'reset', /closed on the way/],
    ['ENETDOWN', 'refused', /firewall/],
    ['EAI_AGAIN', 'dns', /DNS/],
    ['ECONNREFUSED', 'refused', /firewall/],
    ['UND_ERR_CONNECT_TIMEOUT', 'connectTimeout', /Does it need a proxy/],
    ['ECONNRESET', 'reset', /closed on the way/],
    ['EPIPE', 'reset', /closed on the way/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tlsUntrusted', /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tlsUntrusted', /--sslcacert/],
    ['CERT_HAS_EXPIRED', 'tlsExpired', /clock/],
    ['CERT_NOT_YET_VALID', 'tlsExpired', /clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tlsWrongHost', /another host/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsClientCertificate', /--sslclientcert/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', /speak TLS/],
    ['EPROTO', 'tls', /speak TLS/],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'tooLarge', /baseUrl/],
    ['HPE_INVALID_CONSTANT', 'other', /Run the step again/],
    ['', 'other', /Run the step again/],
  ];
  for (const [code, fault, advice] of cases) {
    it(`${code || 'without a code'} is ${fault}, with advice of its own`, () => {
      assert.equal(connectionFaultOf(Object.assign(new Error('x'), { code })), fault);
      assert.match(networkAdvice(fault), advice);
    });
  }

  it('goes by the first of several addresses that failed', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:443'), { code: 'ECONNREFUSED' });
    const error = networkErrorOf(new AggregateError([refused]), { mayHaveArrived: false, hasStatus: false });
    assert.deepEqual([error.fault, error.message], ['refused', 'ECONNREFUSED']);
  });

  it('is the words of the proxy error where a proxy is to blame', () => {
    const error = networkErrorOf(new ProxyError('proxyRefused', 'the proxy x refused'), {
      mayHaveArrived: false,
      hasStatus: false,
    });
    assert.deepEqual([error.fault, error.message], ['proxyRefused', 'the proxy x refused']);
  });

  it('never fails for what is thrown that is no error', () => {
    for (const thrown of [undefined, null, 'text', 5, { code: 5 }])
      assert.equal(networkErrorOf(thrown, { mayHaveArrived: true, hasStatus: false }).fault, 'other');
  });
});

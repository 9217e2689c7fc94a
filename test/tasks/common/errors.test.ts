import assert from 'node:assert/strict';
import {
  BudgetError,
  CanceledError,
  InputError,
  NetworkError,
  type NetworkFault,
  PortApiError,
  TaskError,
  UnexpectedAnswerError,
  isOutage,
  mayHaveBeenDone,
} from '../../../tasks/common/errors.ts';
import { adviceByFault } from '../../../tasks/common/port/client/advice.ts';

const answered = (status: number, code: 'PORT_REQUEST' | 'PORT_CREDENTIALS' = 'PORT_REQUEST') =>
  new PortApiError({ code, message: `-> ${status}`, status, portCode: '' });
const lost = (fault: NetworkFault, mayHaveArrived = true) =>
  new NetworkError({ fault, mayHaveArrived, message: fault });
const page = new UnexpectedAnswerError('a page');

/** Every fault, and whether it may pass by itself. */
const faults: Readonly<Record<NetworkFault, boolean>> = {
  dns: true,
  unknownHost: false,
  refused: true,
  connectTimeout: true,
  reset: true,
  timeout: true,
  cutBody: true,
  tooLarge: false,
  tlsUntrusted: false,
  tlsExpired: false,
  tlsWrongHost: false,
  tlsClientCertificate: false,
  tls: false,
  proxyUnreachable: true,
  proxyTls: false,
  proxyRefused: false,
  proxyAuthentication: false,
  proxyFailed: true,
  proxyTimeout: true,
  other: true,
};

interface Row {
  readonly name: string;
  readonly error: unknown;
  readonly outage: boolean;
  readonly done: boolean;
}

const row = (name: string, error: unknown, [outage, done]: readonly [boolean, boolean]): Row => ({
  name,
  error,
  outage,
  done,
});
const mistake = [false, false] as const;

const rows: readonly Row[] = [
  ...Object.entries(faults).flatMap(([name, outage]) => [
    row(`${name}, of a request that may have arrived`, lost(name as NetworkFault), [outage, true]),
    row(`${name}, of a request that did not leave`, lost(name as NetworkFault, false), [outage, false]),
  ]),
  ...[400, 401, 403, 404, 409, 413, 422].map((status) => row(`${status}`, answered(status), mistake)),
  row('401 to the sign-in', answered(401, 'PORT_CREDENTIALS'), mistake),
  row('408', answered(408), [true, true]),
  row('429', answered(429), [true, false]),
  ...[500, 501, 502, 503, 504, 520].map((status) => row(`${status}`, answered(status), [true, true])),
  row('a page in place of the API', page, [false, true]),
  row('no time for a first try', new BudgetError('late'), [true, false]),
  row('no time after 429', new BudgetError('late', answered(429)), [true, false]),
  row('no time after 503', new BudgetError('late', answered(503)), [true, true]),
  row('no time after a page', new BudgetError('late', page), [false, true]),
  row('no time after a host that is not there', new BudgetError('late', lost('unknownHost', false)), mistake),
  row('an error built on 503', new TaskError('PORT_REQUEST', 'x', { cause: answered(503) }), [true, true]),
  row('an error built on 403', new TaskError('PORT_REQUEST', 'x', { cause: answered(403) }), mistake),
  row('a wait for an action that took too long', new TaskError('PORT_TIMEOUT', 'x'), mistake),
  row('entities that were refused', new TaskError('PORT_ENTITIES', 'x'), mistake),
  row('bad input', new InputError(['x']), mistake),
  row('a cancel', new CanceledError(), mistake),
  row('a defect', new TypeError('x'), mistake),
  row('a defect on top of an outage', new Error('x', { cause: answered(503) }), mistake),
  row('what is no error', 'x', mistake),
];

describe('Of what ended a call', () => {
  for (const { name, error, outage, done } of rows) {
    it(`${name}: ${outage ? 'an outage' : 'no outage'}, and ${done ? 'perhaps' : 'certainly not'} done`, () => {
      assert.deepEqual({ outage: isOutage(error), done: mayHaveBeenDone(error) }, { outage, done });
    });
  }

  it('every fault of the network is judged', () => {
    assert.deepEqual(Object.keys(faults).sort(), Object.keys(adviceByFault).sort());
  });
});

import assert from 'node:assert/strict';
import { networkErrorOf } from '../../../../tasks/common/network/network-errors.ts';

describe('A lost request is told', () => {
  const errorWith = (message: string, code?: unknown) => Object.assign(new Error(message), { code });
  const told = (error: unknown, seen = { mayHaveArrived: true, hasStatus: false }) => {
    const { fault, message } = networkErrorOf(error, seen);
    return `${fault}: ${message}`;
  };
  const cases: [what: string, error: unknown, told: string][] = [
    [
      'its words and its code',
      errorWith('socket hang up', 'ECONNRESET'),
      'reset: socket hang up (ECONNRESET)',
    ],
    ['the code once', errorWith('read ECONNRESET', 'ECONNRESET'), 'reset: read ECONNRESET'],
    ['the code alone where there are no words', errorWith('', 'EPIPE'), 'reset: EPIPE'],
    ['that it failed where there is neither', errorWith(''), 'other: the connection failed'],
    ['its words alone where there is no code', errorWith('odd'), 'other: odd'],
    ['its words alone where the code is no text', errorWith('odd', 7), 'other: odd'],
    ['the kind of an OpenSSL code nobody listed', errorWith('no', 'ERR_SSL_NEW'), 'tls: no (ERR_SSL_NEW)'],
    ['the kind of a TLS code nobody listed', errorWith('no', 'ERR_TLS_NEW'), 'tls: no (ERR_TLS_NEW)'],
    [
      'the first of several that happened at once',
      new AggregateError([errorWith('a', 'ECONNREFUSED'), errorWith('b', 'ENETUNREACH')], 'both'),
      'refused: both (ECONNREFUSED)',
    ],
    [
      'that the answer is too large',
      errorWith('max', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'),
      'tooLarge: the answer is larger than any that Port gives',
    ],
  ];
  for (const [what, error, expected] of cases) {
    it(`by ${what}`, () => {
      assert.equal(told(error), expected);
    });
  }

  it('as broken off once a status had come, unless it was too large', () => {
    const seen = { mayHaveArrived: true, hasStatus: true };
    assert.equal(told(errorWith('x', 'ECONNRESET'), seen), 'cutBody: the answer broke off before its end');
    assert.match(told(errorWith('x', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'), seen), /^tooLarge: /);
  });
});

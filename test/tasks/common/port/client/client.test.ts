import assert from 'node:assert/strict';
import type { Clock } from '../../../../../tasks/common/clock.ts';
import {
  BudgetError,
  CanceledError,
  NetworkError,
  PortApiError,
  UnexpectedAnswerError,
} from '../../../../../tasks/common/errors.ts';
import { type Transport, createTransport } from '../../../../../tasks/common/network/transport.ts';
import { Budget } from '../../../../../tasks/common/port/client/budget.ts';
import {
  type PortCall,
  type PortClient,
  createPortClient,
} from '../../../../../tasks/common/port/client/client.ts';
import type { RouteName } from '../../../../../tasks/common/port/client/routes.ts';
import { type Reply, type ScriptedServer, startScriptedServer } from '../../../../support/scripted-server.ts';
import { until } from '../../../../support/until.ts';

const start = Date.parse('2026-11-22T10:00:00Z');
const signIn = 'POST /v1/auth/access_token';
const token = (text = 'token-1'): Reply => ({
  status: 200,
  body: { ok: true, accessToken: text, tokenType: 'Bearer' },
});
const ok: Reply = { status: 200, body: { ok: true, run: { id: 'r_1' } } };
const isSignIn = ({ path }: { path: string }) => path.endsWith('/access_token');

interface Options {
  readonly budget?: number;
  readonly path?: string;
  readonly connections?: number;
  /** From this time on, in ms, the reply is another one. */
  readonly until?: { readonly elapsed: number; readonly reply: Reply };
}

/** A client against a scripted server, with a clock that only sleeping moves. */
class Setting {
  readonly waits: number[] = [];
  /** The time that each request was given, in ms. */
  readonly timeouts: number[] = [];
  readonly masked: string[] = [];
  readonly lines: string[] = [];
  readonly debugLines: string[] = [];
  readonly stop = new AbortController();
  readonly server: ScriptedServer;
  readonly transport: Transport;
  readonly client: PortClient;
  #now = start;
  #jumped = 0;

  constructor(server: ScriptedServer, options: Options = {}) {
    const { budget = 120_000, path = '', connections = 1 } = options;
    this.server = server;
    this.transport = createTransport({ origin: server.url, connections });
    const clock: Clock = {
      now: () => this.#now + this.#jumped,
      elapsed: () => this.#now - start,
      random: () => 0,
      sleep: (milliseconds, signal) => {
        if (signal.aborted) return Promise.reject(new CanceledError());
        this.waits.push(milliseconds);
        this.#now += milliseconds;
        return Promise.resolve();
      },
    };
    this.client = createPortClient({
      connection: { apiUrl: server.url + path, appUrl: server.url, clientId: 'id', clientSecret: 's3cret' },
      transport: {
        ...this.transport,
        send: (request, options) => {
          this.timeouts.push(options.timeout);
          return this.transport.send(request, options);
        },
      },
      clock,
      signal: this.stop.signal,
      budget: new Budget(budget, clock),
      userAgent: 'azure-devops-extension/1.0.0',
      hasInput: () => true,
      maskSecret: (value) => void this.masked.push(value),
      log: { info: (text) => void this.lines.push(text), debug: (text) => void this.debugLines.push(text) },
    });
  }

  /** Sets the wall clock to another time. */
  jump(milliseconds: number): void {
    this.#jumped += milliseconds;
  }

  /** Since the beginning, in ms. */
  get elapsed(): number {
    return this.#now - start;
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** The requests besides the sign-in. */
  get calls(): readonly string[] {
    return this.server.lines.filter((line) => line !== signIn);
  }
}

describe('The Port client', () => {
  let setting: Setting;

  /** @param replies to everything but the sign-in. */
  const against = async (replies: readonly Reply[], options?: Options) => {
    let index = 0;
    const server = await startScriptedServer((request) =>
      isSignIn(request)
        ? token()
        : options?.until !== undefined && setting.elapsed >= options.until.elapsed
          ? options.until.reply
          : (replies[Math.min(index++, replies.length - 1)] ?? ok),
    );
    setting = new Setting(server, options);
  };
  const call = (name: RouteName = 'getRun', options: PortCall = {}) =>
    setting.client.call(name, { parameters: { runId: 'r_1' }, ...options });
  const failure = async <Kind extends Error>(
    kind: new (...args: never[]) => Kind,
    promise: Promise<unknown>,
  ): Promise<Kind> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof kind, String(error));
    return error;
  };
  afterEach(async () => {
    await setting.transport.close();
    await setting.server.close();
  });

  describe('on a good day', () => {
    it('signs in once, registers the token as a secret, and sends it with every call', async () => {
      await against([ok]);
      await call();
      await call();
      assert.deepEqual(setting.server.lines, [
        signIn,
        'GET /v1/actions/runs/r_1',
        'GET /v1/actions/runs/r_1',
      ]);
      assert.deepEqual(setting.masked, ['token-1']);
      const [first, second = assert.fail()] = setting.server.requests;
      assert.equal(first?.body, '{"clientId":"id","clientSecret":"s3cret"}');
      assert.equal(first.headers.authorization, undefined);
      assert.equal(second.headers.authorization, 'Bearer token-1');
      assert.equal(second.headers['user-agent'], 'azure-devops-extension/1.0.0');
      assert.equal(setting.server.connections, 1);
    });

    it('asks for JSON in every request, and names what it sends as JSON where it sends something', async () => {
      await against([ok]);
      await call();
      await call('updateRun', { body: { statusLabel: 'x' } });
      assert.deepEqual(
        setting.server.requests.map(({ headers, body }) => [headers.accept, headers['content-type'], body]),
        [
          ['application/json', 'application/json', '{"clientId":"id","clientSecret":"s3cret"}'],
          ['application/json', undefined, ''],
          ['application/json', 'application/json', '{"statusLabel":"x"}'],
        ],
      );
    });

    it('sends the token as Bearer where the sign-in names no kind of token', async () => {
      const server = await startScriptedServer([{ status: 200, body: { accessToken: 'a' } }, ok]);
      setting = new Setting(server);
      await call();
      assert.equal(server.requests[1]?.headers.authorization, 'Bearer a');
    });

    it('signs in once for calls that start together', async () => {
      await against([ok], { connections: 4 });
      await Promise.all([call(), call(), call()]);
      assert.equal(setting.server.lines.filter((line) => line === signIn).length, 1);
    });

    it('encodes what stands in a path, and keeps the path of the API URL', async () => {
      await against([ok], { path: '/port/api' });
      await call('getRun', { parameters: { runId: '../r/1?x#y' }, query: { version: 'v2' } });
      assert.deepEqual(
        setting.server.lines.at(-1),
        'GET /port/api/v1/actions/runs/..%2Fr%2F1%3Fx%23y?version=v2',
      );
    });

    it('writes a line without query, headers or body for the debug log alone', async () => {
      await against(['reset', ok]);
      setting.pass(5000);
      await call('findRuns', { query: { external_run_id: 'x' } });
      assert.deepEqual(setting.debugLines, [
        `${signIn} -> 200, 0 ms`,
        'GET /v1/actions/runs -> reset, 0 ms',
        'GET /v1/actions/runs -> 200, 0 ms',
      ]);
      assert.doesNotMatch(setting.lines.join(), /external_run_id/);
    });
  });

  describe('repeats what passes', () => {
    const passing: [what: string, reply: Reply, wait: number][] = [
      ['429 with Retry-After', { status: 429, headers: { 'retry-after': '3' } }, 3000],
      ['429 with a date', { status: 429, headers: { 'retry-after': 'Sun, 22 Nov 2026 10:00:04 GMT' } }, 4000],
      ['429 with a reset', { status: 429, headers: { 'x-ratelimit-reset': '5' } }, 5000],
      [
        '429 with the time of a reset',
        { status: 429, headers: { 'x-ratelimit-reset': String(start / 1000 + 6) } },
        6000,
      ],
      ['408', { status: 408 }, 250],
      ['502', { status: 502, body: '<html>' }, 250],
      ['503 while a reset is announced', { status: 503, headers: { 'x-ratelimit-reset': '99' } }, 250],
      ['504', { status: 504 }, 250],
      ['a reset connection', 'reset', 250],
      ['half a body', 'cut', 250],
      ['an empty 200', { status: 200, body: '' }, 250],
      ['a page with 200', { status: 200, body: '<!DOCTYPE html>' }, 250],
      ['300', { status: 300, body: '{}' }, 250],
      ['a redirect', { status: 302, headers: { location: 'https://login.example.com/' }, body: '{}' }, 250],
    ];
    for (const [what, reply, wait] of passing) {
      it(`after ${what}`, async () => {
        await against([reply, ok]);
        assert.deepEqual(await call(), { ok: true, run: { id: 'r_1' } });
        assert.deepEqual(setting.waits, [wait]);
        assert.equal(setting.lines.length, 1);
      });
    }

    it('saying each wait in one line', async () => {
      const page: Reply = { status: 200, body: '<html>' };
      await against([{ status: 503 }, { status: 429, headers: { 'retry-after': '2' } }, page, ok]);
      await call();
      assert.deepEqual(setting.lines, [
        'Port answered 503; trying again to read the run in 0.3 s (try 2).',
        'Port answered 429; trying again to read the run in 2.0 s (try 3).',
        'Port answered 200 without JSON; trying again to read the run in 1.0 s (try 4).',
      ]);
    });

    it('also when it signs in', async () => {
      const server = await startScriptedServer([{ status: 503 }, 'reset', token(), ok]);
      setting = new Setting(server);
      await call();
      assert.deepEqual(setting.server.lines, [signIn, signIn, signIn, 'GET /v1/actions/runs/r_1']);
    });

    it('for as long as the time lasts, and tells what it met then', async () => {
      await against([{ status: 503, body: { ok: false, error: 'unavailable', message: 'Try later' } }]);
      const error = await failure(BudgetError, call());
      const slept = setting.waits.reduce((sum, wait) => sum + wait, 0);
      assert.ok(slept > 119_000 && slept < 120_000, `${slept} ms`);
      assert.equal(
        error.message,
        `Cannot read the run: GET /v1/actions/runs/r_1 -> 503; Port says "Try later" (unavailable). Port has a problem; see its status page, and run the step again. No time is left for another try after ${setting.calls.length}; raise timeoutSeconds to wait longer.`,
      );
      assert.ok(error.cause instanceof PortApiError);
    });

    it('through 75 s of 503, where there are 150 s', async () => {
      await against([{ status: 503 }], { budget: 150_000, until: { elapsed: 75_000, reply: ok } });
      assert.deepEqual(await call(), { ok: true, run: { id: 'r_1' } });
    });

    it('whatever the wall clock does meanwhile', async () => {
      await against([{ status: 503 }, { status: 503 }, ok]);
      setting.jump(-3_600_000);
      setTimeout(() => setting.jump(86_400_000), 5);
      await call();
      assert.deepEqual(setting.waits, [250, 500]);
    });

    it('where answers of several kinds come one after another, each of them a few times', async () => {
      const page: Reply = { status: 200, body: '<html>' };
      await against([{ status: 503 }, { status: 503 }, page, 'reset', page, { status: 503 }, page, ok]);
      await call();
      assert.equal(setting.calls.length, 8);
    });

    it('also where half a second is left', async () => {
      await against([{ status: 503 }, ok], { budget: 500 });
      await call();
      assert.deepEqual(setting.waits, [250]);
    });

    it('in tries of 20 s each, or of what is left', async () => {
      await against([{ status: 429, headers: { 'retry-after': '105' } }, ok]);
      await call();
      assert.deepEqual(setting.timeouts, [20_000, 20_000, 15_000]);
      assert.equal(setting.client.timeLeft(), 15_000);
    });

    it('for no longer than a call may take, which leaves the others their time', async () => {
      await against([{ status: 503 }], { budget: 9000 });
      await failure(BudgetError, call('getRun', { atMost: 4000 }));
      assert.ok(setting.elapsed > 3000 && setting.elapsed < 4000, `${setting.elapsed} ms`);
      await failure(BudgetError, call('getRun', { atMost: 60_000 }));
      assert.ok(setting.elapsed > 8000 && setting.elapsed < 9000, `${setting.elapsed} ms`);
    });

    it('until so many connections were reset as the call allows, whatever else it meets', async () => {
      const replies: Reply[] = [{ status: 503 }, 'reset', { status: 503 }, { status: 503 }, 'reset', ok];
      await against(replies);
      const error = await failure(NetworkError, call('getRun', { mostResets: 2 }));
      assert.deepEqual([error.fault, setting.calls.length], ['reset', 5]);
    });

    it('after any number of resets, where the call sets no limit', async () => {
      await against(['reset', 'reset', 'reset', 'reset', 'reset', ok]);
      await call();
      assert.equal(setting.calls.length, 6);
    });

    it('500 too, where a call may be done twice', async () => {
      await against([{ status: 500 }, ok]);
      await call();
      assert.equal(setting.calls.length, 2);
      assert.deepEqual(setting.waits, [250]);
    });

    it('four times where the answers are no JSON', async () => {
      await against([{ status: 200, body: '<html>' }]);
      const error = await failure(UnexpectedAnswerError, call());
      assert.equal(setting.calls.length, 4);
      assert.match(error.message, /-> 200 with an answer that is not JSON\. Is baseUrl/);
    });
  });

  describe('does not repeat', () => {
    for (const status of [400, 403, 404, 409, 410, 413, 422, 501]) {
      it(`a ${status}`, async () => {
        await against([{ status }]);
        const error = await failure(PortApiError, call());
        assert.equal(error.status, status);
        assert.equal(setting.calls.length, 1);
        assert.deepEqual(setting.lines, []);
      });
    }

    it('a 500 to what must not be done twice', async () => {
      await against([{ status: 500 }]);
      await failure(PortApiError, call('addRunLog', { body: { message: 'hello' } }));
      assert.equal(setting.calls.length, 1);
    });

    it('anything where less than half a second is left', async () => {
      await against([{ status: 503 }, ok], { budget: 499 });
      await failure(BudgetError, call());
      assert.deepEqual(setting.waits, []);
    });

    it('anything for which no time is left', async () => {
      await against([{ status: 429, headers: { 'retry-after': '120' } }]);
      const error = await failure(BudgetError, call());
      assert.match(
        error.message,
        /Port asks to wait 120 s\. No time is left for another try after 1; raise timeoutSeconds/,
      );
      assert.deepEqual(setting.waits, []);
    });

    it('what it has no time to begin', async () => {
      await against([ok], { budget: 0 });
      const error = await failure(BudgetError, call());
      assert.equal(
        error.message,
        `Gave up before ${signIn}: the time for this step (timeoutSeconds) is used up.`,
      );
      assert.deepEqual(setting.server.lines, []);
    });
  });

  describe('with what must not be done twice', () => {
    const log = { body: { message: 'hello' } };
    const lost: Reply[] = [
      'reset',
      'cut',
      { status: 502 },
      { status: 503 },
      { status: 504 },
      { status: 200, body: '' },
    ];
    for (const reply of lost) {
      it(`asks first whether it was done after ${typeof reply === 'string' ? reply : reply.status}`, async () => {
        await against([reply, ok]);
        let asked = 0;
        const findDone = () => Promise.resolve(++asked === 1 ? { id: 'found' } : undefined);
        assert.deepEqual(await call('addRunLog', { ...log, findDone }), { id: 'found' });
        assert.equal(setting.calls.length, 1);
      });

      it(`sends it again after ${typeof reply === 'string' ? reply : reply.status} where it was not done`, async () => {
        await against([reply, ok]);
        await call('addRunLog', { ...log, findDone: () => Promise.resolve(undefined) });
        assert.equal(setting.calls.length, 2);
      });
    }

    for (const reply of lost) {
      it(`tells that the answer was lost, and sends it again, after ${typeof reply === 'string' ? reply : reply.status}`, async () => {
        await against([reply, reply, ok]);
        let lostAnswers = 0;
        await call('createEntity', { parameters: { blueprint: 'b' }, onLost: () => lostAnswers++ });
        assert.equal(lostAnswers, 2);
        assert.equal(setting.calls.length, 3);
      });
    }

    it('repeats it without a question after 429, which Port has refused', async () => {
      await against([{ status: 429, headers: { 'retry-after': '1' } }, ok]);
      await call('addRunLog', { ...log, findDone: () => assert.fail('asked') });
      assert.equal(setting.calls.length, 2);
    });

    it('gives up where nobody can tell', async () => {
      await against(['reset', ok]);
      const error = await failure(NetworkError, call('addRunLog', log));
      assert.equal(error.fault, 'reset');
      assert.match(
        error.message,
        /^Cannot send log lines: POST \/v1\/actions\/runs\/r_1\/logs -> .+\. The connection was closed on the way\./,
      );
      assert.equal(setting.calls.length, 1);
    });

    it('gives up, and does not send it with a new token, where Port refuses the question', async () => {
      const replies: Reply[] = ['reset', { status: 401 }, { status: 401 }];
      await against(replies);
      const findDone = () => setting.client.call('getRunLogs', { parameters: { runId: 'r_1' } });
      const error = await failure(NetworkError, call('addRunLog', { ...log, findDone }));
      assert.equal(error.fault, 'reset');
      assert.deepEqual(
        setting.calls,
        ['POST', 'GET', 'GET'].map((method) => `${method} /v1/actions/runs/r_1/logs`),
      );
    });
  });

  describe('whose token is refused', () => {
    it('signs in once more and repeats the call', async () => {
      await against([{ status: 401 }, ok]);
      await call();
      const get = 'GET /v1/actions/runs/r_1';
      assert.deepEqual(setting.server.lines, [signIn, get, signIn, get]);
      assert.ok(setting.debugLines.includes('the token was refused; signing in once more'));
    });

    it('signs in once for several calls in flight', async () => {
      let tokens = 0;
      const server = await startScriptedServer((request) => {
        if (isSignIn(request)) return token(`token-${++tokens}`);
        return request.headers.authorization === 'Bearer token-1' ? { status: 401 } : ok;
      });
      setting = new Setting(server, { connections: 4 });
      await Promise.all([call(), call(), call(), call()]);
      assert.equal(tokens, 2);
      await call();
      assert.equal(tokens, 2);
    });

    it('gives up at the second refusal', async () => {
      await against([{ status: 401, body: { ok: false, error: 'unauthorized', message: 'No' } }]);
      const error = await failure(PortApiError, call());
      assert.equal(error.code, 'PORT_CREDENTIALS');
      assert.equal(setting.calls.length, 2);
    });

    it('does not sign in again where the sign-in itself is refused', async () => {
      const server = await startScriptedServer([
        { status: 401, body: { ok: false, error: 'invalid_credentials' } },
      ]);
      setting = new Setting(server);
      const error = await failure(PortApiError, call());
      assert.deepEqual(server.lines, [signIn]);
      assert.equal(
        error.message,
        'Cannot sign in to Port: POST /v1/auth/access_token -> 401 (invalid_credentials). Check the client id and the client secret (Port: ... > Credentials), and that the API URL is that of your region: https://api.port.io (EU) or https://api.us.port.io (US).',
      );
    });

    it('does not sign in again at once where the sign-in has failed, but does so later', async () => {
      const server = await startScriptedServer([{ status: 403 }, token(), ok]);
      setting = new Setting(server);
      setting.pass(5000);
      await failure(PortApiError, call());
      setting.pass(999);
      await failure(PortApiError, call());
      assert.deepEqual(server.lines, [signIn]);
      setting.pass(1);
      await call();
      assert.deepEqual(server.lines, [signIn, signIn, 'GET /v1/actions/runs/r_1']);
    });

    it('signs in before the calls that need it, once', async () => {
      await against([ok]);
      setting.client.signIn();
      await until('it signs in', () => setting.server.lines.length === 1);
      await call();
      setting.pass(5000);
      await call();
      const get = 'GET /v1/actions/runs/r_1';
      assert.deepEqual(setting.server.lines, [signIn, get, get]);
    });

    it('tells what went wrong with a sign-in before its time by the call that needs it, from which the pause counts', async () => {
      const server = await startScriptedServer([{ status: 403 }, token(), ok]);
      setting = new Setting(server);
      setting.client.signIn();
      await until('it is refused', () => setting.debugLines.length === 1);
      setting.pass(5000);
      assert.equal((await failure(PortApiError, call())).status, 403);
      setting.pass(999);
      await failure(PortApiError, call());
      assert.deepEqual(server.lines, [signIn]);
      setting.pass(1);
      await call();
      assert.deepEqual(server.lines, [signIn, signIn, 'GET /v1/actions/runs/r_1']);
    });

    for (const answer of [
      {},
      { accessToken: '' },
      { accessToken: 'a\nb' },
      { accessToken: 'a', tokenType: 'ü' },
      { accessToken: 'a', tokenType: 'ü Bearer' },
    ]) {
      it(`says so where the answer holds no token that can be sent: ${JSON.stringify(answer)}`, async () => {
        const server = await startScriptedServer([{ status: 200, body: { ok: true, ...answer } }]);
        setting = new Setting(server);
        const error = await failure(UnexpectedAnswerError, call());
        assert.match(
          error.message,
          /^Cannot sign in to Port: the answer of http:\/\/127\.0\.0\.1:\d+ holds no access token that a header/,
        );
      });
    }
  });

  describe('that is stopped', () => {
    it('tells once what Port has acknowledged until then', async () => {
      await against([ok, ok, ok, ok, 'silence'], { connections: 2 });
      await call('addRunLog', { body: { message: 'a' } });
      await call('addRunLog', { body: { message: 'b' } });
      await call('updateRun', { body: {} });
      await call('getRun');
      setTimeout(() => setting.stop.abort(), 20);
      await Promise.all([1, 2].map(() => failure(CanceledError, call('updateRun', { body: {} }))));
      assert.deepEqual(setting.lines, [
        'Stopped. Port has acknowledged until here: send log lines (2 times), update the run.',
      ]);
    });

    it('tells that nothing was', async () => {
      await against(['silence']);
      setting.stop.abort();
      await failure(CanceledError, call());
      assert.deepEqual(setting.lines, ['Stopped before Port acknowledged anything.']);
    });
  });

  it('keeps the secret and the token out of errors and their causes', async () => {
    for (const reply of ['reset', 'cut', { status: 422, body: '{' }] as Reply[]) {
      await against([reply]);
      const error = await call('updateRun', { body: { a: 1 } }).catch((reason: unknown) => reason);
      const texts: string[] = [];
      for (let at: unknown = error; at instanceof Error; at = at.cause)
        texts.push(JSON.stringify(at) + at.message + (at.stack ?? ''));
      assert.doesNotMatch(texts.join('\n'), /s3cret|token-1/);
      await setting.transport.close();
      await setting.server.close();
    }
  });
});
